import { describe, expect, test } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitResult } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { checkpointRefs, team } from './team.ts';

const MANIFEST = 'refs/entire/checkpoints/v2/generations';

/** Checkpoints of one person, a minute apart. */
function write(dir: string, name: string, count: number, at = 1_750_000_000): void {
  for (let i = 0; i < count; i++) clientWrite(dir, { id: idOf(`${name}${i}`), author: name, at: at + 60 * i });
}

/** A run that must succeed. */
function run(cwd: string, ...args: string[]): string {
  const { code, stdout, stderr } = ckpt(args, { cwd });
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

function sizes(dir: string): number[] {
  const archives = git(dir, 'for-each-ref', '--format=%(refname)', 'refs/entire/checkpoints/v2/full/0*');
  const refs = archives.split('\n').filter(Boolean);
  return refs.map((ref) => git(dir, 'ls-tree', '-d', '-r', ref).match(/\t..\/..........$/gm)?.length ?? 0);
}

function recorded(dir: string): unknown {
  const { status, stdout } = gitResult(dir, ['show', `${MANIFEST}:settings.json`]);
  return status === 0 ? JSON.parse(stdout.toString()) : undefined;
}

/** Both have the same refs, and both verify clean. */
function expectSame(ann: string, bob: string): void {
  expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
  for (const dir of [ann, bob]) run(dir, 'verify');
}

describe('one size of generations for everybody', () => {
  test.runIf(IS_LONG)('one gives a size, the other none: the size that is recorded holds', () => {
    const { clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    write(ann, 'a', 5);
    const dry = JSON.parse(run(ann, 'migrate', '--max-checkpoints', '2', '--dry-run', '--json'));
    const real = JSON.parse(run(ann, 'migrate', '--max-checkpoints', '2', '--json'));
    expect(dry.refs).toEqual(real.refs);
    expect(recorded(ann)).toEqual({ max_checkpoints: 2, revision: 1 });
    run(ann, 'push');
    write(bob, 'b', 3, 1_750_000_900);
    run(bob, 'migrate');
    expect(sizes(bob)).toEqual([]);
    run(bob, 'fetch');
    run(bob, 'push');
    run(ann, 'fetch');
    expectSame(ann, bob);
    expect(sizes(ann)).toEqual([2, 2, 2, 2]);
    // The hook of the other, without a flag.
    write(bob, 'c', 2, 1_750_002_000);
    run(bob, 'dual-write');
    expect(sizes(bob)).toEqual([2, 2, 2, 2, 2]);
    run(bob, 'push');
    run(ann, 'fetch');
    expectSame(ann, bob);
  });

  test('a flag that contradicts is an error with both numbers; a rebuild changes the size for everybody', () => {
    const { clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    write(ann, 'a', 7);
    run(ann, 'migrate', '--max-checkpoints', '2');
    run(ann, 'push');
    run(bob, 'fetch');
    for (const command of ['migrate', 'rotate', 'repair', 'fetch', 'push']) {
      const { code, stderr } = ckpt([command, '--max-checkpoints', '5'], { cwd: bob });
      expect([command, code]).toEqual([command, 2]);
      expect(stderr).toMatch(/hold 2 checkpoints here, and --max-checkpoints says 5/);
    }
    run(bob, 'migrate', '--rebuild', '--max-checkpoints', '3');
    expect(recorded(bob)).toEqual({ max_checkpoints: 3, revision: 2 });
    run(bob, 'push');
    run(ann, 'fetch');
    expectSame(ann, bob);
    expect(sizes(ann)).toEqual([3, 3]);
    // Back to the default, which is recorded too: the record of before would come back from the other clone.
    run(ann, 'migrate', '--rebuild', '--max-checkpoints', '100');
    run(ann, 'push');
    run(bob, 'fetch');
    expectSame(ann, bob);
    expect(sizes(bob)).toEqual([]);
  });

  test.runIf(IS_LONG)('both gave sizes before they met: the smaller one, whoever fetches first', () => {
    const { clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    write(ann, 'a', 7);
    write(bob, 'b', 8, 1_750_000_030);
    run(ann, 'migrate', '--max-checkpoints', '2');
    run(bob, 'migrate', '--max-checkpoints', '3');
    run(bob, 'push');
    run(ann, 'fetch');
    run(ann, 'push');
    run(bob, 'fetch');
    expectSame(ann, bob);
    expect(sizes(bob)).toEqual([2, 2, 2, 2, 2, 2, 2]);
  });

  test.runIf(IS_LONG)('the default is not recorded, but holds once a generation was full', () => {
    const { clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    write(ann, 'a', 101);
    run(ann, 'migrate');
    expect(recorded(ann)).toBeUndefined();
    expect(ckpt(['migrate', '--max-checkpoints', '5'], { cwd: ann }).code).toBe(2);
    run(ann, 'push');
    write(bob, 'b', 1);
    run(bob, 'migrate', '--max-checkpoints', '60');
    run(bob, 'fetch');
    run(bob, 'push');
    run(ann, 'fetch');
    expectSame(ann, bob);
    expect(sizes(ann)).toEqual([60]);
  });

  test('a rotation by force does not set the size', () => {
    const { clones } = team('ann');
    const [ann] = clones as [string];
    write(ann, 'a', 3);
    run(ann, 'migrate');
    run(ann, 'rotate', '--force');
    write(ann, 'b', 4, 1_750_001_000);
    run(ann, 'migrate');
    expect(sizes(ann)).toEqual([3]);
  });
});
