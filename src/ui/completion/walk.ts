import { quoted } from '../../shell/quote.ts';
import { type CommandWords, families, LIST_IDS, valueFlags } from './command-words.ts';

/** The arrays of a shell that hold the words of the line. */
export interface LineVariables {
  /** The array of words, whose first is the program. */
  readonly words: string;
  /** The index of the program in it. */
  readonly first: number;
  /** The index of the word that is being typed. */
  readonly current: string;
}

/**
 * Lines of bash and of zsh that find `command` (what is named of one so far, which may be `hooks` alone) and `dir` (the repository
 * that `--repo` names)
 */
export function walkLine(commands: readonly CommandWords[], { words, first, current }: LineVariables): string {
  const names = [...families(commands), ...commands.map(({ name }) => name)].map(quoted).join('|');
  return `  local command='' dir=. i word before
  for ((i = ${first + 1}; i < ${current}; i++)); do
    word=\${${words}[i]} before=\${${words}[i-1]}
    # bash takes --repo=DIR for three words
    if [[ $word == '=' ]]; then continue; elif [[ $before == '=' ]]; then before=\${${words}[i-2]}; fi
    case $word in --repo=*) _ckpt_folder "\${word#*=}"; continue ;; esac
    case $before in -C|--repo) _ckpt_folder "$word"; continue ;; ${valueFlags(commands).join('|')}) continue ;; esac
    case $word in -*) continue ;; esac
    case "\${command:+$command }$word" in
      ${names}) command="\${command:+$command }$word" ;;
    esac
  done`;
}

/**
 * Functions of bash and zsh: one prints the checkpoint IDs of the repository in its argument; the other sets `dir` to a folder that is typed, with
 * what its quotes, backslashes and a tilde stand for. Nothing that is typed is evaluated.
 */
export const FUNCTIONS = `_ckpt_ids() {
  local dir=$1 ref
  ${LIST_IDS}
}
_ckpt_folder() {
  dir=$1
  case $dir in
    [\\"\\']*) dir=\${dir:1} dir=\${dir%[\\"\\']} ;;
    '~'|'~/'*) dir=$HOME\${dir:1} ;;
  esac
  dir=\${dir//\\\\/}
}`;
