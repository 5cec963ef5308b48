import type { ProgressListener } from '../checkpoint/progress.ts';
import type { Repository } from '../git/repository.ts';
import { isObject } from '../json/read.ts';
import type { LayoutName } from '../layout/layout.ts';
import { DEFAULT_LAYOUT, LAYOUT_NAMES } from '../layout/layout-names.ts';
import {
  LOCAL_SETTINGS_FILE,
  notKnown,
  readSettingsFiles,
  SETTINGS_FILE,
  type SettingsFiles,
  settingsIn,
  strategyOptions,
} from './settings.ts';

/** Which layout is written first, and what says so. */
export interface PrimaryLayout {
  readonly layout: LayoutName;
  /** A variable of the environment or a settings file; `null` where nothing says it, so that it is V1. */
  readonly source: string | null;
  /** The setting in that file. */
  readonly key: 'checkpoints.primary' | 'strategy_options.checkpoints_version' | null;
  /** The layouts that Entire's own client writes besides. */
  readonly mirrors: readonly LayoutName[];
  /** What is set and counts for nothing, since it is not known: a sentence each. */
  readonly unknown: readonly string[];
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
 * environment says it already. What is not known counts as nothing said, and is a warning.
 */
export async function readPrimaryLayout(
  repo: Repository,
  env: Environment,
  onEvent?: ProgressListener,
): Promise<PrimaryLayout> {
  const primary = primaryByEnvironment(env) ?? primaryByFiles(await readSettingsFiles(repo));
  for (const message of primary.unknown) onEvent?.({ kind: 'warning', message });
  return primary;
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
  const listed = (mirrors ?? '').split(',').map((type) => type.trim());
  const unknown = [
    ...(primary && !TYPES.has(primary) ? [notKnown(PRIMARY_VARIABLE, primary, WORDS + V1_COUNTS)] : []),
    ...listed.filter((type) => type !== '' && !TYPES.has(type)).map((type) => notKnown(MIRRORS_VARIABLE, type, WORDS)),
  ];
  return { layout: layoutOfType(primary), source, key: null, mirrors: layoutsOfTypes(listed), unknown };
}

function primaryByFiles(files: SettingsFiles): PrimaryLayout {
  const unknown: string[] = [];
  for (const [source, name] of [
    [files.local, LOCAL_SETTINGS_FILE],
    [files.shared, SETTINGS_FILE],
  ] as const) {
    const block = source.checkpoints;
    if (block != null && !isObject(block)) unknown.push(notKnown(`checkpoints in ${name}`, block, 'an object'));
    if (!isObject(block)) continue;
    const list = Array.isArray(block.mirrors) ? block.mirrors : [];
    const mirrors = layoutsOfTypes(list.map(typeOf));
    unknown.push(...unknownInBlock(block, name));
    return { layout: layoutOfType(typeOf(block.primary)), source: name, key: 'checkpoints.primary', mirrors, unknown };
  }
  const inLocal = 'checkpoints_version' in strategyOptions(files.local);
  const source = inLocal ? LOCAL_SETTINGS_FILE : SETTINGS_FILE;
  const key = 'strategy_options.checkpoints_version';
  if (settingsIn(files).mode === 'v2') return { layout: 'v2', source, key, mirrors: [], unknown };
  const version = strategyOptions(inLocal ? files.local : files.shared).checkpoints_version;
  if (version != null && String(version) !== '1') unknown.push(notKnown(`${key} in ${source}`, version, '1 or 2'));
  return { layout: DEFAULT_LAYOUT, source: null, key: null, mirrors: [], unknown };
}

/** What the block `checkpoints` of a settings file has that names no layout. */
function unknownInBlock({ primary, mirrors }: Readonly<Record<string, unknown>>, file: string): string[] {
  const isKnown = (value: unknown) => TYPES.has(typeOf(value) ?? '');
  const list = mirrors == null || Array.isArray(mirrors) ? (mirrors ?? []) : [mirrors];
  return [
    ...(primary == null || isKnown(primary)
      ? []
      : [notKnown(`checkpoints.primary in ${file}`, primary, OBJECTS + V1_COUNTS)]),
    ...list.filter((one) => !isKnown(one)).map((one) => notKnown(`checkpoints.mirrors in ${file}`, one, OBJECTS)),
  ];
}

/** The values that there are, as the environment has them, and as a file has them. */
const WORDS = [...TYPES].map(([type, layout]) => `${type} (${LAYOUT_NAMES[layout]})`).join(' or ');
const OBJECTS = [...TYPES].map(([type, layout]) => `{"type": "${type}"} (${LAYOUT_NAMES[layout]})`).join(' or ');
const V1_COUNTS = `; ${LAYOUT_NAMES[DEFAULT_LAYOUT]} counts as primary`;
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
