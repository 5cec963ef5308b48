import { blockPosition } from './block-position.ts';

/** The version of the lines between the markers. A block of another version is replaced by the next install. */
const BLOCK_VERSION = 1;

/** What the markers of any version look like, also after an editor turned the file's line ends into CRLF. */
const OPENING = /^# >>> ckpt hooks \d+((?: \+[a-z]+)*) >>>/;
const CLOSING = /^# <<< ckpt hooks <<<\s*$/;

/** What a hook consists of that ckpt made, apart from the block. */
const NEW_HOOK = '#!/bin/sh\n';

/**
 * What install did besides putting the block in. It is written into the opening marker, so that uninstall can undo it on
 * any machine: `created` made the whole file, `newline` ended the last line that was there.
 */
type Mark = 'created' | 'newline';

/** The lines of ckpt in a hook. */
export interface Block {
  /** Offset of the opening marker. */
  readonly start: number;
  /** Offset after the closing marker's line feed, or the end of the text. */
  readonly end: number;
  readonly marks: readonly Mark[];
}

/**
 * The first whole block in a hook's text; `undefined` where there is none. A marker without its other half is a line like
 * any other: nothing of a user's is ever taken for the inside of a block that has lost its end.
 */
export function findBlock(text: string): Block | undefined {
  let opening: { start: number; marks: Mark[] } | undefined;
  for (let start = 0; start < text.length; ) {
    const lineFeed = text.indexOf('\n', start);
    const end = lineFeed < 0 ? text.length : lineFeed + 1;
    const line = text.slice(start, end);
    const marks = OPENING.exec(line)?.[1];
    if (marks !== undefined) opening = { start, marks: marks.split(' +').filter(Boolean) as Mark[] };
    else if (opening !== undefined && CLOSING.test(line)) return { ...opening, end };
    start = end;
  }
  return undefined;
}

/**
 * A hook's text with the block in it. `text` is `undefined` where there is no such file; `lines` is what goes between the
 * markers. A block that is there is replaced where it stands.
 */
export function addBlock(text: string | undefined, lines: string): string {
  if (text === undefined) return NEW_HOOK + render(['created'], lines);
  const old = findBlock(text);
  if (old !== undefined) return text.slice(0, old.start) + render(old.marks, lines) + text.slice(old.end);
  const at = blockPosition(text);
  const before = text.slice(0, at);
  // Line feeds alone, whatever the file has: no sh takes "fi\r" for "fi".
  if (before === '' || before.endsWith('\n')) return before + render([], lines) + text.slice(at);
  return `${before}\n${render(['newline'], lines)}${text.slice(at)}`;
}

/** A hook's text without the block, as it was before install; `undefined` where the file is to be removed. */
export function removeBlock(text: string): string | undefined {
  const block = findBlock(text);
  if (block === undefined) return text;
  // An editor that made CRLF of our line feeds did so in the block too; elsewhere a CR before it is the user's.
  const lineEnd = /\r\n/.test(text.slice(block.start, block.end)) ? /\r\n$/ : /\n$/;
  const before = text.slice(0, block.start);
  const rest = (block.marks.includes('newline') ? before.replace(lineEnd, '') : before) + text.slice(block.end);
  return block.marks.includes('created') && rest.replaceAll('\r', '') === NEW_HOOK ? undefined : rest;
}

/** A hook's text without any block: a copy of a hook may have been pasted into itself. */
export function removeBlocks(text: string): string | undefined {
  let rest: string | undefined = text;
  while (rest !== undefined && findBlock(rest) !== undefined) rest = removeBlock(rest);
  return rest;
}

function render(marks: readonly Mark[], lines: string): string {
  const words = [`# >>> ckpt hooks ${BLOCK_VERSION}`, ...marks.map((mark) => `+${mark}`), '>>>'];
  return `${words.join(' ')} added by ckpt hooks install, taken out by ckpt hooks uninstall\n${lines}# <<< ckpt hooks <<<\n`;
}
