import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/git/isomorphic/config.ts';
import { discover } from '../../src/git/isomorphic/location.ts';
import { httpValues } from '../../src/git/isomorphic/smart-http/http-settings.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { openRepository } from '../../src/git/open.ts';
import type { EngineName } from '../../src/git/repository.ts';
import { CKPT } from '../commands/ckpt.ts';
import { HAS_OPENSSL, makeCertificate } from '../fixtures/certificates.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git, gitResult, initRepository, refs } from '../fixtures/git.ts';
import { type GitHttp, serveGit } from '../fixtures/git-http.ts';
import { serveBetween } from '../fixtures/http-between.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';

type Settings = Readonly<Record<string, string>>;

/** Runs a program without keeping this process, in which the servers are, from answering. */
function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; stderr: string }> {
  return new Promise((done) => {
    const child = execFile(program, args, { env }, (_, __, stderr) => done({ code: child.exitCode ?? -1, stderr }));
  });
}

function repositoryWith(url: string, settings: Settings): string {
  const dir = initRepository({ dir: tempDir() });
  git(dir, 'config', 'remote.r.url', url);
  for (const [key, value] of Object.entries(settings)) git(dir, 'config', '--add', key, value);
  return dir;
}

/** Why the engine without git does not list a remote's refs; `undefined` where it does. */
async function refusal(dir: string, env: Settings): Promise<Error | undefined> {
  const repo = await openRepository({ dir, engine: 'isomorphic', env: { ...cleanEnvironment(), ...env } });
  try {
    return await repo
      .network()
      .list('r', ['refs/heads/*'])
      .then(
        () => undefined,
        (error: Error) => error,
      );
  } finally {
    await repo.close();
  }
}

test.each<readonly [string, Settings]>([
  ['https://a.example/team/x', { 'http.proxy': '1', 'http.https://a.example.proxy': '2' }],
  ['https://a.example/team/x', { 'http.https://a.example.proxy': '2', 'http.proxy': '1' }],
  ['https://a.example/team/x', { 'http.https://a.example/team.proxy': '2', 'http.https://a.example.proxy': '1' }],
  ['https://a.example/team/x', { 'http.https://a.example/tea.proxy': '2' }],
  ['https://a.b.example/x', { 'http.https://*.b.example.proxy': '1', 'http.https://*.example.proxy': '2' }],
  ['https://a.b.example/x', { 'http.https://a.b.example.proxy': '1', 'http.https://*.b.example.proxy': '2' }],
  ['https://ann@a.example/x', { 'http.https://ann@a.example.proxy': '1', 'http.https://a.example.proxy': '2' }],
  ['https://bob@a.example/x', { 'http.https://ann@a.example.proxy': '1' }],
  ['https://a.example:444/x', { 'http.https://a.example.proxy': '1' }],
  ['https://a.example:443/x', { 'http.https://a.example.proxy': '1' }],
  ['http://a.example/x', { 'http.https://a.example.proxy': '1' }],
])('for %s the value that git takes from %j', async (url, settings) => {
  const dir = repositoryWith(url, settings);
  const { stdout } = gitResult(dir, ['config', '--get-urlmatch', 'http.proxy', url]);
  const config = await readConfig(
    await discover({ dir, env: cleanEnvironment(), honourGitEnv: false }),
    cleanEnvironment(),
  );
  expect(httpValues(config, url, 'proxy').at(-1) ?? '').toBe(stdout.toString().trim());
});

