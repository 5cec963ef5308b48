import { type ObjectId, type ObjectType, toObjectId } from './object-id.ts';

/**
 * A commit object taken apart. All text is latin1 (one character per byte), so that headers and messages in any encoding
 * are carried over byte for byte.
 */
export interface ParsedCommit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  /** All header lines after the parents, in order; a folded header (`gpgsig`) keeps its continuation lines after `\n`. */
  readonly headers: readonly string[];
  /** Everything after the empty line that ends the headers. */
  readonly message: string;
}

/** Takes a commit's content apart. Throws a `RangeError` where the bytes are not a commit. */
export function parseCommit(content: Buffer): ParsedCommit {
  return parseCommitText(content.toString('latin1'));
}

/** Takes a commit's content, as latin1 text, apart. Throws a `RangeError` where it is not a commit. */
export function parseCommitText(text: string): ParsedCommit {
  const headEnd = text.indexOf('\n\n');
  const head = headEnd < 0 ? text.replace(/\n$/, '') : text.slice(0, headEnd);
  let tree: ObjectId | undefined;
  const parents: ObjectId[] = [];
  const headers: string[] = [];
  for (const line of head.split('\n')) {
    if (line.startsWith(' ') && headers.length > 0) headers[headers.length - 1] += `\n${line}`;
    else if (line.startsWith('tree ') && tree === undefined) tree = parseId(line.slice(5));
    else if (line.startsWith('parent ') && headers.length === 0) parents.push(parseId(line.slice(7)));
    else headers.push(line);
  }
  if (tree === undefined) throw new RangeError('a commit without a tree');
  return { tree, parents, headers, message: commitMessage(text) };
}

/** The tree of a commit whose content is this latin1 text, which git has taken for a commit. */
export function treeOf(text: string): ObjectId {
  return parseId(text.slice('tree '.length, text.indexOf('\n')));
}

/** The message of a commit whose content is this latin1 text. */
export function commitMessage(text: string): string {
  const headEnd = text.indexOf('\n\n');
  return headEnd < 0 ? '' : text.slice(headEnd + 2);
}

/** Takes an object that was read apart; `undefined` where it is absent, of another type, or malformed. */
export function tryCommit(
  object: { readonly type: ObjectType; readonly content: Buffer } | undefined,
): ParsedCommit | undefined {
  try {
    return object?.type === 'commit' ? parseCommit(object.content) : undefined;
  } catch {
    return undefined;
  }
}

/** When a commit was committed, in seconds since 1970; 0 where it does not say. */
export function committedAt(commit: ParsedCommit): number {
  return Number(/> (\d+) [+-]\d{4}$/.exec(commitHeader(commit, 'committer') ?? '')?.[1] ?? 0);
}

/** Writes a commit's content, as bytes. The inverse of `parseCommit`. */
export function serializeCommit(commit: ParsedCommit): Buffer {
  return Buffer.from(commitText(commit), 'latin1');
}

/** A commit's content as latin1 text. The inverse of `parseCommitText`. */
export function commitText({ tree, parents, headers, message }: ParsedCommit): string {
  let text = `tree ${tree}\n`;
  for (const id of parents) text += `parent ${id}\n`;
  for (const line of headers) text += `${line}\n`;
  return `${text}\n${message}`;
}

/** The first header line with this key (`author`), without the key; `undefined` when there is none. */
export function commitHeader(commit: ParsedCommit, key: string): string | undefined {
  return commit.headers.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1);
}

function parseId(text: string): ObjectId {
  try {
    return toObjectId(text);
  } catch {
    throw new RangeError(`malformed object id in a commit: ${text.slice(0, 80)}`);
  }
}
