import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { HookRepo } from './hook-repo.ts';

let repo: HookRepo;
beforeEach(() => {
  repo = new HookRepo(tempDir());
});

/** Follows what install said, for each hook, in the way of `add`. */
async function addByHand(add: (path: string, lines: string) => void): Promise<void> {
  const result = await repo.install();
  expect(result.complete).toBe(false);
  for (const { action, state, path, addByHand } of result.git?.hooks ?? []) {
    expect({ action, state }).toEqual({ action: 'left', state: 'managed' });
    add(path, `${addByHand}\n`);
  }
}

describe('husky', () => {
  /** As husky 9 does: git runs the hook of `_`, which hands over to the one that the team wrote. */
  function useHusky(): void {
    git(repo.dir, 'config', 'core.hooksPath', '.husky/_');
    const run = `#!/bin/sh\ns=$(dirname "$(dirname "$0")")/\${0##*/}\n[ -f "$s" ] || exit 0\nsh -e "$s" "$@"\n`;
    for (const hook of ['post-commit', 'pre-push']) repo.write(`.husky/_/${hook}`, run);
  }

  it('owns the hooks: nothing is changed, and the lines that are printed work', async () => {
    useHusky();
    const before = readdirSync(join(repo.dir, '.husky/_'));
    await addByHand((path, lines) => repo.write(path.slice(repo.dir.length + 1), lines, 0o644));
    expect(readdirSync(join(repo.dir, '.husky/_'))).toEqual(before);
    expect(repo.read('.husky/_/post-commit')).not.toContain('ckpt');
    expect(readdirSync(join(repo.dir, '.husky')).sort()).toEqual([
      '_',
      'post-commit',
      'post-merge',
      'post-rewrite',
      'pre-push',
    ]);
    repo.commit();
    expect(repo.calls()).toMatchObject([{ cwd: repo.dir, args: 'dual-write --quiet --hook git', stdin: '' }]);

    const status = await repo.status();
    expect(status.git).toMatchObject({ manager: 'husky', folder: join(repo.dir, '.husky/_') });
    expect(status.git?.hooks.map(({ state }) => state)).toEqual(Array(4).fill('by-hand'));
    expect((await repo.install()).complete).toBe(true);
    expect((await repo.uninstall()).places.map(({ action }) => action)).toEqual(Array(4).fill('by-hand'));
  });

  it('is known in its older form too', async () => {
    git(repo.dir, 'config', 'core.hooksPath', '.husky');
    const result = await repo.install();
    expect(result.git).toMatchObject({ manager: 'husky' });
    expect(result.git?.hooks[0]?.path).toBe(join(repo.dir, '.husky/post-commit'));
    expect(repo.exists('.husky')).toBe(false);
  });

  it('that came after an install leaves blocks behind that uninstall finds', async () => {
    await repo.install();
    useHusky();
    await repo.uninstall();
    expect(readdirSync(join(repo.dir, '.git/hooks'))).toEqual([]);
  });
});

describe('lefthook', () => {
  it('owns the hooks: nothing is changed, and its configuration is looked at', async () => {
    const config = join(repo.dir, 'lefthook.yml');
    writeFileSync(config, 'pre-commit:\n  commands:\n    lint:\n      run: npm run lint\n');
    const generated = '#!/bin/sh\ncall_lefthook run "post-commit" "$@"\n';
    repo.write('.git/hooks/post-commit', generated);
    let text = '';
    await addByHand((path, lines) => {
      expect(path).toBe(config);
      text += lines;
    });
    expect(repo.read('.git/hooks/post-commit')).toBe(generated);
    expect(readdirSync(join(repo.dir, '.git/hooks'))).toEqual(['post-commit']);
    expect(text).toMatch(
      /^post-commit:\n {2}commands:\n {4}ckpt:\n {6}run: \|\n {8}c=.* dual-write --quiet --hook git <\/dev\/null \|\| true\npost-merge:\n/,
    );

    writeFileSync(config, `${text.split('pre-push:')[0]}pre-push:\n  commands: {}\n`);
    const states = (await repo.status()).git?.hooks.map(({ hook, state }) => [hook, state]);
    expect(states).toEqual([
      ['post-commit', 'by-hand'],
      ['post-merge', 'by-hand'],
      ['post-rewrite', 'by-hand'],
      ['pre-push', 'managed'],
    ]);
  });

  it('that came after an install finds the blocks there, and uninstall takes them out', async () => {
    await repo.install();
    writeFileSync(join(repo.dir, '.lefthook.yaml'), '');
    chmodSync(join(repo.dir, '.lefthook.yaml'), 0o644);
    expect((await repo.status()).git).toMatchObject({ manager: 'lefthook' });
    expect((await repo.status()).git?.hooks.every(({ state }) => state === 'installed')).toBe(true);
    await repo.uninstall();
    expect(readdirSync(join(repo.dir, '.git/hooks'))).toEqual([]);
  });
});
