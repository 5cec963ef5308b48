import { posix } from 'node:path';
import { quoted } from '../shell/quote.ts';
import { BACKGROUND_KEY } from '../stores/background.ts';

/** The program that hooks call, and what they need to find it. */
export interface MirrorProgram {
  /** Absolute path of the installed `ckpt`: a script for `node`, or one executable file. */
  readonly path: string;
  /** Absolute path of the `node` that runs it: the PATH of a hook may lack it (programs with windows), or begin with an older one (nvm). */
  readonly node: string | undefined;
  /** Whether there is a `ckpt` on the PATH, for other programs too. */
  readonly onPath: boolean;
}

/** Seconds after which a hook ends a mirror that hangs. Its own limit (`--timeout`) is shorter; this one is for when even that fails. */
const LIMIT_SECONDS = 30;

/** The key of git's configuration by which the pre-push hook sends checkpoints too. */
export const PUSH_KEY = 'ckpt.push';

/** Seconds that sending checkpoints may hold a `git push` up. */
const PUSH_SECONDS = 20;

const COMMAND = 'dual-write --quiet --hook';

/** Where there is no such node any more, `ckpt` is a program that finds one itself. */
const CALL = `\${ckpt_node:+"$ckpt_node"} "$ckpt"`;

/**
 * The lines of a git hook that run the mirror: POSIX sh, the same for each hook, so that hooks which are links to one file
 * share them.
 *
 * - In a subshell, which keeps variables, options, the folder and standard input from the rest of the hook.
 * - By the node that installed it, and without the NODE_OPTIONS of another program (yarn's PnP, a debugger). That node is called by its path: its
 *   folder in front of the PATH would also choose the git that lies there.
 * - `$?` goes in and comes out unchanged: the lines may be a hook's last, whose exit code stops a push, and an `exit $?` may
 *   follow. `&& :` keeps `set -e` of the hook from acting on it.
 * - pre-push sends checkpoints to the remote that the user pushes to, where `ckpt.push` says so. That push of ours runs no hook.
 * - Entire's client renames a hook to post-commit.pre-entire and calls it.
 * - Where `ckpt.background` says so, nobody waits for the mirror, which then leaves its work to a process of its own.
 * - In a rebase post-commit runs for each commit, and post-rewrite at the end: the mirror runs once, then.
 */
export function mirrorLines(program: MirrorProgram, limitSeconds = LIMIT_SECONDS): string {
  const node = program.node === undefined ? '' : shellPath(program.node);
  const beside = searchPathEntry(posix.dirname(node || shellPath(program.path)));
  return `(
  ckpt_status=$?
  set +eu
  case "\${0##*/}" in post-commit | post-commit.*) [ ! -d "\${GIT_DIR:-.git}/rebase-merge" ] || exit "$ckpt_status" ;; esac
  unset NODE_OPTIONS
  ckpt_node=${quoted(node)}
  [ -x "$ckpt_node" ] || ckpt_node=
  ckpt=${quoted(shellPath(program.path))}
  if [ ! -x "$ckpt" ]; then
    ckpt_node=
${beside === undefined ? '' : `    PATH=${quoted(beside)}:$PATH\n`}    ckpt=$(command -v ckpt) || exit "$ckpt_status"
  fi
  if [ "$(git config --type=bool --get ${BACKGROUND_KEY})" = true ]; then
    ${CALL} ${COMMAND} git >/dev/null 2>&1 &
  else
    ${CALL} ${COMMAND} git &
    ckpt_pid=$!
    ( trap 'kill "$!"; exit' TERM; sleep ${limitSeconds} & wait "$!" && kill -9 "$ckpt_pid" ) >/dev/null 2>&1 &
    wait "$ckpt_pid" 2>/dev/null
    [ "$?" -ne 137 ] || echo "ckpt: the mirror was ended after ${limitSeconds} s; the next run goes on from there" >&2
    kill "$!" 2>/dev/null
  fi
  case "\${0##*/}" in pre-push | pre-push.*)
    if [ -n "\${1-}" ] && [ "$(git config --type=bool --get ${PUSH_KEY})" = true ]; then
      ${CALL} push --quiet --no-progress --timeout ${PUSH_SECONDS} -- "$1"
    fi ;;
  esac
  exit "$ckpt_status"
) </dev/null && :
`;
}

/**
 * One line of sh that runs the mirror, for places that ckpt does not write to or that a team shares. It names this machine's
 * path only where `ckpt` is not on the PATH. `input` says where its stdin comes from; '' leaves it as it is.
 */
export function mirrorLine(program: MirrorProgram, { options = ' git', input = ' </dev/null' } = {}): string {
  const command = `${COMMAND}${options}${input} || true`;
  if (program.onPath) return `command -v ckpt >/dev/null && NODE_OPTIONS= ckpt ${command}`;
  const [path, node] = [program.path, program.node ?? ''].map((name) => quoted(shellPath(name)));
  const found = '[ -x "$n" ] || n=; [ -x "$c" ] || { c=ckpt; n=; }';
  return `c=${path}; n=${node}; ${found}; command -v "$c" >/dev/null && NODE_OPTIONS= \${n:+"$n"} "$c" ${command}`;
}

/** Git for Windows' sh takes `C:/…` for a path, and a backslash for an escape in some places. */
function shellPath(path: string): string {
  return isWindowsPath(path) ? path.replaceAll('\\', '/') : path;
}

/** A folder as part of PATH, where a colon separates; `undefined` where it can't be one. */
function searchPathEntry(folder: string): string | undefined {
  const path = isWindowsPath(folder)
    ? folder.replace(/^([A-Za-z]):/, (_, drive: string) => `/${drive.toLowerCase()}`)
    : folder;
  return path.includes(':') ? undefined : path;
}

function isWindowsPath(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path);
}
