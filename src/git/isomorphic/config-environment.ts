import { GitError } from '../errors.ts';
import { type ConfigEntry, configEntry } from '../git-config.ts';

/** A word as git quotes it for a shell (quote.c, `sq_quote_buf`). */
const QUOTED = String.raw`(?:'[^']*'|\\['!])+`;
/** `'key'='value'`; `'key'=` where the key stands alone; of git before 2.31 `'key=value'`. */
const PARAMETER = new RegExp(`(${QUOTED})(=?)(${QUOTED})?`, 'g');

/**
 * The settings that the environment has, the one that wins last: `GIT_CONFIG_COUNT` with its keys and values, and what `git -c` hands on to hooks
 * (config.c, `git_config_from_parameters`). Throws a `GitError` where git would end.
 */
export function environmentEntries(env: NodeJS.ProcessEnv): ConfigEntry[] {
  return [...countedEntries(env), ...parameterEntries(env.GIT_CONFIG_PARAMETERS ?? '')];
}

function countedEntries(env: NodeJS.ProcessEnv): ConfigEntry[] {
  const count = Number(env.GIT_CONFIG_COUNT ?? 0);
  if (!Number.isInteger(count) || count < 0)
    throw new GitError(`GIT_CONFIG_COUNT is not a number: ${env.GIT_CONFIG_COUNT}`);
  return Array.from({ length: count }, (_, i) => {
    const [key, value] = [env[`GIT_CONFIG_KEY_${i}`], env[`GIT_CONFIG_VALUE_${i}`]];
    if (key === undefined || value === undefined)
      throw new GitError(`GIT_CONFIG_COUNT is ${count}, but number ${i} is not set`);
    return configEntry(key, value);
  });
}

function parameterEntries(text: string): ConfigEntry[] {
  return [...text.matchAll(PARAMETER)].map(([, first = '', sign, value]) => {
    const word = unquoted(first);
    if (sign !== '') return configEntry(word, value === undefined ? null : unquoted(value));
    const end = word.indexOf('=');
    return end < 0 ? configEntry(word, null) : configEntry(word.slice(0, end), word.slice(end + 1));
  });
}

function unquoted(word: string): string {
  return word.replace(/'([^']*)'|\\(['!])/g, (_, plain?: string, escaped?: string) => plain ?? escaped ?? '');
}
