import { quoted } from '../../shell/quote.ts';
import { anyCommand, type CommandWords, families, longFlags, nextWords, type Value } from './command-words.ts';
import { FUNCTIONS, walkLine } from './walk.ts';

/** A script that lets bash complete ckpt. Needs nothing but bash: not the package bash-completion either. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const walk = walkLine(commands, { words: 'COMP_WORDS', first: 0, current: 'COMP_CWORD' });
  return `# bash completion for ckpt. In ~/.bashrc: source <(ckpt completion bash)
${FUNCTIONS}

_ckpt() {
  local IFS=$'\\n' cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  # bash takes --engine=native for three words
  if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
${walk}
  COMPREPLY=()
  case "$command $prev" in
${[...commands, ...anyCommand(commands)].flatMap(valueCases).join('\n')}
  esac
  case "$command" in
${['', ...families(commands)].map((name) => nextCase(commands, name)).join('\n')}
${commands.map(commandCase).join('\n')}
  esac
}
complete -F _ckpt ckpt
`;
}

function valueCases({ name, flags }: CommandWords): string[] {
  return flags.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    return `    ${names.map((flag) => quoted(`${name} ${flag}`)).join('|')}) ${complete(value)}; return ;;`;
  });
}

function nextCase(commands: readonly CommandWords[], before: string): string {
  if (before !== '') return `    ${quoted(before)}) ${complete([...nextWords(commands, before).keys()])} ;;`;
  const flags = complete(anyCommand(commands).flatMap(longFlags));
  const words = complete([...nextWords(commands, before).keys()]);
  return `    '') if [[ $cur == -* ]]; then ${flags}; else ${words}; fi ;;`;
}

function commandCase(command: CommandWords): string {
  const other = command.argument === undefined ? ':' : complete(command.argument);
  return `    ${quoted(command.name)}) if [[ $cur == -* ]]; then ${complete(longFlags(command))}; else ${other}; fi ;;`;
}

function complete(value: Value): string {
  if (value === 'any') return ':';
  if (value === 'file') return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"))';
  if (value === 'folder') return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur"))';
  const words = value === 'checkpoint' ? '"$(_ckpt_ids "$dir")"' : `$'${value.join('\\n')}'`;
  return `COMPREPLY=($(compgen -W ${words} -- "$cur"))`;
}
