import { beforeEach, describe, expect, test } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitResult } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { transcriptText, V1_REF } from '../fixtures/v1-builder.ts';
import { checkpointRefs, fetchIn, pushIn, team } from './team.ts';

const SECRET = 'hunter2-of-ann';
const [a1, a2] = ['a1', 'a2'].map(idOf) as [string, string];
const refOf = (id: string) => `refs/entire/checkpoints/${id.slice(-2)}/${id}`;
let remote: string;
let ann: string;
let bob: string;
let cat: string;

interface Written {
  readonly id: string;
  readonly at: number;
  readonly text: string;
  readonly session?: string;
  readonly number?: number;
}

/** Writes a session to a checkpoint's ref, as Entire's client does: a commit on what is there. */
function write(dir: string, { id, at, text, session = 's0', number = 0 }: Written): void {
  const scratch = 'refs/heads/scratch';
  clientWrite(dir, { id, at, transcript: transcriptText(text, 4), session, number, ref: scratch });
  const tree = git(dir, 'rev-parse', `${scratch}:${id.slice(0, 2)}/${id.slice(2)}`);
  commit(dir, id, tree, at);
}

function commit(dir: string, id: string, tree: string, at: number, isOnTop = true): void {
  const old = gitResult(dir, ['rev-parse', '-q', '--verify', refOf(id)])
    .stdout.toString()
    .trim();
  const parents = old === '' || !isOnTop ? [] : ['-p', old];
  const env = { GIT_AUTHOR_DATE: `${at} +0000`, GIT_COMMITTER_DATE: `${at} +0000` };
  const made = gitResult(dir, ['commit-tree', ...parents, '-m', `Checkpoint: ${id}`, tree], { env }).stdout.toString();
  git(dir, 'update-ref', refOf(id), made.trim());
}

/** Takes the secret out of a checkpoint, history included, and pushes it by force. */
function redact(dir: string, id: string): void {
  clientWrite(dir, {
    id,
    at: 1_750_000_500,
    transcript: transcriptText('redacted', 4),
    session: 's0',
    ref: 'refs/heads/redacted',
  });
  commit(dir, id, git(dir, 'rev-parse', `refs/heads/redacted:${id.slice(0, 2)}/${id.slice(2)}`), 1_750_000_500, false);
  git(dir, 'push', '-q', '--no-verify', '--force', 'origin', refOf(id));
}

/** Whether the secret can be reached from the refs of all layouts. */
function hasSecret(dir: string, ...tips: string[]): boolean {
  const all = tips.length > 0 ? tips : Object.keys(checkpointRefs(dir));
  return all.some((ref) => git(dir, 'log', '-p', '--format=', ref).includes(SECRET));
}

beforeEach(async () => {
  const made = team('ann', 'bob', 'cat');
  remote = made.remote;
  [ann, bob, cat] = made.clones as [string, string, string];
  write(ann, { id: a1, at: 1_750_000_000, text: SECRET });
  write(ann, { id: a2, at: 1_750_000_001, text: 'other' });
  await pushIn(ann);
  await fetchIn(bob);
  await fetchIn(cat);
});

