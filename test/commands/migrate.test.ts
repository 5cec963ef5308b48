import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git, refs } from '../fixtures/git.ts';
import { reference, V1_BRANCH, V2_MAIN } from '../fixtures/reference.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { add, prepare, update } from '../migrate/checkpoints.ts';
import { listing } from '../migrate/support.ts';
import { ckpt } from './ckpt.ts';

describe.each(ENGINES)('ckpt migrate and ckpt verify (%s)', (engine) => {
  const run = (cwd: string, ...args: string[]) => ckpt([...args, '--engine', engine], { cwd });
  const json = (cwd: string, ...args: string[]) => {
    const { code, stdout, stderr } = run(cwd, ...args, '--json');
    expect(stderr).toBe('');
    const document = JSON.parse(stdout);
    return { code, value: document.error ?? document };
  };

  it('run in a bare repository', () => {
    const { dir } = prepare(3);
    const { refs: expected } = reference(dir);
    expect(json(dir, 'migrate')).toMatchObject({ code: 0, value: { status: 'migrated' } });
    expect(refs(dir, 'refs/entire/')).toEqual(expected);
    expect(json(dir, 'verify')).toMatchObject({ code: 0, value: { counts: { errors: 0 } } });
  });

  it('run in any folder of a repository and of a linked worktree, which share what comes out', () => {
    const { dir: bare } = prepare(3);
    const project = join(tempDir(), 'project');
    git(tempDir(), 'init', '--quiet', project);
    git(project, 'fetch', '--quiet', bare, `${V1_BRANCH}:${V1_BRANCH}`);
    git(project, 'commit', '--quiet', '--allow-empty', '-m', 'Start');
    const linked = join(tempDir(), 'linked');
    git(project, 'worktree', 'add', '--quiet', '--detach', linked);
    const [folder, linkedFolder] = [project, linked].map((place) => join(place, 'src', 'deep')) as [string, string];
    for (const place of [folder, linkedFolder]) mkdirSync(place, { recursive: true });
    const { refs: expected } = reference(bare);

    expect(json(linkedFolder, 'migrate')).toMatchObject({ code: 0, value: { status: 'migrated' } });
    expect(refs(project, 'refs/entire/')).toEqual(expected);
    for (const place of [folder, linked]) {
      expect(json(place, 'migrate')).toMatchObject({ code: 0, value: { status: 'up-to-date', refs: [] } });
      expect(json(place, 'verify')).toMatchObject({ code: 0, value: { counts: { errors: 0 } } });
    }
    expect(refs(project, 'refs/entire/')).toEqual(expected);
  });

  it('say that there is no V1 branch: nothing for migrate to do, nothing that verify could look at', () => {
    const dir = join(tempDir(), 'repo');
    git(tempDir(), 'init', '--quiet', '--bare', dir);
    const before = listing(dir);
    expect(json(dir, 'migrate')).toMatchObject({ code: 0, value: { status: 'no-v1', source: null, refs: [] } });
    const { code, stdout } = run(dir, 'migrate');
    expect({ code, first: stdout.split('\n', 1)[0] }).toEqual({
      code: 0,
      first: 'Nothing to migrate: there is no V1 branch here.',
    });
    expect(json(dir, 'verify')).toMatchObject({ code: 3, value: { code: 'NO_V1' } });
    expect(listing(dir)).toEqual(before);
  });

  it('list with --dry-run the refs that a run then writes, and write nothing', () => {
    const { dir } = prepare(5);
    const before = listing(dir);
    const { code, value: planned } = json(dir, 'migrate', '--dry-run', '--max-checkpoints', '2');
    expect({ code, status: planned.status }).toEqual({ code: 0, status: 'planned' });
    const { stdout } = run(dir, 'migrate', '--dry-run', '--max-checkpoints', '2');
    for (const { ref, new: id } of planned.refs) expect(stdout).toMatch(new RegExp(`${ref} +${id.slice(0, 10)} `));
    expect(listing(dir)).toEqual(before);
    expect(json(dir, 'migrate', '--max-checkpoints', '2').value.refs).toEqual(planned.refs);
    expect(json(dir, 'verify')).toMatchObject({ code: 0, value: { counts: { errors: 0 } } });
  });

  it('stop where V1 was rewritten and lacks what it had, and go on with --accept-lost or --rebuild, which keep the old refs', () => {
    const { dir } = prepare(3);
    json(dir, 'migrate');
    const old = refs(dir, 'refs/entire/')[V2_MAIN] as string;
    update(dir, add(new V1Builder(), 2, 4));
    const before = listing(dir);
    const failed = run(dir, 'migrate');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^hint: .*ckpt migrate --accept-lost/m);
    expect(listing(dir)).toEqual(before);
    expect(json(dir, 'verify')).toMatchObject({ code: 1, value: { findings: [{ code: 'V1_REWRITTEN' }] } });
    const { code, stdout, stderr } = run(dir, 'migrate', '--rebuild', '--json');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: carried over, since V1 lacks them .*: checkpoints [0-9a-f]{12}\n$/);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'migrated', mode: 'rebuild' });
    expect(Object.values(refs(dir, 'refs/ckpt/backup/'))).toContain(old);
    expect(json(dir, 'verify')).toMatchObject({ code: 0, value: { counts: { errors: 0 } } });
  });
});
