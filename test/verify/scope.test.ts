import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CkptError } from '../../src/checkpoint/errors.ts';
import { parseInstant } from '../../src/checkpoint/instant.ts';
import { parseRange } from '../../src/commits/commit-range.ts';
import { parseSince } from '../../src/verify/scope/since.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, listing, migrateIn, withRepository } from '../migrate/support.ts';

const A = 'a3b2c4d5e6f7';
const B = 'b1c2d3e4f506';
const C = 'c0ffee000001';
const NOBODY = 'ffffffffffff';

/**
 * V1: A, B (on a branch beside A), C, then A is finalized. The user's own commits:
 *
 *   base──one(A)──two(B, C)──three        main, HEAD
 *      \
 *       side(A)                           side
 */
const dir = join(tempDir('file'), 'repo');
const commits: Record<string, string> = {};
const v1: Record<string, string> = {};

function commit(message: string, ...parents: string[]): string {
  const tree = git(dir, 'mktree', '--missing');
  return git(dir, 'commit-tree', ...parents.flatMap((id) => ['-p', id]), '-m', message, tree);
}

beforeAll(async () => {
  initRepository({ dir });
  const builder = new V1Builder();
  builder.init();
  v1.a = builder.checkpoint(A);
  builder.branch('side');
  v1.b = builder.checkpoint(B);
  builder.checkout('v1');
  v1.c = builder.checkpoint(C);
  v1.merge = builder.merge('side');
  v1.final = builder.finalize(A, 0, transcriptText('final', 7));
  builder.write(dir, { init: false });
  await migrateIn(dir);
  commits.base = commit('base');
  commits.one = commit(`one\n\nEntire-Checkpoint: ${A}`, commits.base);
  commits.two = commit(`two\n\nEntire-Checkpoint: ${B}\nentire-checkpoint: ${C}`, commits.one);
  commits.three = commit('three, without a trailer', commits.two);
  commits.side = commit(`side\n\nEntire-Checkpoint: ${A}`, commits.base);
  git(dir, 'update-ref', 'refs/heads/main', commits.three);
  git(dir, 'update-ref', 'refs/heads/side', commits.side);
  git(dir, 'symbolic-ref', 'HEAD', 'refs/heads/main');
});

