import { quoted } from '../../shell/quote.ts';
import { anyCommand, type CommandWords, families, nextWords, type Value } from './command-words.ts';
import { FUNCTIONS, walkLine } from './walk.ts';

/** A script that lets zsh complete ckpt, with the summaries of commands and flags. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  const walk = walkLine(commands, { words: 'words', first: 1, current: 'CURRENT' });
  return `#compdef ckpt
# zsh completion for ckpt. In ~/.zshrc, after compinit: source <(ckpt completion zsh)
${FUNCTIONS}

_ckpt() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]}
  local -a choices
  if [[ $cur == --*=* ]]; then prev=\${cur%%=*}; compset -P '*='; fi
${walk}
  case "$command $prev" in
${[...commands, ...anyCommand(commands)].flatMap(valueCases).join('\n')}
  esac
  case "$command" in
${['', ...families(commands)].map((name) => nextCase(commands, name)).join('\n')}
${commands.map(commandCase).join('\n')}
  esac
}
if (( $+functions[compdef] )); then compdef _ckpt ckpt; fi
`;
}

function valueCases({ name, flags }: CommandWords): string[] {
  return flags.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    return `    ${names.map((flag) => quoted(`${name} ${flag}`)).join('|')}) ${complete(value)}; return ;;`;
  });
}

function nextCase(commands: readonly CommandWords[], before: string): string {
  const words = describe('command', [...nextWords(commands, before)]);
  if (before !== '') return `    ${quoted(before)}) ${words} ;;`;
  return `    '') if [[ $cur == -* ]]; then ${describe('flag', anyCommand(commands).flatMap(flagChoices))}; else ${words}; fi ;;`;
}

function commandCase(command: CommandWords): string {
  const other = command.argument === undefined ? ':' : complete(command.argument);
  return `    ${quoted(command.name)}) if [[ $cur == -* ]]; then ${describe('flag', flagChoices(command))}; else ${other}; fi ;;`;
}

function flagChoices({ flags }: CommandWords): Array<[string, string]> {
  return flags.flatMap(({ names, summary }) => names.map((flag): [string, string] => [flag, summary]));
}

function describe(what: string, choices: ReadonlyArray<readonly [string, string]>): string {
  const lines = choices.map(([word, summary]) => quoted(`${word}:${summary.replaceAll(':', '\\:')}`));
  return `choices=(${lines.join(' ')}); _describe ${what} choices`;
}

function complete(value: Value): string {
  if (value === 'any') return ':';
  if (value === 'file') return '_files';
  if (value === 'folder') return '_files -/';
  return value === 'checkpoint' ? `compadd -- \${(f)"$(_ckpt_ids "$dir")"}` : `compadd -- ${value.join(' ')}`;
}
