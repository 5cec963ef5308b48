import { randomBytes } from 'node:crypto';
import fc from 'fast-check';

// Secrets of every kind, made again in each run and put together from parts, so that no file of this repository has
// anything in it that looks like one.

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const text = (alphabet: string, min: number, max = min) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max });
const alnum = (min: number, max = min) => text(BASE62, min, max);
const word = (min: number, max = min) => text(`${BASE62}_-`, min, max);
const join = (...parts: ReadonlyArray<string | fc.Arbitrary<string>>) =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((made) => made.join(''));

/** A secret as it stands in a text, and the part of it that must not be there any more. */
export interface Planted {
  readonly text: string;
  readonly secret: string;
}

const alone = (secret: fc.Arbitrary<string>): fc.Arbitrary<Planted> =>
  secret.map((made) => ({ text: made, secret: made }));
const named = (name: string, secret: fc.Arbitrary<string>): fc.Arbitrary<Planted> =>
  secret.map((made) => ({ text: `${name}${made}`, secret: made }));

/** A private key as PEM, its body base64 that begins as DER does. */
export function pem(kind: string, base64Length: number, lineEnd = '\n'): string {
  const body = `MI${randomBytes(base64Length).toString('base64')}`.slice(0, base64Length);
  const lines = body.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}PRIVATE KEY-----`, ...lines, `-----END ${kind}PRIVATE KEY-----`].join(lineEnd);
}
const privateKey = fc
  .record({
    kind: fc.constantFrom('', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '),
    length: fc.constantFrom(64, 160, 1600),
    lineEnd: fc.constantFrom('\n', '\r\n'),
  })
  .map(({ kind, length, lineEnd }) => {
    const made = pem(kind, length, lineEnd);
    return { text: made, secret: made.split(lineEnd)[1] as string };
  });

export const SECRETS: Readonly<Record<string, fc.Arbitrary<Planted>>> = {
  'AWS access key ID': alone(join(fc.constantFrom('AK' + 'IA', 'AS' + 'IA'), text(BASE62.slice(0, 26), 16))),
  'AWS secret access key, environment': named('AWS_SECRET_ACCESS_KEY=', text(`${BASE62}/+`, 40)),
  'AWS secret access key, credentials file': named('aws_secret_access_key = ', text(`${BASE62}/+`, 40)),
  'AWS secret access key, JSON': named('"SecretAccessKey": "', text(`${BASE62}/+`, 40)),
  'GitHub token': alone(join(fc.constantFrom('gh' + 'p_', 'gh' + 'o_', 'gh' + 's_'), alnum(36))),
  'GitHub fine-grained token': alone(join('github' + '_pat_', alnum(22), '_', alnum(59))),
  'npm token': alone(join('np' + 'm_', alnum(36))),
  'npm token of .npmrc': named('//registry.example/:_auth' + 'Token=', fc.uuid()),
  'Slack bot token': alone(join('xo' + 'xb-', text('123456789', 12), '-', text('123456789', 12), '-', alnum(24))),
  'Slack app token': alone(
    join('xa' + 'pp-1-A', alnum(10), '-', text('123456789', 13), '-', text('0123456789abcdef', 64)),
  ),
  'Slack webhook': alone(join('https://hooks.' + 'slack.com/services/T', alnum(9), '/B', alnum(9), '/', alnum(24))),
  'Anthropic key': alone(join('sk' + '-ant-api03-', word(93), 'AA')),
  'OpenAI project key': alone(join('sk' + '-proj-', word(74), 'T3Blbk' + 'FJ', word(74))),
  'OpenAI key': alone(join('sk' + '-', alnum(20), 'T3Blbk' + 'FJ', alnum(20))),
  'Sendgrid key': alone(join('S' + 'G.', alnum(22), '.', alnum(43))),
  'Shopify token': alone(join('shp' + 'at_', alnum(32))),
  'Linear key': alone(join('lin' + '_api_', alnum(40))),
  '1Password token': alnum(120, 122).map((key) => {
    const made = `ops_${Buffer.from(`{"secretKey":"${key}","userAuth":{}}`).toString('base64')}`;
    return { text: made, secret: made };
  }),
  'basic auth URL': join('https://deploy:', alnum(12, 20), '@git.', text('abcdefgh', 8), '.dev').map((made) => ({
    text: made,
    secret: made.slice('https://deploy:'.length, made.indexOf('@')),
  })),
  'connection string': join('postgres://app:', alnum(16), '@db.internal:5432/main').map((made) => ({
    text: made,
    secret: made.slice('postgres://app:'.length, made.indexOf('@')),
  })),
  'private key': privateKey,
};

export const anySecret: fc.Arbitrary<Planted> = fc.oneof(...Object.values(SECRETS));

/** One of a kind, always another. */
export function oneOf(kind: string): Planted {
  return fc.sample(SECRETS[kind] as fc.Arbitrary<Planted>, 1)[0] as Planted;
}
