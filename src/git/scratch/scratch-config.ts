import { inQuotes } from '../config-value.ts';
import type { ConfigEntry } from '../git-config.ts';

/** What a copied repository gets. */
interface ScratchSettings {
  /** The configuration in force in the other one. */
  readonly entries: readonly ConfigEntry[];
  readonly hooksPath: string | undefined;
  readonly remotes: readonly string[];
  /** Where all its remotes are. */
  readonly url: string;
}

/** Sections that say where a repository lies, and which others it speaks to. */
const NOT_COPIED = /^(?:core|extensions|include|includeif|remote|branch|url|submodule)\./;

/** Git commits for nobody without a name. */
const DEFAULTS: readonly ConfigEntry[] = [
  { key: 'user.name', value: 'ckpt' },
  { key: 'user.email', value: 'ckpt@localhost' },
];

/** What holds whatever the user's own configuration says: nothing is signed, nothing is packed, no file is converted. */
const OVERRIDES: readonly ConfigEntry[] = [
  { key: 'core.autocrlf', value: 'false' },
  { key: 'core.fsmonitor', value: 'false' },
  { key: 'commit.gpgSign', value: 'false' },
  { key: 'push.gpgSign', value: 'false' },
  { key: 'gc.auto', value: '0' },
  { key: 'maintenance.auto', value: 'false' },
];

/** The configuration of a copied repository, as a file has it: what hooks may ask for, and remotes that are all one folder. */
export function scratchConfig({ entries, hooksPath, remotes, url }: ScratchSettings): string {
  const copied = entries.filter(({ key }) => !NOT_COPIED.test(key));
  const own = [
    ...(hooksPath === undefined ? [] : [{ key: 'core.hooksPath', value: hooksPath }]),
    ...remotes.flatMap((name) => [
      { key: `remote.${name}.url`, value: url },
      { key: `remote.${name}.fetch`, value: `+refs/heads/*:refs/remotes/${name}/*` },
    ]),
  ];
  return [...DEFAULTS, ...copied, ...OVERRIDES, ...own].map(lines).join('');
}

/** An entry in a section of its own (git-config, "Syntax"). */
function lines({ key, value }: ConfigEntry): string {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
  const subsection = first === last ? '' : ` ${inQuotes(key.slice(first + 1, last))}`;
  const setting = value === null ? '' : ` = ${inQuotes(value).replaceAll('\n', '\\n')}`;
  return `[${key.slice(0, first)}${subsection}]\n\t${key.slice(last + 1)}${setting}\n`;
}
