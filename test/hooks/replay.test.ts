import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { clientPush, clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitResult, refs } from '../fixtures/git.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { checkpointRefs, team } from '../remote/team.ts';
import { type ApartServer, serveApart } from '../stress/serve-apart.ts';

const MANIFEST = 'refs/entire/checkpoints/v2/generations';
const BOTH = ['native', 'isomorphic'] as const;

/** Runs that must succeed and have nothing to say on stderr. */
function runIn(env: NodeJS.ProcessEnv) {
  return (cwd: string, ...args: string[]): string => {
    const { code, stdout, stderr } = ckpt(args, { cwd, env });
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
    return stdout;
  };
}

/*
 * Somebody else pushed first:
 *
 *   remote   r0 --- b1          b1 is bob's
 *   ann      r0 --- a1          her V2 is made of this
 *   after    r0 --- b1 --- a1'  Entire's client replays a1, and pushes
 */
it.each(BOTH)("Entire's client rewrites V1 on every push, and the hooks follow (%s)", (engine) => {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  const env = { CKPT_ENGINE: engine };
  const run = runIn(env);
  const withGit = runIn({}); // over a path
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
  withGit(bob, 'fetch');

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
    withGit(bob, 'fetch');
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

/** The remote of `team` over HTTP, where the engine without git can go too. */
describe.each(BOTH)('two people with a handful of checkpoints (%s)', (engine) => {
  const env = { CKPT_ENGINE: engine };
  const run = runIn(env);
  let server: ApartServer;
  let remote: string;
  let ann: string;
  let bob: string;

  beforeEach(async () => {
    const made = team('ann', 'bob');
    ({ remote } = made);
    [ann = '', bob = ''] = made.clones;
    server = await serveApart(dirname(remote));
    for (const dir of made.clones) {
      git(dir, 'remote', 'set-url', 'origin', `${server.url}/remote.git`);
      run(dir, 'hooks', 'install', '--git');
    }
  });
  afterEach(() => server.close());

  /** A turn of an agent: a checkpoint in V1, and the user's commit that names it, after which the hook has run. */
  const turn = (dir: string, word: string, at: number) => {
    clientWrite(dir, { id: idOf(word), at });
    const message = `${word}\n\nEntire-Checkpoint: ${idOf(word)}`;
    const { status, stderr } = gitResult(dir, ['commit', '-q', '--allow-empty', '-m', message], { env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  };

  it('push without an archive, so without a manifest, and the other has all of it', () => {
    turn(ann, 'a1', 1_751_000_000);
    expect(refs(ann, MANIFEST)).toEqual({});
    run(ann, 'push', '--no-progress');
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    run(bob, 'fetch', '--no-progress');
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    run(bob, 'verify');
  });

  it('write at the same time: who is second is told so, and both have the same after a fetch and a push', () => {
    turn(ann, 'a1', 1_751_000_000);
    run(ann, 'push', '--no-progress');
    run(bob, 'fetch', '--no-progress');
    turn(ann, 'a2', 1_751_000_100);
    turn(bob, 'b1', 1_751_000_200);
    run(ann, 'push', '--no-progress');
    const standing = () => {
      const { remote: asked } = JSON.parse(ckpt(['status', '--remote', '--json'], { cwd: bob, env }).stdout);
      return asked.layouts.map((one: Record<string, unknown>) => [one.layout, one.inStepCount, one.divergedCount]);
    };
    // What is there can't be judged before it was fetched; full/current of V2 differs as V1 does.
    expect(standing()).toEqual([
      ['v1', 0, 0],
      ['v2', 0, 0],
    ]);
    run(bob, 'fetch', '--no-merge', '--no-progress');
    expect(standing()).toEqual([
      ['v1', 0, 1],
      ['v2', 0, 2],
    ]);
    run(bob, 'fetch', '--no-progress');
    run(bob, 'verify');
    run(bob, 'push', '--no-progress');
    run(ann, 'fetch', '--no-progress');
    expect(checkpointRefs(ann)).toEqual(checkpointRefs(bob));
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(bob));
    run(ann, 'verify');
  });

  it('learn of a checkpoint that never arrived, although the push of the client ended well', () => {
    turn(ann, 'a1', 1_751_000_000);
    run(ann, 'push', '--no-progress');
    const before = git(remote, 'rev-parse', V1_REF);
    turn(ann, 'a2', 1_751_000_100);
    expect(clientPush(ann)).toBe('pushed');
    git(ann, 'push', '-q', 'origin', 'HEAD:refs/heads/main');
    git(remote, 'update-ref', V1_REF, before); // somebody else's force-push, or a host that lost it
    const { code, stdout } = ckpt(['verify', '--remote'], { cwd: ann, env });
    expect(code).toBe(1);
    expect(stdout).toContain(idOf('a2'));
    expect(stdout).not.toContain(idOf('a1'));
    expect(stdout).toContain('Run `ckpt push');
    run(ann, 'push', '--no-progress');
    run(ann, 'verify', '--remote');
  });
});
