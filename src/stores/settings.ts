import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
import { isObject, parseObject } from '../json/read.ts';

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
  readonly pushV2Refs: boolean;
  /** How old an archived generation may get, in days. */
  readonly retentionDays: number;
}

/** What holds where nothing is set. */
export const DEFAULT_SETTINGS: Settings = {
  mode: 'v1',
  fullCurrentMode: 'accumulate',
  pushV2Refs: false,
  retentionDays: 14,
};

/** The members of both settings files of a work tree; none of a file that is not there. */
export interface SettingsFiles {
  readonly shared: Readonly<Record<string, unknown>>;
  readonly local: Readonly<Record<string, unknown>>;
}

/**
 * Reads the settings of a work tree; those of a repository without one are the defaults. Throws a `CkptError` where a file is there but
 * can't be read: what it says can't be guessed.
 */
export async function readSettings(workTree: string | undefined): Promise<Settings> {
  return settingsIn(await readSettingsFiles(workTree));
}

/** The settings that both files give, the local one before the shared one. */
export function settingsIn({ shared, local }: SettingsFiles): Settings {
  const options = { ...strategyOptions(shared), ...strategyOptions(local) };
  const version = options.checkpoints_version;
  const days = options.full_transcript_generation_retention_days;
  return {
    mode: version === 2 || version === '2' ? 'v2' : options.checkpoints_v2 === true ? 'dual' : 'v1',
    fullCurrentMode: options.full_current_mode === 'replace' ? 'replace' : 'accumulate',
    pushV2Refs: options.push_v2_refs === true,
    retentionDays: typeof days === 'number' && days >= 0 ? days : DEFAULT_SETTINGS.retentionDays,
  };
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
export async function readSettingSources(workTree: string | undefined): Promise<SettingSource[]> {
  const read = await readSettingsFiles(workTree);
  const files = [
    { name: LOCAL_SETTINGS_FILE, options: strategyOptions(read.local) },
    { name: SETTINGS_FILE, options: strategyOptions(read.shared) },
  ] as const;
  const { mode, fullCurrentMode, pushV2Refs, retentionDays } = settingsIn(read);
  const values = {
    checkpoints_v2:
      mode === 'dual' || files.find(({ options }) => 'checkpoints_v2' in options)?.options.checkpoints_v2 === true,
    checkpoints_version: mode === 'v2' ? 2 : 1,
    push_v2_refs: pushV2Refs,
    full_transcript_generation_retention_days: retentionDays,
    full_current_mode: fullCurrentMode,
  };
  return Object.entries(values).map(([key, value]) => {
    const file = files.find(({ options }) => key in options);
    return { key, value, source: file !== undefined && String(file.options[key]) === String(value) ? file.name : null };
  });
}

/** Reads both settings files. Throws as `readSettings` does. */
export async function readSettingsFiles(workTree: string | undefined): Promise<SettingsFiles> {
  if (workTree === undefined) return { shared: {}, local: {} };
  // The shared file first: where neither can be read, the error is about that one.
  const shared = await readSettingsFile(join(workTree, SETTINGS_FILE));
  return { shared, local: await readSettingsFile(join(workTree, LOCAL_SETTINGS_FILE)) };
}

/** The block of a settings file that has this program's settings; empty where it has none. */
export function strategyOptions({ strategy_options }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return isObject(strategy_options) ? strategy_options : {};
}

async function readSettingsFile(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw badSettings(path, error);
  }
  try {
    // Editors on Windows put a byte order mark before a text; nothing else reads it as a part of the settings.
    return parseObject(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw badSettings(path, error);
  }
}

function badSettings(path: string, cause: unknown): CkptError {
  return new CkptError('BAD_SETTINGS', `${path} can't be read: ${(cause as Error).message}`, {
    hint: 'Put the file right: it has to be a JSON object.',
    cause,
  });
}