describe('a proxy that git would ask is named, and one that it would not ask is not in the way', () => {
  let url: string;
  let asked: string[] = [];
  // Who asks a proxy names the whole URL.
  const server = createServer((request, response) => {
    asked.push(request.url?.startsWith('http:') ? 'proxy' : 'direct');
    response.writeHead(404).end();
  });
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  test.each<readonly [string, (at: string) => Settings, (at: string) => Settings, string | undefined]>([
    ['nothing', () => ({}), () => ({}), undefined],
    ['http.proxy', (at) => ({ 'http.proxy': at }), () => ({}), 'http.proxy'],
    ['http.<url>.proxy', (at) => ({ [`http.${at}.proxy`]: at }), () => ({}), 'http.proxy'],
    ['http.<url>.proxy of a folder', (at) => ({ [`http.${at}/team.proxy`]: at }), () => ({}), 'http.proxy'],
    ['http.<url>.proxy of another folder', (at) => ({ [`http.${at}/other.proxy`]: at }), () => ({}), undefined],
    ['http.<url>.proxy of another host', (at) => ({ 'http.http://a.example.proxy': at }), () => ({}), undefined],
    ['taken back for a URL', (at) => ({ [`http.${at}.proxy`]: '', 'http.proxy': at }), () => ({}), undefined],
    ['taken back for all', (at) => ({ [`http.${at}.proxy`]: at, 'http.proxy': '' }), () => ({}), 'http.proxy'],
    ['remote.<name>.proxy', (at) => ({ 'remote.r.proxy': at }), () => ({}), 'remote.r.proxy'],
    ['taken back for a remote', (at) => ({ 'remote.r.proxy': '', 'http.proxy': at }), () => ({}), undefined],
    ['http_proxy', () => ({}), (at) => ({ http_proxy: at }), 'http_proxy'],
    ['HTTP_PROXY, which curl does not take', () => ({}), (at) => ({ HTTP_PROXY: at }), undefined],
    ['https_proxy, for another protocol', () => ({}), (at) => ({ https_proxy: at }), undefined],
    ['ALL_PROXY', () => ({}), (at) => ({ ALL_PROXY: at }), 'ALL_PROXY'],
    ['an empty setting before the environment', () => ({ 'http.proxy': '' }), (at) => ({ http_proxy: at }), undefined],
    ['NO_PROXY', () => ({}), (at) => ({ http_proxy: at, NO_PROXY: 'a.example, 127.0.0.1' }), undefined],
    ['NO_PROXY before http.proxy', (at) => ({ 'http.proxy': at }), () => ({ NO_PROXY: '127.0.0.1' }), undefined],
    ['no_proxy for all', () => ({}), (at) => ({ http_proxy: at, no_proxy: '*' }), undefined],
    ['NO_PROXY for others', () => ({}), (at) => ({ http_proxy: at, NO_PROXY: 'a.example,7.0.0.1' }), 'http_proxy'],
  ])('%s', async (_, config, environment, name) => {
    const dir = repositoryWith(`${url}/team/x.git`, config(url));
    const env = environment(url);
    asked = [];
    await run('git', ['-C', dir, 'ls-remote', 'r'], { ...cleanEnvironment(), ...env });
    expect(asked[0]).toBe(name === undefined ? 'direct' : 'proxy');
    const ours = await refusal(dir, env);
    if (name === undefined) return expect(ours).toMatchObject({ code: 'REMOTE_FAILED' });
    expect(ours).toMatchObject({ code: 'ENGINE_UNAVAILABLE', hint: expect.stringContaining('--engine native') });
    expect(ours?.message).toContain(`does not heed ${name}, which`);
  });

  test.each<readonly [Settings, Settings, RegExp]>([
    [{ 'protocol.http.allow': 'never' }, {}, /http is not allowed by protocol\.http\.allow/],
    [{ 'protocol.allow': 'never' }, {}, /protocol\.allow/],
    [{ 'protocol.allow': 'user' }, { GIT_PROTOCOL_FROM_USER: '0' }, /protocol\.allow/],
    [{}, { GIT_ALLOW_PROTOCOL: 'https:ssh' }, /GIT_ALLOW_PROTOCOL/],
  ])('a protocol that git is told not to speak: %j %j', async (config, env, words) => {
    const dir = repositoryWith(`${url}/x.git`, config);
    asked = [];
    const { stderr } = await run('git', ['-C', dir, 'ls-remote', 'r'], { ...cleanEnvironment(), ...env });
    expect(stderr).toContain("transport 'http' not allowed");
    expect((await refusal(dir, env))?.message).toMatch(words);
    expect(asked).toEqual([]);
  });

  test('cookies of a file are named', async () => {
    expect((await refusal(repositoryWith(url, { 'http.cookieFile': '/x' }), {}))?.message).toContain('http.cookieFile');
  });
});

