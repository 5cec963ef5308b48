import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectId } from '../../../src/git/object-id.ts';
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName, RefUpdate } from '../../../src/git/repository.ts';
import { BOTH_ENGINES } from '../../fixtures/scale.ts';
import { runChild } from '../children/run.ts';
import { GitRepo } from '../git-repo.ts';

test('both engines and plain git count up at once: no step is lost', async () => {
  const repo = new GitRepo();
  repo.setRef('refs/count', repo.commit('0'));
  const times = 25;
  const kinds = ['native', 'isomorphic', 'isomorphic', 'git'];
  const runs = kinds.map((kind, n) =>
    runChild('count-up.ts', [kind, `${times}`, `refs/own/${n}`], { cwd: repo.dir, env: repo.env }),
  );
  for (const run of await Promise.all(runs)) expect(run).toEqual({ ended: 0, stderr: '' });
  const counted = repo.git(['log', '--reverse', '--format=%s', 'refs/count']).split('\n');
  expect(counted).toEqual(Array.from({ length: kinds.length * times + 1 }, (_, n) => `${n}`));
  // Each engine's own ref was moved along to its last step, in the history of the count.
  for (const n of [0, 1, 2]) repo.git(['merge-base', '--is-ancestor', `refs/own/${n}`, 'refs/count']);
  repo.git(['fsck', '--strict', '--no-dangling']);
  expect(readdirSync(repo.gitPath('ckpt/locks'))).toEqual([]);
  repo.remove();
});

/** A transaction over refs that are loose, packed, both, new and deleted, killed at each of its steps. */
describe('a killed transaction', () => {
  let template: GitRepo;
  let updates: RefUpdate[];
  let before: string[];
  let after: string[];

  beforeAll(() => {
    template = new GitRepo();
    const [one, two] = [template.commit('one'), template.commit('two')];
    template.setRef('refs/x/packed', one);
    template.setRef('refs/x/both', one);
    template.setRef('refs/x/gone', one);
    template.git(['pack-refs', '--all', '--prune']);
    template.setRef('refs/x/both', two);
    template.setRef('refs/heads/loose', one);
    before = template.refs();
    updates = [
      { ref: 'refs/heads/loose', old: one, new: two },
      { ref: 'refs/x/both', old: two, new: one },
      { ref: 'refs/x/gone', old: one, new: null },
      { ref: 'refs/x/new', old: null, new: two },
      { ref: 'refs/x/packed', old: one, new: two },
    ];
    after = [`${two} refs/heads/loose`, `${one} refs/x/both`, `${two} refs/x/new`, `${two} refs/x/packed`];
  });
  afterAll(() => template.remove());

  /** Kills the transaction before its n-th step: a lock taken, a file renamed or removed. */
  async function killAt(n: number, killed: EngineName, engine = killed): Promise<'old' | 'new' | 'finished'> {
    const dir = join(template.root, `killed-${killed}-${engine}-${n}`);
    cpSync(template.dir, dir, { recursive: true });
    const { ended, stderr } = await runChild('killed-transaction.ts', [killed, `${n}`, JSON.stringify(updates)], {
      cwd: dir,
      env: template.env,
    });
    expect(stderr).toBe('');
    const refs = template.git(['-C', dir, 'for-each-ref', '--format=%(objectname) %(refname)']).split('\n');
    expect([before, after], `killed before step ${n}`).toContainEqual(refs);
    const isNew = refs.join() === after.join();
    if (ended === 0) {
      expect(isNew).toBe(true);
      return 'finished';
    }
    expect(ended).toBe('SIGKILL');
    await expectNextRun(dir, engine, isNew ? updates.map(inverse) : updates);
    return isNew ? 'new' : 'old';
  }

  /** The next transaction, of either engine, is not blocked, and leaves nothing behind. */
  async function expectNextRun(dir: string, engine: EngineName, next: readonly RefUpdate[]): Promise<void> {
    const repository = await openRepository({ dir, env: template.env, engine });
    await repository.updateRefs(next, 'the next run');
    for (const { ref, new: id } of next) expect(await repository.resolveRef(ref)).toBe(id ?? undefined);
    await repository.close();
    expect(locksIn(dir)).toEqual([]);
    template.git(['-C', dir, 'fsck', '--no-dangling']);
  }

  test('leaves all refs old or all new, and blocks nobody', async () => {
    const outcomes: string[] = [];
    for (let n = 1; outcomes.at(-1) !== 'finished'; n += 3) {
      expect(n).toBeLessThan(200);
      const batch = await Promise.all([n, n + 1, n + 2].map((at) => killAt(at, 'isomorphic')));
      outcomes.push(...batch);
    }
    const kills = outcomes.filter((outcome) => outcome !== 'finished');
    expect(kills.length).toBeGreaterThan(14);
    expect(kills.filter((outcome) => outcome === 'new').length).toBeGreaterThan(3);
    expect(kills.filter((outcome) => outcome === 'old').length).toBeGreaterThan(8);
    // Once it is new it stays new: there is one moment at which all refs move.
    expect(kills.join()).toMatch(/^(old,?)+(new,?)+$/);
  });

  test('does not block the other engine either', async () => {
    for (const n of [4, 8, 12]) {
      await killAt(n, 'isomorphic', 'native');
      await killAt(n + 1, 'native', 'isomorphic');
    }
  });

  test('of the native engine leaves all refs old or all new, too', async () => {
    const outcomes: string[] = [];
    for (let n = 2; outcomes.at(-1) !== 'finished'; n += 5) {
      expect(n).toBeLessThan(200);
      outcomes.push(await killAt(n, 'native'));
    }
    expect(outcomes.join()).toMatch(/^(old,?)+(new,?)+finished$/);
  });

  test.each(BOTH_ENGINES)('who only reads takes its locks away (%s)', async (engine) => {
    const dir = join(template.root, `read-${engine}`);
    cpSync(template.dir, dir, { recursive: true });
    // All locks but that of packed-refs are held then.
    await runChild('killed-transaction.ts', ['native', '5', JSON.stringify(updates)], { cwd: dir, env: template.env });
    expect(locksIn(dir).length).toBeGreaterThan(3);
    const foreign = join(dir, '.git/refs/heads/loose.lock');
    rmSync(foreign);
    writeFileSync(foreign, 'of somebody else');
    await (await openRepository({ dir, env: template.env, engine })).close();
    expect(locksIn(dir)).toEqual(['refs/heads/loose.lock']);
  });
});

/** Lock files, and what says whose they are. */
function locksIn(dir: string): string[] {
  const files = readdirSync(join(dir, '.git'), { recursive: true }).map(String);
  return files.filter((name) => name.endsWith('.lock') || /^ckpt\/locks\/./.test(name));
}

function inverse({ ref, old, new: next }: RefUpdate): RefUpdate {
  return { ref, old: next as ObjectId | null, new: old };
}
