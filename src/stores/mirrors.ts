import type { Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { DEFAULT_LAYOUT, LAYOUT_WORDS } from '../layout/layout-names.ts';
import { primaryLayoutIn } from './primary-layout.ts';
import { DEFAULT_SETTINGS, readSettingsFiles, type Settings, settingsIn, unknownOptions } from './settings.ts';

/**
 * The key of git's configuration that names layouts to be kept in step, one a value. It is not in Entire's block `checkpoints`, whose
 * unknown members are an error for Entire.
 */
export const MIRROR_KEY = 'ckpt.mirror';

/** What a run of dual-write has to do. */
export interface MirrorPlan {
  readonly settings: Settings;
  /** The layout that is written first, and the source of the others. */
  readonly primary: LayoutName;
  /** The layouts that follow it, V1 before what can be made of it. */
  readonly targets: readonly LayoutName[];
  /** What is set and counts for nothing, since it is not known: a sentence each. */
  readonly unknown: readonly string[];
}

/** What holds where the settings can't be read: V1 is written, and nothing else. */
export const DEFAULT_PLAN: MirrorPlan = {
  settings: DEFAULT_SETTINGS,
  primary: DEFAULT_LAYOUT,
  targets: [],
  unknown: [],
};

/** Reads settings, environment and git's configuration. Throws a `CkptError` where a settings file can't be read. */
export async function readWritePlan(
  repo: Repository,
  env: Readonly<Record<string, string | undefined>>,
): Promise<MirrorPlan> {
  const [files, recorded] = await Promise.all([readSettingsFiles(repo), repo.configAll(MIRROR_KEY)]);
  const settings = settingsIn(files);
  const primary = primaryLayoutIn(files, env);
  const wanted = new Set<string>(recorded);
  if (settings.mode === 'dual') wanted.add('v2');
  wanted.delete(primary.layout);
  return {
    settings,
    primary: primary.layout,
    targets: LAYOUT_WORDS.filter((name) => wanted.has(name)),
    unknown: [
      ...primary.unknown,
      ...unknownOptions(files),
      ...recorded
        .filter((name) => !LAYOUT_WORDS.some((known) => known === name))
        .map((name) => `${MIRROR_KEY} names '${name}', which is not a layout`),
    ],
  };
}
