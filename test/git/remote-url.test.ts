import { expect, test } from 'vitest';
import { GitConfig } from '../../src/git/git-config.ts';
import { readConfig } from '../../src/git/isomorphic/config.ts';
import { discover } from '../../src/git/isomorphic/location.ts';
import { extraHeaders } from '../../src/git/isomorphic/smart-http/extra-headers.ts';
import { fetchUrl, pushUrls, repositoryOf } from '../../src/git/remote-url.ts';
import { cleanEnvironment, git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';

test.each<[string, ReadonlyArray<readonly [string, string]>]>([
  ['a URL alone', [['remote.r.url', 'https://a.example/x']]],
  [
    'insteadOf',
    [
      ['remote.r.url', 'short:x'],
      ['url.https://a.example/.insteadOf', 'short:'],
    ],
  ],
  [
    'the longest of several',
    [
      ['remote.r.url', 'short:team/x'],
      ['url.https://a.example/.insteadOf', 'short:'],
      ['url.https://b.example/.insteadOf', 'short:team/'],
    ],
  ],
  [
    'the first of two that are as long',
    [
      ['remote.r.url', 's:x'],
      ['url.https://a.example/.insteadOf', 's:'],
      ['url.https://b.example/.insteadOf', 's:'],
    ],
  ],
  [
    'pushInsteadOf',
    [
      ['remote.r.url', 'https://a.example/x'],
      ['url.https://push.example/.pushInsteadOf', 'https://a.example/'],
    ],
  ],
  [
    'pushInsteadOf before insteadOf',
    [
      ['remote.r.url', 's:x'],
      ['url.https://a.example/.insteadOf', 's:'],
      ['url.https://push.example/.pushInsteadOf', 's:'],
    ],
  ],
  [
    'a push URL, which pushInsteadOf leaves alone',
    [
      ['remote.r.url', 'https://a.example/x'],
      ['remote.r.pushurl', 's:x'],
      ['url.https://b.example/.insteadOf', 's:'],
      ['url.https://push.example/.pushInsteadOf', 's:'],
    ],
  ],
  [
    'two URLs',
    [
      ['remote.r.url', 'https://a.example/x'],
      ['remote.r.url', 'https://b.example/x'],
    ],
  ],
  [
    'two push URLs',
    [
      ['remote.r.url', 'https://a.example/x'],
      ['remote.r.pushurl', 'https://b.example/x'],
      ['remote.r.pushurl', 'https://c.example/x'],
    ],
  ],
])('%s: the same URLs as git', async (_, settings) => {
  const dir = initRepository({ dir: tempDir() });
  for (const [key, value] of settings) git(dir, 'config', '--add', key, value);
  const config = await readConfig(
    await discover({ dir, env: cleanEnvironment(), honourGitEnv: false }),
    cleanEnvironment(),
  );
  expect(fetchUrl(config, 'r')).toBe(git(dir, 'ls-remote', '--get-url', 'r'));
  expect(pushUrls(config, 'r')).toEqual(git(dir, 'remote', 'get-url', '--push', '--all', 'r').split('\n'));
});

test('http.extraHeader sends a header of any name', () => {
  const values = ['X-A: 1', '__proto__: 2', 'constructor: 3'];
  const config = new GitConfig(values.map((value) => ({ key: 'http.extraheader', value })));
  const headers = Object.entries(extraHeaders(config, 'https://a.example/x'));
  expect(headers).toEqual(values.map((value) => value.split(': ')));
});

test('which URLs name one repository', () => {
  const same = [
    'https://github.com/acme/code',
    'https://ann:sec/ret@github.com/acme/code.git/',
    'ssh://git@github.com:22/acme/code.git',
    'git@github.com:acme/code.git',
    'github.com:/acme/code',
  ];
  expect(new Set(same.map(repositoryOf))).toEqual(new Set(['github.com/acme/code']));
  expect(repositoryOf('file:///srv/a@b/code.git')).toBe(repositoryOf('/srv/a@b/code'));
  const others = ['https://github.com:8443/acme/code', 'git@work:acme/code', 'https://github.com/ann/code', '../code'];
  expect(new Set([...same, ...others].map(repositoryOf)).size).toBe(5);
});