describe.each(ENGINES)('verify, %s', (engine) => {
  const verifyIn = (options: VerifyOptions, where = dir) =>
    withRepository(where, engine, (repo) => verify(repo, options));
  const scopeOf = async (options: VerifyOptions) => (await verifyIn(options)).scope;
  const errorOf = (options: VerifyOptions, where = dir) =>
    verifyIn(options, where).then(
      () => expect.fail('it was expected to fail'),
      (error: unknown) => error as CkptError,
    );

  test.each<[string, string[], number]>([
    ['main', [A, B, C], 4],
    ['main~2..main', [B, C], 2],
    ['main~1..', [], 1],
    ['..side', [A], 1],
    ['main...side', [A, B, C], 4],
    ['side ^main', [A], 1],
    ['main~1 side ^main~3', [A, B, C], 3],
    ['main~1^!', [B, C], 1],
  ])('--commits %s looks at the checkpoints that these commits name', async (range, checkpoints, count) => {
    const before = listing(dir);
    const report = await verifyIn({ commits: range });
    expect(report.scope).toEqual({ checkpoints, commitCount: count });
    expect(report).toMatchObject({ consistent: true, counts: { checkpoints: checkpoints.length } });
    expect(report.findings.map(({ code }) => code)).toEqual(checkpoints.length === 0 ? ['NOTHING_COMPARED'] : []);
    const { consistent } = await verifyIn({ commits: range, requires: true });
    expect(consistent).toBe(checkpoints.length > 0);
    expect(listing(dir)).toEqual(before);
  });

  test('--commits: what is not a range, or names nothing that is here, is an error', async () => {
    for (const range of ['', '--all', 'a....b', '^main', 'main ^', 'main...side HEAD', '-n 3']) {
      expect(await errorOf({ commits: range }), range).toMatchObject({ code: 'BAD_RANGE', exitCode: 2 });
    }
    const missing = await errorOf({ commits: 'origin/main..HEAD' });
    expect(missing).toMatchObject({ code: 'UNKNOWN_REVISION', exitCode: 3 });
    expect(missing.hint).toContainEqual(['git', 'fetch', 'origin', 'main:refs/remotes/origin/main']);
  });

  test('--commits in a shallow clone: what is there is enough, and what is not has the command that fetches it', async () => {
    const clone = `${dir}.${engine}`;
    initRepository({ dir: clone });
    const refspecs = [`${V1_REF}:${V1_REF}`, 'refs/entire/*:refs/entire/*'];
    git(clone, 'fetch', '-q', `file://${dir}`, ...refspecs);
    git(clone, 'fetch', '-q', '--depth=3', `file://${dir}`, 'refs/heads/main:refs/remotes/origin/main');
    const report = await verifyIn({ commits: 'origin/main~1..origin/main' }, clone);
    expect(report.scope).toEqual({ checkpoints: [], commitCount: 1 });
    const error = await errorOf({ commits: 'origin/main' }, clone);
    expect(error).toMatchObject({ code: 'SHALLOW_HISTORY', exitCode: 3 });
    expect(error.hint).toEqual(expect.arrayContaining([['git', 'fetch', '--unshallow', 'PATH-OR-URL']]));
    git(clone, 'fetch', '-q', '--unshallow', `file://${dir}`);
    expect((await verifyIn({ commits: 'origin/main' }, clone)).scope?.checkpoints).toEqual([A, B, C]);
  });

  test('--commits reads trailers by the signs that the configuration has for them', async () => {
    git(dir, 'update-ref', 'refs/heads/signs', commit(`four\n\nEntire-Checkpoint=${A}\nEntire-Checkpoint=none`));
    const said = async () => {
      const { scope, findings } = await verifyIn({ commits: 'signs' });
      return [scope?.checkpoints, findings.map(({ code }) => code)];
    };
    try {
      expect(await said()).toEqual([[A], []]);
      git(dir, 'config', 'trailer.separators', ':=');
      expect(await said()).toEqual([[A], ['TRAILER_INVALID']]);
    } finally {
      git(dir, 'config', '--unset-all', 'trailer.separators');
      git(dir, 'update-ref', '-d', 'refs/heads/signs');
    }
  });

  test('--commits reads trailers by the keys that the configuration has for them', async () => {
    git(dir, 'update-ref', 'refs/heads/keys', commit(`five\n\nckpt: ${B}`));
    try {
      expect((await verifyIn({ commits: 'keys' })).scope?.checkpoints).toEqual([]);
      git(dir, 'config', 'trailer.ckpt.key', 'Entire-Checkpoint');
      expect((await verifyIn({ commits: 'keys' })).scope?.checkpoints).toEqual([B]);
    } finally {
      git(dir, 'config', '--unset-all', 'trailer.ckpt.key');
      git(dir, 'update-ref', '-d', 'refs/heads/keys');
    }
  });

  test('--since a revision of V1 looks at what is not as it was there', async () => {
    expect((await scopeOf({ since: `${V1_REF}~1` }))?.checkpoints).toEqual([A]);
    expect((await scopeOf({ since: v1.c ?? '' }))?.checkpoints).toEqual([A, B]);
    expect((await scopeOf({ since: 'entire/checkpoints/v1' }))?.checkpoints).toEqual([]);
    expect(await errorOf({ since: 'main' })).toMatchObject({ code: 'BAD_SINCE', exitCode: 2 });
    expect(await errorOf({ since: 'yesterday' })).toMatchObject({ code: 'UNKNOWN_REVISION', exitCode: 3 });
  });

  test('--since a moment looks at what commits of then or later have written', async () => {
    const at = (id: string | undefined) => git(dir, 'log', '-1', '--format=%cI', id ?? '');
    expect((await scopeOf({ since: at(v1.a) }))?.checkpoints).toEqual([A, B, C]);
    expect((await scopeOf({ since: at(v1.c) }))?.checkpoints).toEqual([A, C]);
    // A merge brings B along, and writes nothing.
    expect((await scopeOf({ since: at(v1.merge) }))?.checkpoints).toEqual([A]);
    const now = Date.parse(at(v1.final)) + 86_400_000;
    expect((await scopeOf({ since: '2d', now }))?.checkpoints).toEqual([A, B, C]);
    expect((await scopeOf({ since: '24h', now }))?.checkpoints).toEqual([A]);
    expect((await scopeOf({ since: '23h', now }))?.checkpoints).toEqual([]);
  });

  test('together they mean all that one of them names, and nothing is not everything', async () => {
    const report = await verifyIn({ checkpoints: [NOBODY], since: `${V1_REF}~1`, commits: 'main~2..main' });
    expect(report.scope?.checkpoints).toEqual([A, B, C, NOBODY]);
    expect(report.findings).toMatchObject([{ code: 'CHECKPOINT_UNKNOWN', checkpoint: NOBODY }]);
    expect(await verifyIn({ commits: 'main~1..main' })).toMatchObject({ consistent: true, counts: { checkpoints: 0 } });
    expect((await verifyIn({})).scope).toBeNull();
  });
});

test.each<[string, unknown]>([
  ['A..B', { kind: 'walk', tips: ['B'], exclude: ['A'] }],
  ['A...B', { kind: 'either', sides: ['A', 'B'] }],
  ['...B', { kind: 'either', sides: ['HEAD', 'B'] }],
  ['A..', { kind: 'walk', tips: ['HEAD'], exclude: ['A'] }],
  [' ^A  B C..D ', { kind: 'walk', tips: ['B', 'D'], exclude: ['A', 'C'] }],
  ['A^!', { kind: 'only', commit: 'A' }],
  ['A^2~3', { kind: 'walk', tips: ['A^2~3'], exclude: [] }],
])('the range %s', (text, range) => expect(parseRange(text)).toEqual(range));

test.each<[string, string | undefined]>([
  ['2026-01-31', '2026-01-31T00:00:00Z'],
  ['2026-01-31T09:30:00.5+01:00', '2026-01-31T08:30:00.5Z'],
  ['12h', '2026-01-31T12:00:00Z'],
  ['14d', '2026-01-18T00:00:00Z'],
  ['2w', '2026-01-18T00:00:00Z'],
  ['0d', '2026-02-01T00:00:00Z'],
  ['2026-02-31', undefined],
  ['1234d', undefined],
  ['14', undefined],
  ['main', undefined],
])('--since %s', (text, moment) => {
  const now = Date.parse('2026-02-01T00:00:00Z');
  expect(parseSince(text, now)).toEqual(moment === undefined ? { revision: text } : { moment: parseInstant(moment) });
});
