/**
 * Makes `src/redaction/rules/gitleaks.json` of gitleaks' default rules (MIT, see `gitleaks-license.txt` beside it).
 * `tsx scripts/secret-rules.ts …/gitleaks/v8@VERSION/config/gitleaks.toml VERSION`; `go mod download -json
 * github.com/zricethezav/gitleaks/v8@latest` fetches the file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import type { RuleData } from '../src/redaction/rules/rule.ts';
import { toJavaScript } from './go-regexp.ts';

interface GitleaksRule {
  readonly id: string;
  readonly regex?: string;
  readonly keywords?: readonly string[];
  readonly entropy?: number;
  readonly allowlists?: ReadonlyArray<{
    readonly regexes?: readonly string[];
    readonly stopwords?: readonly string[];
    readonly regexTarget?: string;
  }>;
}

/** `NAME … = VALUE`: what nearly half of the rules are made of (gitleaks' `utils.GenerateSemiGenericRegex`). */
const BEFORE_NAME = /^\(\?i\)\[\\w\.-\]\{0,50\}\?|^\[\\w\.-\]\{0,50\}\?\(\?i:\[\\w\.-\]\{0,50\}\?/;
const BETWEEN =
  /\(\?:\[ \\t\\w\.-\]\{0,20\}\)\[\\s'"\]\{0,3\}\)?\(\?:=\|>\|:\{1,3\}=\|\\\|\\\|\|:\|=>\|\\\?=\|,\)\[\\x60'"\\s=\]\{0,5\}/;
const BEHIND = /\(\?:\[\\x60'"\\s;\]\|\\\\\[nr\]\|\$(?:\|\\b)?\)$/;

/**
 * Left out. `generic-api-key`, `private-key` and `curl-…` are done by our own code; a Kubernetes secret's values are found by
 * their names; the others are no secrets by themselves (identifiers), or take any hash or UUID for one.
 */
const LEFT_OUT = new Set([
  'generic-api-key',
  'private-key',
  'curl-auth-header',
  'curl-auth-user',
  'kubernetes-secret-yaml',
  'sourcegraph-access-token',
  'facebook-access-token',
]);

/** Keywords that are more exact than those of gitleaks, which only say whether a whole file is worth a look. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  jwt: ['eyj'],
  // The old form, `s.` and 24 characters, is found by the name that it is assigned to.
  'vault-service-token': ['hvs.'],
  'twilio-api-key': [...'0123456789abcdef'].map((digit) => `sk${digit}`),
  'cisco-meraki-api-key': ['meraki'],
  'lob-api-key': ['lob'],
  'lob-pub-api-key': ['lob'],
  'airtable-personnal-access-token': ['pat'],
  'authress-service-client-access-key': ['sc_', 'ext_', 'scauth_', 'authress_'],
  'intra42-client-secret': ['s-s4t2'],
  'harness-api-key': ['pat.', 'sat.'],
  'stripe-access-token': ['sk_test', 'sk_live', 'sk_prod', 'rk_test', 'rk_live', 'rk_prod'],
  'square-access-token': ['sq0atp-', 'eaaa'],
  'openai-api-key': ['sk-'],
  'slack-webhook-url': ['hooks.slack.com'],
  'flyio-access-token': ['fo1_', 'fm1a_', 'fm1r_', 'fm2_'],
  'facebook-page-access-token': ['eaam', 'eaac'],
};

const [file = '', version = ''] = process.argv.slice(2);
const { rules } = parse(readFileSync(file, 'utf8')) as unknown as { rules: readonly GitleaksRule[] };
const converted = rules.filter(({ id, regex }) => regex !== undefined && !LEFT_OUT.has(id)).map(convert);
const generic = rules.find(({ id }) => id === 'generic-api-key');
const stopwords = generic?.allowlists?.flatMap((list) => list.stopwords ?? []) ?? [];
const source = `github.com/zricethezav/gitleaks/v8@${version} config/gitleaks.toml`;
writeFileSync(
  'src/redaction/rules/gitleaks.json',
  `${JSON.stringify({ source, rules: converted, stopwords }, null, 1)}\n`,
);

function convert({ id, regex = '', keywords = [], entropy, allowlists = [] }: GitleaksRule): RuleData {
  const allow = allowlists
    .filter(({ regexTarget }) => regexTarget === undefined)
    .flatMap((list) => list.regexes ?? [])
    .map(toJavaScript);
  const common = {
    id,
    keywords: KEYWORDS[id] ?? keywords.map((word) => word.toLowerCase()),
    ...(entropy === undefined ? {} : { entropy }),
    ...(allow.length === 0 ? {} : { allow }),
  };
  const between = BETWEEN.exec(regex);
  if (BEFORE_NAME.test(regex) && between !== null) {
    const isFolded = regex.startsWith('(?i)');
    const name = regex.slice(0, between.index).replace(BEFORE_NAME, '');
    const value = regex.slice(between.index + between[0].length).replace(BEHIND, '');
    return {
      ...common,
      kind: 'assigned',
      name: toJavaScript(`(?i)${name}`),
      value: toJavaScript(isFolded ? `(?i)${value}` : value),
    };
  }
  return { ...common, kind: 'token', pattern: toJavaScript(regex.replace(BEHIND, '(?!\\w)')) };
}
