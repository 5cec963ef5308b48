import { isAbsolute } from 'node:path';

/** What a log has: an entry of a level and of those after it. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['text', 'json'] as const;

/** The log that is asked for. */
export interface LogSettings {
  readonly level: LogLevel;
  readonly format: (typeof LOG_FORMATS)[number];
  /** Absolute path; absent: stderr. */
  readonly file?: string | undefined;
}

/**
 * The log that flags ask for, else `CKPT_LOG`: a level, a format and an absolute path with commas between them, in any order. `undefined`
 * where none is asked for, also by a word that is none of these: who wants none is not to fail for it. A format or a path alone means `info`.
 */
export function logSettings(argv: readonly string[], env: NodeJS.ProcessEnv): LogSettings | undefined {
  const words = (env.CKPT_LOG ?? '').split(',').map((word) => word.trim());
  const level = oneOf(LOG_LEVELS, [flagValue(argv, '--log-level'), ...words]);
  const format = oneOf(LOG_FORMATS, [flagValue(argv, '--log-format'), ...words]);
  const file = words.find((word) => isAbsolute(word));
  if (level === undefined && format === undefined && file === undefined) return undefined;
  return { level: level ?? 'info', format: format ?? 'text', file };
}

/** The value of a flag, as it is written: the log begins before a command parses its flags, and says why that failed. */
function flagValue(argv: readonly string[], flag: string): string | undefined {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  return at < 0 ? undefined : argv[at] === flag ? argv[at + 1] : argv[at]?.slice(flag.length + 1);
}

function oneOf<T extends string>(known: readonly T[], words: ReadonlyArray<string | undefined>): T | undefined {
  for (const word of words) {
    const found = known.find((one) => one === word);
    if (found !== undefined) return found;
  }
  return undefined;
}
