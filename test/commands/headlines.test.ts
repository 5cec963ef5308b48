import { beforeAll, describe, expect, it } from 'vitest';
import { CHECKPOINT, countedPaths, SESSION, TRANSCRIPT } from '../fixtures/counted-paths.ts';
import { git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ckpt } from './ckpt.ts';

const V2 = 'refs/entire/checkpoints/v2';
const ODD = 'f0f0f0f0f0f0';
const dir = tempDir('file');

/** What a command says; stderr where it fails. */
function said(...args: string[]): string {
  const { stdout, stderr } = ckpt([...args, '--repo', dir]);
  return stdout === '' ? stderr : stdout;
}

const paths = (ref: string, pattern: RegExp, at = dir) => countedPaths(at, ref, pattern).length;
const archives = () => git(dir, 'for-each-ref', '--format=%(refname)', `${V2}/full/0*`).split('\n').filter(Boolean);

/*
 * Twelve checkpoints in archives of two: one with two sessions (03), one without a transcript (04), one of the year 1 (odd):
 *
 *   archive 1: 01 02   2: 03 05   3: 06 07   4: 08 09   5: odd 0a   full/current: 0b   in none: 04
 */
beforeAll(() => {
  const builder = new V1Builder();
  builder.init();
  for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const session = (k: number) => ({
      transcript: transcriptText(`${n}-${k}`),
      createdAt: `2025-01-0${n}T0${k}:00:00Z`,
    });
    const sessions =
      n === 3
        ? [session(0), session(1)]
        : n === 4
          ? [{ createdAt: session(0).createdAt, transcript: null }]
          : [session(0)];
    builder.checkpoint(`0${n}`.padEnd(12, String(n)), { sessions });
  }
  const created = (createdAt: string) => ({ sessions: [{ transcript: transcriptText(createdAt), createdAt }] });
  builder.checkpoint(ODD, created('0001-01-01T00:00:00Z'));
  builder.checkpoint('0a'.padEnd(12, 'a'), created('2025-01-10T00:00:00Z'));
  builder.checkpoint('0b'.padEnd(12, 'b'), created('2025-01-11T00:00:00Z'));
  builder.write(dir);
});

describe('the numbers of headlines are those that git counts', () => {
  const counts = () => ({
    checkpoints: paths(V1_REF, CHECKPOINT),
    sessions: paths(V1_REF, SESSION),
    commits: Number(git(dir, 'rev-list', '--count', V1_REF)),
    archives: archives().length,
    current: paths(`${V2}/full/current`, CHECKPOINT),
  });

  it('without V2', () => {
    const checkpoints = paths(V1_REF, CHECKPOINT);
    expect(said('verify')).toContain(` for ${checkpoints} checkpoints of ${V1_REF}\n`);
    expect(said('status')).toMatch(new RegExp(`\\n  V1 +${checkpoints} +${paths(V1_REF, SESSION)} `));
  });

  it('of a first migration, a second one, verify, status and list', () => {
    const first = said('migrate', '--max-checkpoints', '2');
    const { checkpoints, sessions, commits, archives: archived, current } = counts();
    expect(first).toContain(`Migrated ${V1_REF}: ${checkpoints} checkpoints, ${sessions} sessions.\n`);
    expect(first).toContain(`  ${commits} commits projected\n  ${archived} archived generations (${archived} written`);
    expect(first).toContain(`  ${current} checkpoint in full/current\n`);
    const again = JSON.parse(said('migrate', '--json'));
    expect(again.status).toBe('up-to-date');
    expect(again.counts).toMatchObject({ commits: 0, generations: archived, currentCheckpoints: current });
    expect(said('verify')).toContain(
      `CONSISTENT: V2 holds everything that V1 holds.\nCompared with ${V1_REF}: ${checkpoints} checkpoints, ${sessions} sessions, ${commits} commits, ${archived} archived generations, ${current} in full/current.\n`,
    );
    const status = said('status');
    for (const layout of ['V1', 'V2']) {
      expect(status).toMatch(new RegExp(`\\n  ${layout} +${checkpoints} +${sessions} +0 `));
    }
    const older = archives().slice(0, -3);
    const inOlder = older.reduce((sum, ref) => sum + paths(ref, CHECKPOINT), 0);
    expect(status).toMatch(new RegExp(`\\n  1-${older.length} +${older.length} archives +${inOlder} `));
    expect(status.match(/\] +\d+\/2 /g)).toHaveLength(archived - older.length + 1);
    // What V1 still has is not for pruning, however old it is.
    expect(status).toContain('Nothing needs attention.');
    expect(said('list').match(/^[0-9a-f]{12} /gm)).toHaveLength(checkpoints);
    expect(said('rotate')).toContain(`full/current holds ${current} checkpoint, and is full with 2.`);
  });

  it('names a time that nobody meant as odd, and lets no age follow from it', () => {
    expect(said('list')).toMatch(new RegExp(`\\n${ODD} +odd 0001`));
    expect(said('list').trimEnd().split('\n').at(-1)).toContain(ODD);
    expect(said('verify')).toMatch(/\n +1 {2}V1_ODD_TIME /);
  });

  it('of a prune, and of what claims to be whole afterwards', () => {
    const before = archives();
    const plan = said('prune', '--keep', '2');
    expect(plan).toContain(
      `Past the retention of 14 days (the default: no setting says another): ${before.length - 2} archives.`,
    );
    const gone = before.slice(0, 2);
    const transcripts = gone.reduce((sum, ref) => sum + paths(ref, TRANSCRIPT), 0);
    const checkpoints = gone.reduce((sum, ref) => sum + paths(ref, CHECKPOINT), 0);
    said('prune', '--keep', '3', '--apply');
    expect(archives()).toEqual(before.slice(2));
    expect(said('verify')).toContain(`CONSISTENT, but for ${transcripts} pruned transcripts: V2 holds everything else`);
    expect(said('migrate')).toContain(
      `Nothing to do: V2 has every commit and checkpoint of ${V1_REF}, but for the pruned transcripts of ${checkpoints} checkpoints.\n`,
    );
    expect(said('repair')).toContain('Nothing to do: ');
  });

  it('of a lost archive: one cause, and nothing that claims to be whole', () => {
    const [ref = ''] = archives();
    const lost = paths(ref, CHECKPOINT);
    git(dir, 'update-ref', '-d', ref);
    expect(said('verify')).toMatch(
      new RegExp(`^INCONSISTENT: ${lost + 1} errors, of which ${lost} follow from what is gone\\.\\n`),
    );
    expect(said('migrate')).not.toMatch(/^Nothing to do/);
    expect(said('repair', '--dry-run')).toContain(`To be mended: ${lost + 1} findings`);
  });
});

