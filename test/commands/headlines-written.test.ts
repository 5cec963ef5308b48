import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHECKPOINT, countedPaths } from '../fixtures/counted-paths.ts';
import { git, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { ckpt } from './ckpt.ts';

const V2 = 'refs/entire/checkpoints/v2';
const NEWEST = ['5478025e132b', '92d71b100385', 'c729d65f2f0b'];

const cwd = tempDir('file');
const dir = join(cwd, 'one');
const said = (...args: string[]) => ckpt([...args, '--repo', dir]).stdout;

const checkpoints = (ref: string, at = dir) => countedPaths(at, ref, CHECKPOINT);

/** The refs of V2, and of git-refs, with their objects. */
const refsBelow = (prefix: string) => git(dir, 'for-each-ref', '--format=%(refname) %(objectname)', prefix).split('\n');
const moved = (before: string[], after: string[]) => after.filter((line) => !before.includes(line)).length;

/** Puts a commit on top of V1 with this tree. */
function commitV1(tree: string): void {
  const parent = git(dir, 'rev-parse', V1_REF).trim();
  git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-p', parent, '-m', 'a commit of a test', tree).trim());
}
const treeOfV1 = () => git(dir, 'rev-parse', `${V1_REF}^{tree}`).trim();

beforeAll(() => {
  ckpt(['sample', dir]);
  said('migrate', '--max-checkpoints', '4');
});

describe('the numbers of headlines of what was written', () => {
  it('of a migration that finds nothing new in V1: the refs that it moved', () => {
    git(dir, 'update-ref', '-d', `${V2}/generations`);
    const before = refsBelow(V2);
    expect(said('migrate', '--dry-run')).toContain(`Nothing is new in ${V1_REF}. To bring up to date: 1 ref of V2.\n`);
    const text = said('migrate');
    expect(moved(before, refsBelow(V2))).toBe(1);
    expect(text).toMatch(new RegExp(`^Nothing is new in ${V1_REF}\\. Brought up to date: 1 ref of V2\\.\\n`));
    expect(text).toContain(`  ${checkpoints(`${V2}/full/current`).length} checkpoints in full/current\n`);
  });

  it('of a migration whose new commits change no checkpoint: these commits', () => {
    const earlier = git(dir, 'rev-parse', V1_REF).trim();
    commitV1(treeOfV1());
    commitV1(treeOfV1());
    const count = git(dir, 'rev-list', '--count', `${earlier}..${V1_REF}`).trim();
    const what = `${count} commits without a new or changed checkpoint, added to the V2 of an earlier run.\n`;
    expect(said('migrate', '--dry-run')).toContain(`To migrate from ${V1_REF}: ${what}`);
    expect(said('migrate')).toContain(`Migrated ${V1_REF}: ${what}`);
  });

  it('of a migration to git-refs: a ref a checkpoint, and no checkpoint where none is new', () => {
    const first = said('migrate', '--to', 'refs');
    const refs = refsBelow('refs/entire/checkpoints').filter((ref) => /\/[0-9a-f]{2}\/[0-9a-f]{12} /.test(ref));
    expect(first).toMatch(new RegExp(`^Migrated V1 to git-refs\\.\\n\\n  ${refs.length} checkpoints new\\n`));
    commitV1(treeOfV1());
    expect(said('migrate', '--to', 'refs', '--dry-run')).toMatch(
      /No checkpoint of V1 is new to git-refs\. To bring up to date: 1 ref\./,
    );
    const before = refsBelow('refs/');
    const again = said('migrate', '--to', 'refs');
    expect(again).toMatch(/^No checkpoint of V1 is new to git-refs\. Brought up to date: 1 ref\.\n/);
    expect(moved(before, refsBelow('refs/'))).toBe(1);
    expect(again).toContain(`  ${checkpoints(V1_REF).length} checkpoints already there\n`);
  });

  it('of an export: a page for each checkpoint that commits name', () => {
    const user = join(cwd, 'user');
    git(cwd, 'clone', '--quiet', dir, user);
    git(user, 'commit', '--quiet', '--allow-empty', '-m', 'Before');
    for (const id of NEWEST) {
      git(user, 'commit', '--quiet', '--allow-empty', '-m', `Work\n\nEntire-Checkpoint: ${id}`);
    }
    const range = `HEAD~${NEWEST.length}..HEAD`;
    const named = git(user, 'log', '--format=%(trailers:key=Entire-Checkpoint,valueonly,separator=)', range);
    const output = join(cwd, 'pages');
    const lines = ckpt(['export', range, '--output', output, '-C', user]).stdout.trimEnd().split('\n');
    expect(lines.sort()).toEqual(readdirSync(output).sort());
    for (const id of named.split('\n').filter(Boolean)) expect(lines.join()).toContain(id);
    expect(lines).toHaveLength(named.split('\n').filter(Boolean).length + 1); // and the index
  });

  it('of a repair: what verify finds before, and nothing afterwards', () => {
    const lost = checkpoints(`${V2}/full/0000000000001`).length;
    git(dir, 'update-ref', '-d', `${V2}/full/0000000000001`);
    said('migrate');
    expect(said('verify')).toMatch(new RegExp(`^INCONSISTENT: ${lost + 1} errors`));
    expect(said('repair')).toMatch(
      new RegExp(`(?:^|\\n)Mended ${lost + 1} findings\\.\\nVerified again: V2 is consistent with V1\\.\\n`),
    );
    expect(checkpoints(`${V2}/full/0000000000001`)).toHaveLength(lost);
    expect(said('verify')).toMatch(/^CONSISTENT: /);
  });

  it('of a fleet: the repositories, and the checkpoints of each', () => {
    const copy = join(cwd, 'two');
    git(cwd, 'clone', '--quiet', '--mirror', dir, copy);
    writeFileSync(join(cwd, 'fleet'), `${dir}\n${copy}\n${join(cwd, 'absent')}\n`);
    const { stdout } = ckpt(['fleet', 'verify', '--list', join(cwd, 'fleet')]);
    expect(stdout).toMatch(/^3 repositories: ckpt verify\n/);
    const rows = stdout.split('\n').filter((line) => line.startsWith('  ') && line.includes(cwd));
    expect(rows).toHaveLength(3);
    const good = rows.filter((row) => row.includes('consistent'));
    expect(stdout).toMatch(new RegExp(`\\n  consistent +${good.length}\\n`));
    expect(good.map((row) => Number(/consistent +(\d+)/.exec(row)?.[1]))).toEqual([
      checkpoints(V1_REF).length,
      checkpoints(V1_REF, copy).length,
    ]);
  });

  it('of a rotation, and of a prune at a remote', () => {
    const other = join(cwd, 'rotated');
    const server = join(cwd, 'rotated.git');
    ckpt(['sample', other]);
    git(cwd, 'init', '--quiet', '--bare', server);
    git(other, 'remote', 'add', 'origin', server);
    const inOther = (...args: string[]) => ckpt([...args, '--repo', other]).stdout;
    const archives = (at = other) => Object.keys(refs(at, `${V2}/full/`)).filter((ref) => /\/\d+$/.test(ref));
    inOther('migrate', '--max-checkpoints', '4');
    const before = archives();
    const arrived = checkpoints(`${V2}/full/current`, other).length;
    expect(inOther('rotate', '--force', '--dry-run')).toContain('To be archived: 1 generation.\n');
    expect(archives()).toEqual(before);
    const text = inOther('rotate', '--force');
    const added = archives().filter((ref) => !before.includes(ref));
    expect(text).toMatch(/^Archived 1 generation\.\n/);
    expect(added).toHaveLength(1);
    expect(checkpoints(added[0] ?? '', other)).toHaveLength(arrived);
    expect(text).toMatch(new RegExp(`\\n  ${added[0]} +${arrived} checkpoints? `));
    expect(text).toContain(`  ${checkpoints(`${V2}/full/current`, other).length} checkpoints now in full/current\n`);

    inOther('push');
    inOther('prune', '--keep', '1', '--allow-loss', '--apply');
    inOther('push');
    const gone = archives(server).filter((ref) => !archives().includes(ref)).length;
    expect(gone).toBeGreaterThan(1);
    const plan = `A plan, nothing was deleted. Pruned here, and still at origin: ${gone} archives.\n`;
    expect(inOther('prune', '--remote')).toContain(plan);
    expect(inOther('prune', '--remote', '--apply')).toMatch(
      new RegExp(`^Deleted at origin: ${gone} archives that were pruned here\\.\\n`),
    );
    expect(archives(server)).toEqual(archives());
  });

  it('of what is lost, and of a restore', () => {
    const other = join(cwd, 'other');
    ckpt(['sample', other]);
    const inOther = (...args: string[]) => ckpt([...args, '--repo', other]).stdout;
    const all = checkpoints(V1_REF, other);
    const tree = git(other, 'rev-parse', `${V1_REF}~1^{tree}`).trim();
    const parent = git(other, 'rev-parse', V1_REF).trim();
    git(other, 'update-ref', V1_REF, git(other, 'commit-tree', '-p', parent, '-m', 'gone', tree).trim());
    const lost = all.length - checkpoints(V1_REF, other).length;
    expect(lost).toBeGreaterThan(0);
    expect(inOther('list', '--lost').match(/^[0-9a-f]{12} /gm)).toHaveLength(lost);
    const ids = inOther('list', '--lost', '--json').match(/(?<="checkpoint":\s*")[0-9a-f]{12}/g) ?? [];
    expect(inOther('restore', ...ids)).toContain(`${lost} checkpoint`);
    expect(checkpoints(V1_REF, other)).toEqual(all);
    expect(inOther('list', '--lost')).toMatch(/^Nothing that V1 had is lost\./);
  });
});
