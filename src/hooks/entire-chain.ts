import { addBlock, findBlock, removeBlocks } from './block.ts';

/** What Entire's installer adds to the name of a hook that it found; its own script calls that one. */
export const CHAINED_SUFFIX = '.pre-entire';

/** How Entire's client signs its scripts, or what they cannot do without: a call of its own, or of the hook that it renamed. */
const ENTIRE =
  /\.pre-entire\b|\bentire hooks\b|^#.*\b(?:Entire CLI|entire enable|entire-managed|managed by entire)\b/im;

/**
 * The lines in a script of Entire's that run the chained hook, where the script itself does not: it does so only for a hook
 * that it found when it was installed. They keep the exit code, as the mirror's own lines do.
 */
const CHAIN_LINES = `(
  ckpt_status=$?
  set +eu
  if [ -x "$0${CHAINED_SUFFIX}" ]; then "$0${CHAINED_SUFFIX}" "$@"; fi
  exit "$ckpt_status"
) </dev/null && :
`;

/** Whether a hook is a script of Entire's client, which overwrites it whole with each `entire enable`. */
export function isEntireScript(text: string): boolean {
  return ENTIRE.test(removeBlocks(text) ?? '');
}

/** Whether a script of Entire's calls the chained hook by itself. */
function callsChained(text: string): boolean {
  return lines(text).some((line) => line.includes(CHAINED_SUFFIX));
}

/** A script of Entire's as install leaves it: without lines of ours where it runs the chained hook by itself, else with those that do. */
export function withChain(text: string): string {
  return callsChained(text) ? (removeBlocks(text) ?? text) : addBlock(text, CHAIN_LINES);
}

/** Whether the chained hook runs: by the script itself, or by lines of ours. */
export function runsChained(text: string): boolean {
  const block = findBlock(text);
  return callsChained(text) || (block !== undefined && text.slice(block.start, block.end).includes(CHAINED_SUFFIX));
}

/** Whether lines of ours in that script run the mirror directly, as an earlier version put them there. */
export function runsMirrorItself(text: string): boolean {
  const block = findBlock(text);
  return block !== undefined && !text.slice(block.start, block.end).includes(CHAINED_SUFFIX);
}

/** What Entire's script says without our blocks, comments left out. */
function lines(text: string): string[] {
  return (removeBlocks(text) ?? '').split('\n').filter((line) => !/^\s*#/.test(line));
}