describe('the numbers of headlines of a remote', () => {
  const source = tempDir('file');
  const server = tempDir('file');
  const clone = tempDir('file');
  const all = (place: string) =>
    git(place, 'for-each-ref', '--format=%(objectname) %(refname)', 'refs/entire', V1_REF).split('\n').filter(Boolean);
  const here = (...args: string[]) => ckpt([...args, '--repo', source]).stdout;
  const inClone = (...args: string[]) => ckpt([...args, '--repo', clone]).stdout;

  beforeAll(() => {
    ckpt(['sample', source]);
    here('migrate', '--max-checkpoints', '4');
    git(server, 'init', '--quiet', '--bare');
    git(clone, 'init', '--quiet');
    for (const place of [source, clone]) git(place, 'remote', 'add', 'origin', server);
  });

  it('of a push: the refs that the server has then, and their objects', () => {
    const plan = here('push', '--dry-run');
    const [, refs, objects] = /To push to origin: (\d+) refs, at most ([\d,]+) objects/.exec(plan) ?? [];
    const pushed = /^Pushed (\d+) refs to origin\.\n/.exec(here('push'))?.[1];
    const arrived = git(clone, 'ls-remote', 'origin').split('\n').filter(Boolean);
    expect(Number(pushed)).toBe(arrived.length);
    expect(Number(refs)).toBe(arrived.length);
    const reached = git(server, 'rev-list', '--objects', '--all').split('\n').filter(Boolean);
    expect(Number(objects?.replaceAll(',', ''))).toBeGreaterThanOrEqual(reached.length);
    expect(here('push')).toMatch(/^Nothing to do: origin has all that is here\./);
  });

  it('of a fetch: the refs that the server has, and those that are here then', () => {
    const onServer = git(clone, 'ls-remote', 'origin').split('\n').filter(Boolean);
    const planned = /^Dry run, nothing was written\. origin has (\d+) refs to fetch\./.exec(
      inClone('fetch', '--dry-run'),
    )?.[1];
    expect(all(clone)).toEqual([]);
    const fetched = /^Fetched (\d+) refs from origin\.\n/.exec(inClone('fetch'))?.[1];
    expect([planned, fetched].map(Number)).toEqual([onServer.length, onServer.length]);
    expect(all(clone).length).toBeGreaterThan(0);
    expect(inClone('fetch')).toMatch(/^Nothing to do: all that origin has is here\.[\s\S]*\nNext: ckpt status/);
    const heres = all(clone).length;
    git(clone, 'update-ref', '-d', V1_REF);
    const again = /^Nothing new at origin\. Brought up to what it has: (\d+) refs?\.\n/.exec(inClone('fetch'))?.[1];
    expect([Number(again), all(clone).length]).toEqual([1, heres]);
    expect(inClone('list').match(/^[0-9a-f]{12} /gm)).toHaveLength(paths(V1_REF, CHECKPOINT, clone));
  });
});