describe.skipIf(!HAS_OPENSSL)('a server whose certificate is of a CA that was made here', () => {
  let server: GitHttp;
  let ca: string;
  let url: string;
  beforeAll(async () => {
    const dir = tempDir('file');
    const remote = initRepository({ dir: join(dir, 'served', 'remote.git'), bare: true });
    clientWrite(remote, { id: idOf('tls') });
    const { key, cert, ca: file } = makeCertificate(dir);
    server = await serveGit(dirname(remote), undefined, undefined, { key, cert });
    ca = file;
    url = `${server.urlWithPassword}/remote.git`;
  });
  afterAll(() => server?.close());

  test.each<readonly [string, () => Settings, () => Settings, boolean | 'as TLS has it', RegExp]>([
    ['nothing', () => ({}), () => ({}), false, /certificate/],
    ['http.sslCAInfo', () => ({ 'http.sslCAInfo': ca }), () => ({}), true, /does not heed http\.sslCAInfo/],
    ['GIT_SSL_CAINFO', () => ({}), () => ({ GIT_SSL_CAINFO: ca }), true, /does not heed GIT_SSL_CAINFO/],
    [
      'http.sslCAPath',
      () => ({ 'http.sslCAPath': dirname(ca) }),
      () => ({}),
      'as TLS has it',
      /does not heed http\.sslCAPath/,
    ],
    ['http.sslVerify', () => ({ 'http.sslVerify': 'false' }), () => ({}), true, /does not heed http\.sslVerify/],
    ['GIT_SSL_NO_VERIFY', () => ({}), () => ({ GIT_SSL_NO_VERIFY: '1' }), true, /does not heed GIT_SSL_NO_VERIFY/],
    [
      'http.<url>.sslVerify',
      () => ({ [`http.${server.url}.sslVerify`]: 'no' }),
      () => ({}),
      true,
      /does not heed http\.sslVerify/,
    ],
    [
      'turned on again for a URL',
      () => ({ [`http.${server.url}.sslVerify`]: 'true', 'http.sslVerify': 'no' }),
      () => ({}),
      false,
      /certificate/,
    ],
    ['http.sslCert', () => ({ 'http.sslCert': ca }), () => ({}), false, /does not heed http\.sslCert/],
  ])('%s', async (_, config, environment, isEnough, words) => {
    const dir = repositoryWith(url, config());
    const { code } = await run('git', ['-C', dir, 'ls-remote', 'r'], { ...cleanEnvironment(), ...environment() });
    if (isEnough !== 'as TLS has it') expect(code === 0).toBe(isEnough);
    expect((await refusal(dir, environment()))?.message).toMatch(words);
  });

  test('NODE_EXTRA_CA_CERTS names the CA to the engine without git', async () => {
    const dir = repositoryWith(url, {});
    mkdirSync(join(dir, '.entire'));
    const args = [CKPT, 'fetch', 'r', '--engine', 'isomorphic', '-C', dir];
    const { code, stderr } = await run(process.execPath, args, { ...cleanEnvironment(), NODE_EXTRA_CA_CERTS: ca });
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(git(dir, 'rev-parse', 'entire/checkpoints/v1')).toMatch(/^[0-9a-f]{40}$/);
  });
});

test('a redirect is not followed where http.followRedirects says so, as with git', async () => {
  let target = '';
  const server = await serveBetween('', ({ path }) =>
    path.startsWith('/old')
      ? { status: 302, headers: { location: target + path.slice('/old'.length) } }
      : { status: 404 },
  );
  target = `${server.url}/new`;
  try {
    for (const [value, isFollowed] of [
      ['false', false],
      ['initial', true],
      ['true', true],
    ] as const) {
      const dir = repositoryWith(`${server.url}/old`, { 'http.followRedirects': value });
      const asked = () => server.asked.some(({ path }) => path.startsWith('/new'));
      await run('git', ['-C', dir, 'ls-remote', 'r'], cleanEnvironment());
      expect(asked()).toBe(isFollowed);
      server.asked.splice(0);
      const why = await refusal(dir, {});
      expect(why?.message).toMatch(isFollowed ? /404/ : /http\.followRedirects/);
      expect(asked()).toBe(isFollowed);
      server.asked.splice(0);
    }
  } finally {
    await server.close();
  }
});

test.each(['pushurl', 'url'])(
  'several values of %s: git pushes to all of them, and the engine without git to none',
  async (key) => {
    const dir = initRepository({ dir: tempDir() });
    clientWrite(dir, { id: idOf('a') });
    const remotes = ['one.git', 'two.git'].map((name) => initRepository({ dir: join(tempDir(), name), bare: true }));
    for (const url of remotes) git(dir, 'config', '--add', `remote.r.${key}`, url);
    const id = git(dir, 'rev-parse', V1_REF) as ObjectId;
    const push = async (engine: EngineName) => {
      const repo = await openRepository({ dir, engine, env: cleanEnvironment() });
      try {
        return await repo.network().push('r', [{ ref: V1_REF, old: null, new: id }], { isAtomic: false });
      } finally {
        await repo.close();
      }
    };
    await expect(push('isomorphic')).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('pushes to one URL, and r has 2'),
    });
    await push('native');
    for (const remote of remotes) expect(refs(remote, V1_REF)).toEqual({ [V1_REF]: id });
  },
);
