/** What a stream says of the terminal behind it; `isTTY` is absent where there is none. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The depth of colour, as chalk counts: none, 16 colours, 256, all. */
export type ColorLevel = 0 | 1 | 2 | 3;

/** Whether a stream is a terminal that a person looks at and that obeys more than line feeds: not in CI, not `TERM=dumb`. */
export function isInteractive(stream: TerminalStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !isCi(env) && env.TERM !== 'dumb';
}

/**
 * How many colours to use on a stream. `FORCE_COLOR` decides where it is set (force-color.org, with chalk's levels), else
 * `NO_COLOR` (no-color.org), else whether the stream is a terminal that has some.
 */
export function colorLevel(stream: TerminalStream, env: NodeJS.ProcessEnv): ColorLevel {
  const { FORCE_COLOR: forced, NO_COLOR: none } = env;
  if (forced !== undefined) {
    if (forced === '0' || forced === 'false') return 0;
    return forced === '3' ? 3 : forced === '2' ? 2 : 1;
  }
  if ((none !== undefined && none !== '') || stream.isTTY !== true || env.TERM === 'dumb') return 0;
  if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') return 3;
  return /256color/.test(env.TERM ?? '') ? 2 : 1;
}

/** Whether the terminal shows characters such as `✓` and `━`: the console of Linux, and old ones of Windows, do not. */
export function hasSymbols(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'win32') return env.WT_SESSION !== undefined || env.TERM_PROGRAM !== undefined;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  // Without any locale nothing is known; with one of another character set it is.
  return env.TERM !== 'linux' && (/utf-?8/i.test(locale) || locale === '' || /^(?:C|POSIX)$/.test(locale));
}

/** The size of the terminal behind a stream; the usual 80 by 24 where it does not tell. */
export function terminalSize(stream: TerminalStream): { columns: number; rows: number } {
  return { columns: stream.columns || 80, rows: stream.rows || 24 };
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  return env.CI !== undefined && env.CI !== '' && env.CI !== '0' && env.CI !== 'false';
}
