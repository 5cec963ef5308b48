/** A line that ends the script when it is reached: `exit`, `exec`, or one of them at the end of a list. */
const ENDS_SCRIPT = /^\s*(?:exit|exec)\b|(?:;|&&|\|\|)\s*(?:exit|exec)\b/;

/** A line that closes something opened on a line above: what is put before it would be inside of that. */
const CLOSES = /^\s*(?:[})]|;;|(?:fi|done|esac|then|else|elif|do)\b)/;

/** A line whose command goes on in the next one. */
const GOES_ON = /(?:\\|&&|\|)\s*$/;

/** A call of Entire's own client, which writes what the mirror is to see. */
const CALLS_ENTIRE = /^[^#]*entire\S*\s+hooks\b/i;

/**
 * Where in a shell script the block goes: at its beginning, since nobody can tell by reading whether a script comes to its end (`set -o errexit`,
 * `eval`, a file that it sources, `cd` elsewhere). Only where it calls Entire, the block has to run after that: then it is at the end, or
 * before a last command that ends the script. Returns the offset of a line's start, or the text's length.
 */
export function blockPosition(text: string): number {
  const lines = linesOf(text);
  if (!lines.some((line) => CALLS_ENTIRE.test(line.text))) return afterShebang(text);
  let last = lines.length - 1;
  while (last >= 0 && isBlank(lines[last]?.text ?? '')) last--;
  // A script that stops in the middle of a line continued: what follows would become part of that command.
  if (/\\\s*$/.test(lines[last]?.text ?? '')) return afterShebang(text);
  let first = last;
  while (first > 0 && GOES_ON.test(lines[first - 1]?.text ?? '')) first--;
  const command = lines.slice(first, last + 1).map((line) => line.text);
  return endsScript(command) ? (lines[first]?.start ?? text.length) : text.length;
}

/** Whether a command, of one line or of several, is the end of the script and stands by itself. */
function endsScript(command: readonly string[]): boolean {
  const [first = ''] = command;
  if (CLOSES.test(first) || !command.some((line) => ENDS_SCRIPT.test(line))) return false;
  // An odd quote: the line is the tail of a text over several lines, and the `exit` in it a word.
  return ['"', "'"].every((quote) => command.join('').split(quote).length % 2 === 1);
}

function isBlank(line: string): boolean {
  return /^\s*(?:#.*)?$/.test(line);
}

function afterShebang(text: string): number {
  if (!text.startsWith('#!')) return 0;
  const lineFeed = text.indexOf('\n');
  return lineFeed < 0 ? text.length : lineFeed + 1;
}

function linesOf(text: string): Array<{ start: number; text: string }> {
  const lines: Array<{ start: number; text: string }> = [];
  for (let start = 0; start < text.length; ) {
    const lineFeed = text.indexOf('\n', start);
    const end = lineFeed < 0 ? text.length : lineFeed;
    lines.push({ start, text: text.slice(start, end) });
    start = end + 1;
  }
  return lines;
}
