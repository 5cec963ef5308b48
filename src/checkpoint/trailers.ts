/** The trailer of a user's commit that names the checkpoint behind it. */
export const CHECKPOINT_TRAILER = 'Entire-Checkpoint';

/** Lines that git itself writes: a block with one of them may have other lines as well. */
const OF_GIT = /^(?:Signed-off-by: |\(cherry picked from commit )/;
/** What `git commit --verbose` puts below a message, behind the sign of a comment: nothing from there on is part of it. */
const SCISSORS = /^ -+ >8 -+$/;
/**
 * The trailer in any line, also indented as `git merge --squash` indents the messages that it puts together; its value may stand on the
 * next line, which is indented more. Any sign may separate them: the setting that allows it (`trailer.separators`) does not come with a clone.
 */
const ANYWHERE = new RegExp(
  `^([ \\t]*)${CHECKPOINT_TRAILER}[ \\t]*[!-,/:-@^_|~][ \\t]*(?:\\n\\1[ \\t]+)?(?<value>\\S+)[ \\t\\r\\f\\v]*$`,
  'gim',
);

/** A setting of git, its value `null` where the key stands alone. */
interface Setting {
  readonly key: string;
  readonly value: string | null;
}

/** A trailer with settings of its own (`trailer.<name>.…`), and the key that git reads it under, where one of these names it. */
interface ConfiguredTrailer {
  readonly name: string;
  readonly key: string | undefined;
}

/** What git's configuration says of trailers: the signs that separate key and value, what a comment begins with, and which trailers it knows. */
export interface TrailerRules {
  readonly separators: string;
  readonly comment: string;
  readonly configured: readonly ConfiguredTrailer[];
}

const DEFAULT_RULES: TrailerRules = { separators: ':', comment: '#', configured: [] };

/** The settings of a trailer that git knows; others are none. */
const OF_A_TRAILER = /^trailer\.(?<name>.*)\.(?<setting>key|command|cmd|where|ifexists|ifmissing)$/s;

/** The rules of a configuration, by its settings in `trailer` and the value of `core.commentChar`. In latin1, as messages are. */
export function trailerRules(settings: readonly Setting[], comment: string | undefined): TrailerRules {
  const separators = settings.findLast(({ key }) => key === 'trailer.separators')?.value;
  return {
    separators: latin1(separators ?? DEFAULT_RULES.separators),
    comment: comment === undefined || /^(?:auto)?$/i.test(comment) ? DEFAULT_RULES.comment : latin1(comment),
    configured: configuredTrailers(settings),
  };
}

function configuredTrailers(settings: readonly Setting[]): ConfiguredTrailer[] {
  const configured = new Map<string, ConfiguredTrailer>();
  for (const { key, value } of settings) {
    const { name, setting } = OF_A_TRAILER.exec(key)?.groups ?? {};
    if (name === undefined) continue;
    const known = latin1(name).toLowerCase();
    const before = configured.get(known)?.key;
    configured.set(known, { name: known, key: setting === 'key' && value !== null ? latin1(value) : before });
  }
  return [...configured.values()];
}

/** The first that a key means: git takes the beginning of a name for it. */
function configuredAs(written: string, { configured }: TrailerRules): ConfiguredTrailer | undefined {
  const begin = written.toLowerCase();
  return configured.find(({ name, key }) => name.startsWith(begin) || key?.toLowerCase().startsWith(begin));
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/**
 * The values of a trailer in a commit message, in their order, by the rules of git interpret-trailers: trailers are the last
 * paragraph, which is not the first, and each of its lines is one or goes on with one; where git has written one of them, or the
 * configuration knows it, a quarter of the lines is enough. Upper and lower case make no difference in the key.
 */
export function trailerValues(message: string, key: string, rules = DEFAULT_RULES): string[] {
  const trailer = trailerPattern(rules);
  const lines = trailerBlock(linesOf(message, rules), trailer, rules);
  const values: Array<{ key: string; value: string }> = [];
  for (const line of lines) {
    const [, written, , value = ''] = trailer.exec(line) ?? [];
    const last = values.at(-1);
    if (written !== undefined) values.push({ key: keyOf(written, rules), value: value.trim() });
    else if (/^\s/.test(line) && last !== undefined) last.value = `${last.value} ${line.trim()}`.trim();
  }
  return values.filter((trailer) => trailer.key === key.toLowerCase()).map(({ value }) => value);
}

/** What git reads a key as, in lower case: the configuration may give it another name, also one that ends with a separator. */
function keyOf(written: string, rules: TrailerRules): string {
  const key = configuredAs(written, rules)?.key ?? written;
  const isEnd = (sign: string): boolean => /\s/.test(sign) || rules.separators.includes(sign);
  let end = key.length;
  while (end > 0 && isEnd(key.charAt(end - 1))) end--;
  return key.slice(0, end).toLowerCase();
}

/** A line that is a trailer: a key, which ends at the first separator, white space, and the value. */
function trailerPattern({ separators }: TrailerRules): RegExp {
  const one = `[${separators.replace(/[\]\\^-]/g, '\\$&')}]`;
  return new RegExp(`^(?!${one})([A-Za-z0-9-]+?)([ \\t]*)${one}(.*)$`);
}

/** Of the lines of a message those of the paragraph that holds the trailers; none where the last paragraph does not. */
function trailerBlock(lines: string[], trailer: RegExp, rules: TrailerRules): string[] {
  while (lines.length > 0 && isBlank(lines.at(-1))) lines.pop();
  const start = lines.findLastIndex(isBlank) + 1;
  const isFirst = lines.slice(0, start).every(isBlank);
  const block = lines.slice(start);
  if (isFirst || block.length === 0) return [];
  let trailers = 0;
  let others = 0;
  let isKnown = false;
  // Lines that are indented belong to the line above them.
  let isOther = false;
  for (const line of block) {
    const isOfGit = OF_GIT.test(line);
    const [, written, blanks] = trailer.exec(line) ?? [];
    isKnown ||= isOfGit || (written !== undefined && configuredAs(`${written}${blanks}`, rules) !== undefined);
    if (!/^\s/.test(line)) isOther = !isOfGit && written === undefined;
    if (isOther) others += 1;
    else if (!/^\s/.test(line)) trailers += 1;
  }
  return (isKnown ? trailers * 3 >= others : trailers > 0 && others === 0) ? block : [];
}

/**
 * What lines like the checkpoint's trailer say anywhere in a commit message, each once, in their order: squash merges put several
 * messages into one, whose trailers are in its middle then, and hosting sites add paragraphs below them.
 */
export function checkpointsNamedIn(message: string): string[] {
  const found = linesOf(message, DEFAULT_RULES).join('\n').matchAll(ANYWHERE);
  return [...new Set(Array.from(found, ({ groups }) => groups?.value ?? ''))];
}

/** The lines of a message without its comments, and without what lies below the scissors. */
function linesOf(message: string, { comment }: TrailerRules): string[] {
  const lines = message.split(/\r?\n/);
  const isComment = (line: string): boolean => line.startsWith(comment);
  const end = lines.findIndex((line) => isComment(line) && SCISSORS.test(line.slice(comment.length)));
  return (end === -1 ? lines : lines.slice(0, end)).filter((line) => !isComment(line));
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}
