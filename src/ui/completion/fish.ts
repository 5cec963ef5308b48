import {
  anyCommand,
  type CommandWords,
  type FlagWords,
  families,
  LIST_IDS,
  nextWords,
  type Value,
  valueFlags,
} from './command-words.ts';

/** A script that lets fish complete ckpt, with the summaries of commands and flags. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const names = [...families(commands), ...commands.map(({ name }) => name)];
  return `# fish completion for ckpt: ckpt completion fish > ~/.config/fish/completions/ckpt.fish
function __ckpt_line --description 'Sets what is named of a command so far, and the repository'
  set -g __ckpt_command ''
  set -g __ckpt_dir .
  set -l before ''
  for word in (commandline -opc)[2..-1]
    set -l last $before
    set before $word
    set -l folder (string match -r -- '^--repo=(.*)' $word)[2]
    contains -- $last -C --repo; and set folder $word
    if set -q folder[1]
      set -g __ckpt_dir (string replace -r -- '^~(?=/|$)' $HOME $folder)
      continue
    end
    contains -- $last ${valueFlags(commands).join(' ')}; and continue
    string match -q -- '-*' $word; and continue
    set -l name (string trim -- "$__ckpt_command $word")
    contains -- $name ${names.map(quote).join(' ')}; and set -g __ckpt_command $name
  end
end
function __ckpt_is
  __ckpt_line
  test "$__ckpt_command" = "$argv[1]"
end
function __ckpt_ids
  __ckpt_line
  dir=$__ckpt_dir sh -c ${quote(LIST_IDS)}
end
complete -c ckpt -f
${['', ...families(commands)].flatMap((name) => nextLines(commands, name)).join('\n')}
${[...commands, ...anyCommand(commands)].flatMap(commandLines).join('\n')}
`;
}

function nextLines(commands: readonly CommandWords[], before: string): string[] {
  return [...nextWords(commands, before)].map(
    ([word, summary]) => `complete -c ckpt -n ${isCommand(before)} -a ${word} -d ${quote(summary)}`,
  );
}

function commandLines({ name, flags, argument }: CommandWords): string[] {
  const lines = flags.map((flag) => `complete -c ckpt -n ${isCommand(name)} ${flagWords(flag)}`);
  if (argument !== undefined) lines.push(`complete -c ckpt -n ${isCommand(name)} ${values(argument)}`);
  return lines;
}

function flagWords({ names, summary, value }: FlagWords): string {
  const words = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [...words, `-d ${quote(summary)}`, ...(value === undefined ? [] : ['-r', values(value)])].join(' ');
}

function values(value: Value): string {
  if (value === 'any') return '-f';
  if (value === 'file') return '-F';
  if (value === 'folder') return "-f -a '(__fish_complete_directories (commandline -ct))'";
  return value === 'checkpoint' ? "-f -a '(__ckpt_ids)'" : `-f -a ${quote(value.join(' '))}`;
}

function isCommand(name: string): string {
  return quote(`__ckpt_is ${quote(name)}`);
}

/** A text in single quotes, as fish reads them. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
