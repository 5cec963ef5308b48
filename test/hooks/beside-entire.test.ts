import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addBlock } from '../../src/hooks/block.ts';
import { mirrorLines } from '../../src/hooks/mirror-command.ts';
import { type ChainCall, entireDisable, entireEnable } from '../fixtures/entire-hooks.ts';
import { git, withTempDir } from '../fixtures/git.ts';
import { runs } from '../fixtures/scale.ts';
import { HookRepo } from './hook-repo.ts';

const USERS = '#!/bin/sh\n: a hook of the user\n';

/** A repository with hooks of several origins; what ran is read off their logs. */
class Shared {
  readonly repo: HookRepo;
  readonly hooks: string;
  readonly #entire: string;
  #commits = 0;

  constructor(root: string) {
    this.repo = new HookRepo(root);
    this.hooks = join(this.repo.dir, '.git/hooks');
    this.#entire = join(root, 'entire.log');
    mkdirSync(this.hooks, { recursive: true });
  }

  enable(call: ChainCall = 'guarded'): void {
    entireEnable(this.hooks, this.#entire, call);
  }

  /** How often the mirror and Entire's post-commit ran for a commit. */
  commit(): { mirror: number; entire: number } {
    this.repo.calls();
    writeFileSync(this.#entire, '');
    git(this.repo.dir, 'commit', '-q', '--allow-empty', '-m', `commit ${++this.#commits}`);
    const entire = readFileSync(this.#entire, 'utf8').split('\n');
    return { mirror: this.repo.calls().length, entire: entire.filter((line) => line === 'post-commit').length };
  }

  async active(): Promise<boolean[]> {
    return [...new Set((await this.repo.status()).git?.hooks.map(({ active }) => active))];
  }
}

describe("beside Entire's client", () => {
  test('in every order of installs and uninstalls the mirror runs once a commit, or not at all', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('enable', 'disable', 'install', 'uninstall'), { minLength: 1, maxLength: 7 }),
        fc.constantFrom<ChainCall>('guarded', 'plain'),
        (steps, call) =>
          withTempDir(async (root) => {
            const shared = new Shared(root);
            let [isInstalled, isEnabled] = [false, false];
            for (const step of steps) {
              if (step === 'enable') shared.enable(call);
              if (step === 'disable') entireDisable(shared.hooks);
              if (step === 'install') expect((await shared.repo.install()).complete).toBe(true);
              if (step === 'uninstall') await shared.repo.uninstall();
              if (step === 'enable' || step === 'disable') isEnabled = step === 'enable';
              else isInstalled = step === 'install';
              expect([steps, step, await shared.active()]).toEqual([steps, step, [isInstalled]]);
              expect([steps, step, shared.commit()]).toEqual([
                steps,
                step,
                { mirror: isInstalled ? 1 : 0, entire: isEnabled ? 1 : 0 },
              ]);
            }
            const before = contents(shared.hooks);
            if (isInstalled) await shared.repo.install();
            expect(contents(shared.hooks)).toEqual(before);
          }),
      ),
      { numRuns: runs(15) },
    ));

  test.each(['guarded', 'plain'] as const)('a hook of the user stays as it was (%s)', (call) =>
    withTempDir(async (root) => {
      const shared = new Shared(root);
      const hook = join(shared.hooks, 'post-commit');
      writeFileSync(hook, USERS, { mode: 0o755 });
      await shared.repo.install();
      shared.enable(call);
      await shared.repo.install();
      shared.enable(call);
      expect(shared.commit()).toEqual({ mirror: 1, entire: 1 });
      await shared.repo.uninstall();
      expect(readFileSync(`${hook}.pre-entire`, 'utf8')).toBe(USERS);
      entireDisable(shared.hooks);
      expect(readFileSync(hook, 'utf8')).toBe(USERS);
      if (call === 'guarded') expect(readdirSync(shared.hooks)).toEqual(['post-commit']);
    }),
  );

  test("lines that an earlier version put into Entire's script move to where they stay", () =>
    withTempDir(async (root) => {
      const shared = new Shared(root);
      const hook = join(shared.hooks, 'post-commit');
      await shared.repo.install();
      shared.enable();
      writeFileSync(hook, addBlock(readFileSync(hook, 'utf8'), mirrorLines(shared.repo.program)));
      expect(shared.commit()).toEqual({ mirror: 2, entire: 1 });
      const result = await shared.repo.install();
      expect(result.git?.hooks.find((one) => one.hook === 'post-commit')).toMatchObject({
        action: 'updated',
        active: true,
      });
      expect(shared.commit()).toEqual({ mirror: 1, entire: 1 });
      expect(existsSync(`${hook}.pre-entire`)).toBe(true);
    }));

  test('a rebase runs the mirror once, at its end', () =>
    withTempDir(async (root) => {
      const shared = new Shared(root);
      await shared.repo.install();
      shared.enable();
      const { dir } = shared.repo;
      for (const name of ['base', 'one', 'two', 'three']) {
        writeFileSync(join(dir, name), name);
        git(dir, 'add', name);
        git(dir, 'commit', '-q', '-m', name);
      }
      shared.repo.calls();
      git(dir, 'rebase', '-q', '--force-rebase', 'HEAD~3');
      expect(shared.repo.calls()).toHaveLength(1);
    }));
});

function contents(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
