/** The trailer of a user's commit that names the checkpoint behind it. */
export const CHECKPOINT_TRAILER = 'Entire-Checkpoint';

/** Lines that git itself writes: a block with one of them may have other lines as well. */
const OF_GIT = /^(?:Signed-off-by: |\(cherry picked from commit )/;
const TRAILER = /^([A-Za-z0-9-]+)[ \t]*:(.*)$/;
/** What `git commit --verbose` puts below a message: nothing from there on is part of it. */
const SCISSORS = /^# -+ >8 -+$/;
/**
 * The trailer in any line, also indented as `git merge --squash` indents the messages that it puts together; its value may stand on the
 * next line, which is indented more.
 */
const ANYWHERE = new RegExp(
  `^([ \\t]*)${CHECKPOINT_TRAILER}[ \\t]*:[ \\t]*(?:\\n\\1[ \\t]+)?(?<value>\\S+)[ \\t\\r\\f\\v]*$`,
  'gim',
);

/**
 * The values of a trailer in a commit message, in their order, by the rules of git interpret-trailers: trailers are the last
 * paragraph, which is not the first, and each of its lines is one or goes on with one; where git has written one of them, a quarter
 * of the lines is enough. Upper and lower case make no difference in the key.
 */
export function trailerValues(message: string, key: string): string[] {
  const lines = trailerBlock(message);
  const values: Array<{ key: string; value: string }> = [];
  for (const line of lines) {
    const [, name, value = ''] = TRAILER.exec(line) ?? [];
    const last = values.at(-1);
    if (name !== undefined) values.push({ key: name.toLowerCase(), value: value.trim() });
    else if (/^\s/.test(line) && last !== undefined) last.value = `${last.value} ${line.trim()}`.trim();
  }
  return values.filter((trailer) => trailer.key === key.toLowerCase()).map(({ value }) => value);
}

/** The lines of the paragraph that holds the trailers; none where the last paragraph does not. */
function trailerBlock(message: string): string[] {
  const lines = linesOf(message);
  while (lines.length > 0 && isBlank(lines.at(-1))) lines.pop();
  const start = lines.findLastIndex(isBlank) + 1;
  const isFirst = lines.slice(0, start).every(isBlank);
  const block = lines.slice(start);
  if (isFirst || block.length === 0) return [];
  let trailers = 0;
  let others = 0;
  // Lines that are indented belong to the line above them.
  let isOther = false;
  for (const line of block) {
    if (!/^\s/.test(line)) isOther = !OF_GIT.test(line) && !TRAILER.test(line);
    if (isOther) others += 1;
    else if (!/^\s/.test(line)) trailers += 1;
  }
  const isBlock = block.some((line) => OF_GIT.test(line)) ? trailers * 3 >= others : trailers > 0 && others === 0;
  return isBlock ? block : [];
}

/**
 * What lines like the checkpoint's trailer say anywhere in a commit message, each once, in their order: squash merges put several
 * messages into one, whose trailers are in its middle then, and hosting sites add paragraphs below them.
 */
export function checkpointsNamedIn(message: string): string[] {
  const found = linesOf(message).join('\n').matchAll(ANYWHERE);
  return [...new Set(Array.from(found, ({ groups }) => groups?.value ?? ''))];
}

/** The lines of a message without its comments, and without what lies below the scissors. */
function linesOf(message: string): string[] {
  const lines = message.split(/\r?\n/);
  const end = lines.findIndex((line) => SCISSORS.test(line));
  return (end === -1 ? lines : lines.slice(0, end)).filter((line) => !line.startsWith('#'));
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}
