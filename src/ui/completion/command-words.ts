/** What may stand after a flag, or as an argument: nothing known, a path, a checkpoint ID, or one of some words. */
export type Value = 'any' | 'file' | 'folder' | 'checkpoint' | readonly string[];

/** A flag of a command; `value` is absent where it takes none. */
export interface FlagWords {
  /** As it is typed: `--repo`, and `-C`. */
  readonly names: readonly string[];
  readonly summary: string;
  readonly value?: Value;
}

/** What a shell has to know of a command to complete it. */
export interface CommandWords {
  /** One word or two: `hooks install`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagWords[];
  readonly argument?: Value;
}

/** The words that may follow the words of a part of a name: of `''` the first words, of `hooks` the second. */
export function nextWords(commands: readonly CommandWords[], before: string): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const { name, summary } of commands) {
    const [first = '', second] = name.split(' ');
    if (before === '' && !words.has(first)) words.set(first, second === undefined ? summary : `${first} …`);
    if (before === first && second !== undefined) words.set(second, summary);
  }
  if (before === '') words.set('help', 'Explain a command.');
  return words;
}

/** The names of which others are the second part: `hooks`. */
export function families(commands: readonly CommandWords[]): readonly string[] {
  const firsts = commands.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ', 1)[0] ?? '');
  return [...new Set(firsts)];
}

/** What may stand before a command is named: the flags of `ckpt` alone, which are those of `ckpt status`, and that for its version. */
export function anyCommand(commands: readonly CommandWords[]): readonly CommandWords[] {
  const version = { names: ['--version', '-V'], summary: 'Say the version.' };
  return commands
    .filter(({ name }) => name === 'status')
    .map((status) => ({ ...status, name: '', flags: [...status.flags, version] }));
}

/** The long flags of a command. */
export function longFlags({ flags }: CommandWords): readonly string[] {
  return flags.flatMap(({ names }) => names).filter((name) => name.startsWith('--'));
}

/** All flags that take a value: the word after one is not a part of a command's name. */
export function valueFlags(commands: readonly CommandWords[]): readonly string[] {
  const flags = commands.flatMap(({ flags }) => flags).filter(({ value }) => value !== undefined);
  return [...new Set(flags.flatMap(({ names }) => names))];
}

/** Where trees of checkpoints are, where remotes' are, and below what each checkpoint has a ref of its own. */
export const ID_REFS = {
  trees: ['refs/heads/entire/checkpoints/v1', 'refs/entire/checkpoints/v1', 'refs/entire/checkpoints/v2/main'],
  ofRemotes: 'refs/remotes/*/entire/checkpoints/v1',
  each: 'refs/entire/checkpoints/',
} as const;

/**
 * Prints the checkpoint IDs of the repository in `$dir`, in every layout and in the V1 of its remotes, by git alone: starting ckpt for each press of a
 * key would be slow. Prints nothing where there is no git. For sh, and for shells that run it.
 */
export const LIST_IDS = `{
    for ref in ${ID_REFS.trees.join(' ')} \\
      $(git -C "$dir" for-each-ref --format='%(refname)' '${ID_REFS.ofRemotes}' 2>/dev/null); do
      git -C "$dir" ls-tree -d --name-only "$ref" 2>/dev/null | LC_ALL=C sed -n 's|^[0-9a-f][0-9a-f]$|&/|p; s|^[0-7][0-9A-HJKMNP-TV-Z]$|&/|p' |
        xargs git -C "$dir" ls-tree --name-only "$ref" 2>/dev/null
    done | tr -d /
    git -C "$dir" for-each-ref --format='%(refname)' ${ID_REFS.each} 2>/dev/null | sed -n 's|^${ID_REFS.each}../||p'
  } | LC_ALL=C grep -E '^([0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25})$' | LC_ALL=C sort -u`;
