import { type Node, parseTree } from 'jsonc-parser';

/**
 * Puts a member or an element into a container of a JSON text and takes it out again, each byte-exactly the inverse of the
 * other; everything else stays: comments, indentation, order, line ends. (jsonc-parser's own `modify` formats what is around.)
 */

/**
 * The text with `child` as the last thing in `container` (a node of the text's tree). `name` is the key where the container is an
 * object.
 */
export function insertChild(text: string, container: Node, child: unknown, name?: string): string {
  const last = container.children?.at(-1);
  const { eol, unit } = styleOf(text);
  const key = name === undefined ? '' : `${JSON.stringify(name)}: `;
  if (last !== undefined && !startsLine(text, last.offset)) {
    const compact = `, ${key}${JSON.stringify(child)}`;
    return splice(text, endOf(last), 0, compact);
  }
  // An empty container gets lines of its own; they are taken out with the child, whatever else was between its brackets.
  const outer = indentAt(text, container.offset);
  const indent = last === undefined ? outer + unit : indentAt(text, last.offset);
  const lines = `${key}${JSON.stringify(child, null, unit)}`.split('\n').join(eol + indent);
  return last === undefined
    ? splice(text, container.offset + 1, 0, `${eol}${indent}${lines}${eol}${outer}`)
    : splice(text, endOf(last), 0, `,${eol}${indent}${lines}`);
}

/** The text without a child of a container: an element of an array, or a property of an object. */
export function removeChild(text: string, container: Node, child: Node): string {
  const siblings = container.children ?? [];
  const at = siblings.indexOf(child);
  const previous = siblings[at - 1];
  if (previous !== undefined) return splice(text, endOf(previous), endOf(child) - endOf(previous), '');
  const next = siblings[at + 1];
  if (next !== undefined) return splice(text, child.offset, next.offset - child.offset, '');
  const before = /\r?\n[ \t]*$/.exec(text.slice(0, child.offset))?.[0].length ?? 0;
  const after = /^\r?\n[ \t]*/.exec(text.slice(endOf(child)))?.[0] ?? '';
  // Of the line after it, take what insertChild put there: the container's own indentation.
  const own = /\r?\n/.exec(after)?.[0].length ?? 0;
  const outer = indentAt(text, container.offset);
  const tail = after.slice(own).startsWith(outer) ? own + outer.length : after.length;
  return splice(text, child.offset - before, before + child.length + (after === '' ? 0 : tail), '');
}

/** The text with another value in the place of a node's. */
export function replaceValue(text: string, node: Node, value: unknown): string {
  return splice(text, node.offset, node.length, JSON.stringify(value));
}

/** The tree of a JSON text, with comments and trailing commas allowed; `undefined` where it is none. */
export function parseJson(text: string): Node | undefined {
  const errors: Parameters<typeof parseTree>[1] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  return errors.length === 0 ? root : undefined;
}

function splice(text: string, offset: number, length: number, insert: string): string {
  return text.slice(0, offset) + insert + text.slice(offset + length);
}

function endOf(node: Node): number {
  return node.offset + node.length;
}

function startsLine(text: string, offset: number): boolean {
  return /(?:^|\n)[ \t]*$/.test(text.slice(0, offset));
}

function indentAt(text: string, offset: number): string {
  return /[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
}

function styleOf(text: string): { eol: string; unit: string } {
  return { eol: /\r\n/.test(text) ? '\r\n' : '\n', unit: /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ' };
}
