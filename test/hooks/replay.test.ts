import { expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { clientPush, clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitResult } from '../fixtures/git.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { checkpointRefs, team } from '../remote/team.ts';

/** A run that must succeed and has nothing to say on stderr. */
function run(cwd: string, ...args: string[]): string {
  const { code, stdout, stderr } = ckpt(args, { cwd });
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

/*
 * Somebody else pushed first:
 *
 *   remote   r0 --- b1          b1 is bob's
 *   ann      r0 --- a1          her V2 is made of this
 *   after    r0 --- b1 --- a1'  Entire's client replays a1, and pushes
 */
it.each(ENGINES)("Entire's client rewrites V1 on every push, and the hooks follow (%s)", (engine) => {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  const env = { CKPT_ENGINE: engine };
  let turns = 0;
  const commit = (dir: string) => {
    const args = ['commit', '-q', '--allow-empty', '-m', `turn ${++turns}`];
    const { status, stderr } = gitResult(dir, args, { env });
    expect(status).toBe(0);
    return stderr;
  };
  for (const dir of [ann, bob]) run(dir, 'hooks', 'install', '--git');
  clientWrite(ann, { id: idOf('first') });
  expect(commit(ann)).toBe('');
  clientPush(ann);
  run(bob, 'fetch');

  for (let day = 1; day <= 2; day++) {
    clientWrite(bob, { id: idOf(`b${day}`), author: 'Bob', at: 1_751_000_000 + day });
    expect(clientPush(bob)).toBe('pushed'); // he has fetched
    // Ann writes at the same time: a checkpoint, and its complete transcript at the end of the turn.
    clientWrite(ann, { id: idOf(`a${day}`), at: 1_751_000_100 + day });
    commit(ann);
    const before = git(ann, 'rev-parse', 'refs/heads/entire/checkpoints/v1');
    clientWrite(ann, { id: idOf(`a${day}`), finalize: true, at: 1_751_000_200 + day });
    expect(clientPush(ann, 1_760_000_000 + day)).toBe('replayed');
    expect(gitResult(ann, ['merge-base', '--is-ancestor', before, 'entire/checkpoints/v1']).status).toBe(1);

    // The next commit, whoever makes it, closes the gap; nothing fails, and no person is needed.
    expect(commit(ann)).not.toMatch(/V1_REWRITTEN|left as it is/);
    run(ann, 'verify');
    const status = JSON.parse(run(ann, 'status', '--json'));
    expect(status.coverage).toEqual({ relation: 'same', counts: { commits: 0, checkpoints: 0 } });
    expect(status.problems).toEqual([]);
    expect(status.hooks.lastRun.outcome).toBe('ok');
    run(bob, 'fetch');
    commit(bob);
  }

  // V2 is what a fresh clone makes of the new V1.
  const fresh = team('fresh').clones[0] as string;
  git(fresh, 'fetch', '-q', remote, '+refs/heads/entire/*:refs/heads/entire/*');
  run(fresh, 'migrate');
  const main = 'refs/entire/checkpoints/v2/main';
  expect(checkpointRefs(ann)[main]).toBe(checkpointRefs(fresh)[main]);
  expect(Object.keys(checkpointRefs(ann)).sort()).toEqual(Object.keys(checkpointRefs(fresh)).sort());
  const transcripts = (dir: string) => git(dir, 'ls-tree', '-r', 'refs/entire/checkpoints/v2/full/current');
  expect(transcripts(ann)).toBe(transcripts(fresh));
});
