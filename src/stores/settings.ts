import { basename, dirname, join } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import { BadObjectError, TooLargeError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { assertSmall, readSmallFile } from '../git/read-small-file.ts';
import { objectAt } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { isObject, parseObject } from '../json/read.ts';
import type { Hint } from '../shell/hint.ts';

/** Where a repository's settings lie, from the top of its work tree. The local file overrides the shared one. */
export const SETTINGS_FILE = '.entire/settings.json';
export const LOCAL_SETTINGS_FILE = '.entire/settings.local.json';

/** Which layouts checkpoints are written to. */
export type WriteMode =
  /** V1 alone: the flag is off or absent. */
  | 'v1'
  /** V1 first, then V2, best effort. */
  | 'dual'
  /** V2 alone: a V2 failure is a failure. */
  | 'v2';

/** The settings that this program follows. */
export interface Settings {
  readonly mode: WriteMode;
  /** Whether `full/current` keeps what was written before in its tree, or in its history alone. */
  readonly fullCurrentMode: 'accumulate' | 'replace';
  readonly pushSplitRefs: boolean;
  /** How old an archived generation may get, in days. */
  readonly retentionDays: number;
}

/** What holds where nothing is set. */
export const DEFAULT_SETTINGS: Settings = {
  mode: 'v1',
  fullCurrentMode: 'accumulate',
  pushSplitRefs: false,
  retentionDays: 14,
};

const RETENTION = 'full_transcript_generation_retention_days';
const isDays = (value: unknown): value is number => typeof value === 'number' && value >= 0;

/** What the settings below `strategy_options` can be that name no layout; what else they are counts for nothing. */
const KNOWN_VALUES: Readonly<Record<string, readonly [isKnown: (value: unknown) => boolean, words: string]>> = {
  checkpoints_v2: [(value) => typeof value === 'boolean', 'true or false'],
  full_current_mode: [(value) => value === 'accumulate' || value === 'replace', '"accumulate" or "replace"'],
  [RETENTION]: [isDays, `a number of days; ${DEFAULT_SETTINGS.retentionDays} days count`],
};

/** The members of both settings files; none of a file that is nowhere. */
export interface SettingsFiles {
  readonly shared: Readonly<Record<string, unknown>>;
  readonly local: Readonly<Record<string, unknown>>;
}

/**
 * Reads the settings of a repository; those of a bare one are the defaults. Throws a `CkptError` where a file is there but can't be read:
 * what it says can't be guessed.
 */
export async function readSettings(repo: Repository): Promise<Settings> {
  return settingsIn(await readSettingsFiles(repo));
}

/** The settings that both files give, the local one before the shared one. */
export function settingsIn({ shared, local }: SettingsFiles): Settings {
  const options = { ...strategyOptions(shared), ...strategyOptions(local) };
  const version = options.checkpoints_version;
  const days = options[RETENTION];
  return {
    mode: version === 2 || version === '2' ? 'v2' : options.checkpoints_v2 === true ? 'dual' : 'v1',
    fullCurrentMode: options.full_current_mode === 'replace' ? 'replace' : 'accumulate',
    pushSplitRefs: options.push_v2_refs === true,
    retentionDays: isDays(days) ? days : DEFAULT_SETTINGS.retentionDays,
  };
}

/** What is set below `strategy_options`, names no layout, and counts for nothing, since it is not known: a sentence each. */
export function unknownOptions({ shared, local }: SettingsFiles, keys = Object.keys(KNOWN_VALUES)): string[] {
  return keys.flatMap((key) => {
    const [isKnown, words] = KNOWN_VALUES[key] ?? [];
    const isLocal = key in strategyOptions(local);
    const value = strategyOptions(isLocal ? local : shared)[key];
    if (value == null || isKnown === undefined || words === undefined || isKnown(value)) return [];
    return [notKnown(`strategy_options.${key} in ${isLocal ? LOCAL_SETTINGS_FILE : SETTINGS_FILE}`, value, words)];
  });
}

/** Characters of a value that a message shows. */
const SHOWN = 60;

/** Says where a value is that is not known, and which values there are. */
export function notKnown(where: string, value: unknown, known: string): string {
  const text = JSON.stringify(value);
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return `${where} is ${shown}, which is not known: it can be ${known}`;
}

/** One setting, and the file that it comes from; `null` where nothing sets it to something that counts. */
export interface SettingSource {
  /** Its name below `strategy_options`. */
  readonly key: string;
  /** What counts. */
  readonly value: string | number | boolean;
  readonly source: typeof SETTINGS_FILE | typeof LOCAL_SETTINGS_FILE | null;
}

/** The settings that this program follows, one by one, and where each comes from. Throws as `readSettings` does. */
export async function readSettingSources(repo: Repository): Promise<SettingSource[]> {
  const read = await readSettingsFiles(repo);
  const files = [
    { name: LOCAL_SETTINGS_FILE, options: strategyOptions(read.local) },
    { name: SETTINGS_FILE, options: strategyOptions(read.shared) },
  ] as const;
  const { mode, fullCurrentMode, pushSplitRefs, retentionDays } = settingsIn(read);
  const values = {
    checkpoints_v2:
      mode === 'dual' || files.find(({ options }) => 'checkpoints_v2' in options)?.options.checkpoints_v2 === true,
    checkpoints_version: mode === 'v2' ? 2 : 1,
    push_v2_refs: pushSplitRefs,
    [RETENTION]: retentionDays,
    full_current_mode: fullCurrentMode,
  };
  return Object.entries(values).map(([key, value]) => {
    const file = files.find(({ options }) => key in options);
    return { key, value, source: file !== undefined && String(file.options[key]) === String(value) ? file.name : null };
  });
}

/**
 * How old an archived generation may get, in days, and whether a setting says so. A value that is not known is a warning. Throws as
 * `readSettings` does.
 */
export async function readRetention(
  repo: Repository,
  onEvent?: ProgressListener,
): Promise<{ retentionDays: number; isRetentionSet: boolean }> {
  const files = await readSettingsFiles(repo);
  for (const message of unknownOptions(files, [RETENTION])) onEvent?.({ kind: 'warning', message });
  const isRetentionSet = [files.local, files.shared].some((file) => isDays(strategyOptions(file)[RETENTION]));
  return { retentionDays: settingsIn(files).retentionDays, isRetentionSet };
}

/**
 * Reads both settings files. The shared one is that of the index where the work tree doesn't have it: a sparse checkout leaves `.entire/` out.
 * The local one, which git doesn't track, is the main work tree's where a linked one has none: a switch that a person set is meant for
 * the clone. Throws as `readSettings` does.
 */
export async function readSettingsFiles(repo: Repository): Promise<SettingsFiles> {
  const { workTree } = repo;
  if (workTree === undefined) return { shared: {}, local: {} };
  // The shared file first: where neither can be read, the error is about that one.
  const shared = (await readSettingsFile(join(workTree, SETTINGS_FILE))) ?? (await readKept(repo));
  const places = [workTree, mainWorkTree(repo)].filter((place) => place !== undefined);
  for (const place of places) {
    const local = await readSettingsFile(join(place, LOCAL_SETTINGS_FILE));
    if (local !== undefined) return { shared, local };
  }
  return { shared, local: {} };
}

/** The main work tree, asked of a linked one; `undefined` where this is it, or where there is none. */
function mainWorkTree({ commonDir, gitDir }: Repository): string | undefined {
  return gitDir !== commonDir && basename(commonDir) === '.git' ? dirname(commonDir) : undefined;
}

/** The shared file as the index has it, or, where there is no index yet, `HEAD`; empty where that does not have it. */
async function readKept(repo: Repository): Promise<Record<string, unknown>> {
  const indexed = await repo.indexed(SETTINGS_FILE);
  const name = `${indexed === undefined ? 'HEAD' : ''}:${SETTINGS_FILE}`;
  try {
    const id = indexed === undefined ? await committedFile(repo) : indexed;
    if (id === null) return {};
    const [blob] = await repo.readObjects([id]);
    if (blob?.type !== 'blob') throw new BadObjectError(id, 'its object is not in this repository');
    return parseSettings(blob.content, name);
  } catch (error) {
    if (error instanceof TooLargeError) throw badSettings(name, error);
    if (!(error instanceof BadObjectError)) throw error;
    throw badSettings(name, error, ['Fetch it: ', ['git', 'cat-file', '-e', name]]);
  }
}

async function committedFile(repo: Repository): Promise<ObjectId | null> {
  const commit = await repo.resolveRevision('HEAD');
  if (commit === undefined) return null;
  return (await objectAt(repo, await treeOfCommit(repo, commit), SETTINGS_FILE.split('/'))) ?? null;
}

/** The block of a settings file that has this program's settings; empty where it has none. */
export function strategyOptions({ strategy_options }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return isObject(strategy_options) ? strategy_options : {};
}

/** `undefined` where there is no such file. */
async function readSettingsFile(path: string): Promise<Record<string, unknown> | undefined> {
  let content: Buffer;
  try {
    content = await readSmallFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw badSettings(path, error);
  }
  return parseSettings(content, path);
}

function parseSettings(content: Buffer, path: string): Record<string, unknown> {
  try {
    assertSmall(content.length);
    const text = content.toString('utf8');
    // Editors on Windows put a byte order mark before a text; nothing else reads it as a part of the settings.
    return parseObject(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw badSettings(path, error);
  }
}

function badSettings(
  path: string,
  cause: unknown,
  hint: Hint = 'Put the file right: it has to be a JSON object, of 1 MiB at most.',
): CkptError {
  return new CkptError('BAD_SETTINGS', `${path} can't be read: ${(cause as Error).message}`, { hint, cause });
}