describe('a checkpoint of git-refs that somebody redacted at the remote', () => {
  test('is not brought back by who has written nothing: the remote counts, and what was here is kept', async () => {
    const before = git(bob, 'rev-parse', refOf(a1));
    redact(ann, a1);
    const result = await fetchIn(bob);
    await pushIn(bob);
    expect(hasSecret(remote)).toBe(false);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(remote));
    expect(result.warnings).toEqual([expect.stringContaining(a1)]);
    expect(result.united).toMatchObject([{ ref: refOf(a1), change: 'taken-over' }]);
    expect(git(bob, 'rev-parse', result.backup ?? '')).toBe(before);
    expect((await fetchIn(bob)).warnings).toEqual([]);
  });

  test('is named by the program, with --quiet too, by a push that fetches as well', () => {
    redact(ann, a1);
    const { stderr } = ckpt(['fetch', '--repo', bob, '--quiet']);
    expect(stderr).toContain(`origin has git-refs that were rewritten, and they are taken over: ${a1}`);
    commit(cat, a2, git(cat, 'rev-parse', `${refOf(a1)}^{tree}`), 1_750_000_600, false);
    const pushed = ckpt(['push', '--repo', cat, '--quiet']);
    expect(pushed.stderr.split(`${a2}: rewritten here`)).toHaveLength(2); // once, however many rounds there were
  });

  test.runIf(IS_LONG)('nor after a fetch that only looked', async () => {
    redact(ann, a1);
    await fetchIn(bob, { merges: false });
    await pushIn(bob);
    expect(hasSecret(remote)).toBe(false);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(remote));
  });

  test.runIf(IS_LONG)('nor where it was taken back to a commit that is here', async () => {
    const before = git(ann, 'rev-parse', refOf(a2));
    write(ann, { id: a2, at: 1_750_000_100, text: SECRET });
    await pushIn(ann);
    await fetchIn(bob);
    git(ann, 'update-ref', refOf(a2), before);
    git(ann, 'push', '-q', '--force', 'origin', refOf(a2));
    await pushIn(bob);
    expect(git(remote, 'rev-parse', refOf(a2))).toBe(before);
    expect(git(bob, 'rev-parse', refOf(a2))).toBe(before);
  });

  test('what others have written since is put on it, and its history stays out', async () => {
    write(bob, { id: a1, at: 1_750_000_100, text: 'of bob', session: 's1', number: 1 });
    write(cat, { id: a1, at: 1_750_000_200, text: 'of cat', session: 's2', number: 1 });
    redact(ann, a1);
    await pushIn(bob);
    await pushIn(cat);
    for (const dir of [ann, bob]) await fetchIn(dir);
    for (const dir of [ann, bob, cat]) expect(checkpointRefs(dir)).toEqual(checkpointRefs(remote));
    expect(hasSecret(remote)).toBe(false);
    const texts = ['0', '1', '2'].map((n) => git(ann, 'show', `${refOf(a1)}:${n}/full.jsonl`));
    expect(texts.map((text) => /redacted|of bob|of cat/.exec(text)?.[0])).toEqual(['redacted', 'of bob', 'of cat']);
    expect(JSON.parse(git(ann, 'show', `${refOf(a1)}:metadata.json`)).sessions).toHaveLength(3);
  });

  test.runIf(IS_LONG)(
    'of a session that was changed here as well the remote counts, and the other is kept',
    async () => {
      write(bob, { id: a1, at: 1_750_000_900, text: `${SECRET} and more` });
      const own = git(bob, 'rev-parse', refOf(a1));
      redact(ann, a1);
      const result = await fetchIn(bob);
      await pushIn(bob);
      expect(hasSecret(remote)).toBe(false);
      expect(result.mergedCheckpoints).toEqual([a1]);
      expect(result.warnings.join('\n')).toContain('changed here as well');
      expect(git(bob, 'rev-parse', result.backup ?? '')).toBe(own);
    },
  );

  test.runIf(IS_LONG)('a session that is gone there stays so, unless it was changed here', async () => {
    for (const [session, number] of [
      ['s1', 1],
      ['s2', 2],
    ] as const)
      write(ann, { id: a1, at: 1_750_000_050, text: SECRET, session, number });
    await pushIn(ann);
    await fetchIn(bob);
    write(bob, { id: a1, at: 1_750_000_100, text: 'of bob', session: 's2', number: 2 });
    redact(ann, a1);
    await pushIn(bob);
    const sessions = git(remote, 'ls-tree', '--name-only', '-d', refOf(a1)).split('\n');
    expect(sessions).toEqual(['0', '2']);
    expect(hasSecret(remote)).toBe(false);
  });

  test('is left alone where it was rewritten here, and not yet there', async () => {
    const there = git(remote, 'rev-parse', refOf(a1));
    git(ann, 'remote', 'set-url', '--push', 'origin', '/nowhere');
    expect(() => redact(ann, a1)).toThrow();
    git(ann, 'config', '--unset', 'remote.origin.pushurl');
    const here = git(ann, 'rev-parse', refOf(a1));
    const { warnings } = await pushIn(ann);
    expect(warnings).toEqual([expect.stringContaining('rewritten here')]);
    expect(git(ann, 'rev-parse', refOf(a1))).toBe(here);
    expect(git(remote, 'rev-parse', refOf(a1))).toBe(there);
  });
});

test('a V1 that was rewritten here, and not yet at the remote, is left alone', async () => {
  clientWrite(ann, { id: a1, transcript: SECRET });
  await pushIn(ann);
  clientWrite(ann, { id: a1, transcript: 'redacted', ref: 'refs/heads/redacted' });
  const redacted = git(ann, 'rev-parse', 'refs/heads/redacted');
  git(ann, 'update-ref', V1_REF, redacted);
  for (const result of [await fetchIn(ann), await pushIn(ann)])
    expect(result.warnings).toEqual([expect.stringContaining('rewritten here')]);
  expect(git(ann, 'rev-parse', V1_REF)).toBe(redacted);
  git(ann, 'push', '-q', '--no-verify', '--force', 'origin', V1_REF);
  await pushIn(ann);
  expect(hasSecret(remote, V1_REF)).toBe(false);
});
