import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { RefConflictError, RefNameConflictError } from '../../src/git/errors.ts';
import { openRepository } from '../../src/git/open.ts';
import type { RefUpdate } from '../../src/git/repository.ts';
import { hasReftable } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { GitRepo } from './git-repo.ts';

// git has reftables since 2.45; what a kill leaves is tried by `npm run stress:kills`.
describe.skipIf(!hasReftable(tempDir('file')))('refs in a reftable', () => {
  async function withRepo(
    initArgs: readonly string[],
    work: (made: GitRepo, update: (updates: readonly RefUpdate[]) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const made = new GitRepo(['--ref-format=reftable', ...initArgs]);
    const repo = await openRepository({ dir: made.dir, env: made.env, engine: 'native' });
    try {
      await work(made, (updates) => repo.updateRefs(updates, 'moved'));
      expect(readdirSync(made.gitPath('ckpt/locks'))).toEqual([]);
      expect(readdirSync(made.gitPath('reftable')).filter((name) => name.endsWith('.lock'))).toEqual([]);
      made.git(['fsck', '--strict']);
    } finally {
      await repo.close();
      made.remove();
    }
  }

  test.each(['--quiet', '--object-format=sha256', '--bare'])(
    'move together, with their reflogs: git init %s',
    async (init) =>
      withRepo([init], async (made, update) => {
        const [one, two] = [made.commit('one'), made.commit('two')];
        made.git(['config', 'core.logAllRefUpdates', 'true']);
        await update([
          { ref: 'refs/heads/x', old: null, new: one },
          { ref: 'refs/x/a', old: null, new: one },
        ]);
        await update([
          { ref: 'refs/heads/x', old: one, new: two },
          { ref: 'refs/x/a', old: one, new: null },
          { ref: 'refs/x/b', old: null, new: two },
        ]);
        expect(made.refs().filter((line) => / refs\/(?:x|heads\/x)/.test(line))).toEqual([
          `${two} refs/heads/x`,
          `${two} refs/x/b`,
        ]);
        expect(made.git(['reflog', 'show', '--format=%H %gs', 'refs/heads/x']).trim().split('\n')).toEqual([
          `${two} moved`,
          `${one} moved`,
        ]);
      }),
  );

  test('stay where one of them has another value, or a name that can not be', async () =>
    withRepo([], async (made, update) => {
      const [one, two] = [made.commit('one'), made.commit('two')];
      await update([{ ref: 'refs/x/a', old: null, new: one }]);
      const before = made.refs();
      const b: RefUpdate = { ref: 'refs/x/b', old: null, new: two };
      await expect(update([b, { ref: 'refs/x/a', old: two, new: one }])).rejects.toThrow(RefConflictError);
      await expect(update([b, { ref: 'refs/x/a/c', old: null, new: one }])).rejects.toThrow(RefNameConflictError);
      expect(made.refs()).toEqual(before);
    }));

  test('stay where the hook refuses, which is told of them as git tells it', async () =>
    withRepo([], async (made, update) => {
      const one = made.commit('one');
      const [hook, log] = [made.gitPath('hooks/reference-transaction'), join(made.root, 'log')];
      writeFileSync(hook, `#!/bin/sh\n{ echo "$1"; cat; } >> '${log}'\n! grep -q refs/x/no '${log}'\n`, {
        mode: 0o755,
      });
      await update([{ ref: 'refs/x/a', old: null, new: one }]);
      await expect(update([{ ref: 'refs/x/no', old: null, new: one }])).rejects.toThrow(/refused/);
      const line = (name: string) => `${'0'.repeat(40)} ${one} refs/x/${name}\n`;
      const [yes, no] = [line('a'), line('no')];
      expect(readFileSync(log, 'utf8')).toBe(`prepared\n${yes}committed\n${yes}prepared\n${no}aborted\n${no}`);
      expect(made.refs().filter((ref) => ref.includes('refs/x'))).toEqual([`${one} refs/x/a`]);
    }));

  test('lose nothing beside git, which moves others and compacts', async () =>
    withRepo([], async (made, update) => {
      const one = made.commit('one');
      const run = promisify(execFile);
      const others = async () => {
        for (let i = 0; i < 15; i++) {
          // git waits for no lock of a reftable: whoever is refused tries again.
          const move = () => run('git', ['update-ref', `refs/other/${i}`, one], { cwd: made.dir, env: made.env });
          for (
            let tries = 0;
            tries < 200 &&
            !(await move()
              .then(() => true)
              .catch(() => false));
            tries++
          );
          await run('git', ['pack-refs', '--all'], { cwd: made.dir, env: made.env }).catch(() => undefined);
        }
      };
      const ours = async () => {
        for (let i = 0; i < 15; i++) await update([{ ref: `refs/ours/${i}`, old: null, new: one }]);
      };
      await Promise.all([others(), ours()]);
      expect(made.refs().filter((line) => line.includes('refs/o'))).toHaveLength(30);
    }));
});
