import { describe, expect, it } from 'vitest';
import type { MirrorPlan } from '../../src/stores/mirrors.ts';
import { hooksStatusText } from '../../src/ui/hooks-text.ts';
import { git } from '../fixtures/git.ts';
import { ENGINES, share } from '../fixtures/scale.ts';
import { realScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { statusIn } from '../inspect/support.ts';
import { migrateIn } from '../migrate/support.ts';
import { runOf } from '../ui/run.ts';
import { HookRepo } from './hook-repo.ts';

const CASES = [undefined, 1, 2, '2'].flatMap((checkpoints_version) =>
  [undefined, false, true].flatMap((checkpoints_v2) =>
    [undefined, 'git-branch', 'git-refs'].flatMap((type) =>
      [undefined, 'v1', 'v2', 'refs'].map((mirror) => ({ checkpoints_version, checkpoints_v2, type, mirror })),
    ),
  ),
);

/** A repository with a V1, a V2 of it, and these settings. */
async function withSettings(
  repo: HookRepo,
  { checkpoints_version, checkpoints_v2, type, mirror }: (typeof CASES)[number],
): Promise<void> {
  const checkpoints = type === undefined ? undefined : { primary: { type } };
  repo.write(
    '.entire/settings.json',
    JSON.stringify({ strategy_options: { checkpoints_version, checkpoints_v2 }, checkpoints }),
  );
  if (mirror !== undefined) git(repo.dir, 'config', 'ckpt.mirror', mirror);
}

describe.each(ENGINES)('what is advised fits the settings (%s)', (engine) => {
  it.each(share(CASES, 25))('%j', async (settings) => {
    const repo = new HookRepo(tempDir(), engine);
    await realScenarios.plain(repo.dir);
    await migrateIn(repo.dir);
    await withSettings(repo, settings);
    const advice = async () =>
      /To have .* follow: (.*)\n/.exec(hooksStatusText(await repo.status(), runOf('hooks', 'status')))?.[1];
    const problems = async () => {
      const { problems: found } = await statusIn(repo.dir, { engine });
      return found.map(({ code }) => code).filter((code) => /^HOOKS|^V2_NOT|^V2_MISSING/.test(code));
    };

    const before = await repo.status();
    expect(await problems()).toEqual(before.targets.length > 0 ? ['HOOKS_MISSING'] : []);
    await repo.install();
    expect(await problems()).toEqual(before.targets.length > 0 || before.primary === 'v2' ? [] : ['V2_NOT_KEPT']);
    const advised = await advice();
    expect(advised === undefined).toBe(before.targets.length > 0);
    if (advised === undefined) return;
    const layout = advised.replace('ckpt hooks install --mirror ', '') as MirrorPlan['primary'];
    await repo.install({ mirrors: [layout] });
    expect(await repo.status()).toMatchObject({ targets: [layout] });
    expect(await advice()).toBeUndefined();
    expect(await problems()).toEqual([]);
  });

  it('says so where the settings are not readable', async () => {
    const repo = new HookRepo(tempDir(), engine);
    repo.write('.entire/settings.json', '{');
    const status = await repo.status();
    expect(status).toMatchObject({ primary: null, targets: [] });
    expect(hooksStatusText(status, runOf('hooks', 'status'))).toContain('\nThe settings are not readable: ');
  });

  it('nobody who asked for git-refs alone is told to make a V2', async () => {
    for (const settings of [{ type: 'git-refs' }, { mirror: 'refs' }]) {
      const repo = new HookRepo(tempDir(), engine);
      await realScenarios.plain(repo.dir);
      await withSettings(repo, {
        checkpoints_version: undefined,
        checkpoints_v2: undefined,
        type: undefined,
        mirror: undefined,
        ...settings,
      });
      const { problems } = await statusIn(repo.dir, { engine });
      expect(problems.map(({ commands }) => commands[0]?.join(' '))).toContain('ckpt migrate --from v1 --to refs');
      expect(problems.map(({ code }) => code)).not.toContain('V2_MISSING');
    }
  });
});
