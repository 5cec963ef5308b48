import type { Repository } from '../git/repository.ts';
import { isObject } from '../json/read.ts';
import type { LayoutName } from '../layout/layout.ts';
import { DEFAULT_LAYOUT } from '../layout/layout-names.ts';
import { LOCAL_SETTINGS_FILE, readSettingsFiles, SETTINGS_FILE, type SettingsFiles, settingsIn } from './settings.ts';

/** Which layout is written first, and what says so. */
export interface PrimaryLayout {
  readonly layout: LayoutName;
  /** A variable of the environment or a settings file; `null` where nothing says it, so that it is V1. */
  readonly source: string | null;
  /** The setting in that file. */
  readonly key: 'checkpoints.primary' | 'strategy_options.checkpoints_version' | null;
  /** The layouts that Entire's own client writes besides. */
  readonly mirrors: readonly LayoutName[];
}

/** The words of Entire's settings for the layouts. */
const TYPES: ReadonlyMap<string, LayoutName> = new Map([
  ['git-branch', 'v1'],
  ['git-refs', 'refs'],
]);

/** The variables of the environment that replace the block `checkpoints` of the settings files. */
const PRIMARY_VARIABLE = 'ENTIRE_CHECKPOINTS_PRIMARY';
const MIRRORS_VARIABLE = 'ENTIRE_CHECKPOINTS_MIRRORS';

/** The environment, by names. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The layout that the settings of a repository call primary. Throws a `CkptError` where a settings file can't be read, unless the
 * environment says it already.
 */
export async function readPrimaryLayout(repo: Repository, env: Environment): Promise<PrimaryLayout> {
  return primaryByEnvironment(env) ?? primaryByFiles(await readSettingsFiles(repo));
}

/**
 * The layout that is primary by the rules of Entire's client: the environment replaces the block `checkpoints` of
 * the files, and a block in the local file that of the shared one. Where there is none, V2 if `strategy_options` say that it
 * is written alone, else V1.
 */
export function primaryLayoutIn(files: SettingsFiles, env: Environment): PrimaryLayout {
  return primaryByEnvironment(env) ?? primaryByFiles(files);
}

function primaryByEnvironment(env: Environment): PrimaryLayout | undefined {
  const [primary, mirrors] = [env[PRIMARY_VARIABLE]?.trim(), env[MIRRORS_VARIABLE]?.trim()];
  if (!primary && !mirrors) return undefined;
  const source = primary ? PRIMARY_VARIABLE : MIRRORS_VARIABLE;
  return { layout: layoutOfType(primary), source, key: null, mirrors: layoutsOfTypes((mirrors ?? '').split(',')) };
}

function primaryByFiles(files: SettingsFiles): PrimaryLayout {
  for (const [source, name] of [
    [files.local, LOCAL_SETTINGS_FILE],
    [files.shared, SETTINGS_FILE],
  ] as const) {
    const block = source.checkpoints;
    if (!isObject(block)) continue;
    const list = Array.isArray(block.mirrors) ? block.mirrors : [];
    return {
      layout: layoutOfType(typeOf(block.primary)),
      source: name,
      key: 'checkpoints.primary',
      mirrors: layoutsOfTypes(list.map(typeOf)),
    };
  }
  if (settingsIn(files).mode !== 'v2') return { layout: DEFAULT_LAYOUT, source: null, key: null, mirrors: [] };
  const inLocal = isObject(files.local.strategy_options) && 'checkpoints_version' in files.local.strategy_options;
  const source = inLocal ? LOCAL_SETTINGS_FILE : SETTINGS_FILE;
  return { layout: 'v2', source, key: 'strategy_options.checkpoints_version', mirrors: [] };
}

function typeOf(value: unknown): string | undefined {
  return isObject(value) && typeof value.type === 'string' ? value.type : undefined;
}

/** What is not known counts as nothing said. */
function layoutOfType(type: string | undefined): LayoutName {
  return TYPES.get(type ?? '') ?? DEFAULT_LAYOUT;
}

function layoutsOfTypes(types: ReadonlyArray<string | undefined>): LayoutName[] {
  return types.flatMap((type) => TYPES.get(type?.trim() ?? '') ?? []);
}
