import { type Node, parseTree } from 'jsonc-parser';

/** The way to a value from the root: member names and places in lists. */
export type JsonPath = ReadonlyArray<string | number>;

/**
 * A JSON text with another value at a path; `undefined` takes the member out. No byte changes beside it: the new value is
 * written as its surroundings are, on lines of their own or on one (jsonc-parser's own `modify` formats what is around it).
 * The container of the value has to be there; a list takes an element at its end.
 */
export function withValue(text: string, path: JsonPath, value: unknown): string {
  const root = parseTree(text);
  const container = path.slice(0, -1).reduce<Node | undefined>(childAt, root);
  const name = path.at(-1);
  if (container === undefined || name === undefined) throw new RangeError(`no container for ${path.join('.')}`);
  const node = childAt(container, name);
  if (node !== undefined && value === undefined) {
    const rest = withoutChild(text, container, (typeof name === 'string' && propertyOf(container, name)) || node);
    // A name can be there twice: then the one before has its turn.
    return typeof name === 'string' ? withValue(rest, path, undefined) : rest;
  }
  if (node !== undefined) return replaced(text, node, value);
  return value === undefined ? text : inserted(text, container, value, typeof name === 'string' ? name : undefined);
}

/** A JSON object's text with a member's value as another one has it, byte for byte. Both have to be objects; the other has the member. */
export function withMemberOf(text: string, source: string, name: string): string {
  const root = parseTree(source);
  const node = root === undefined ? undefined : childAt(root, name);
  if (node === undefined) throw new RangeError(`no member ${name}`);
  const value = source.slice(node.offset, endOf(node));
  let mark = '\u0000';
  while (text.includes(JSON.stringify(mark).slice(1, -1))) mark += '\u0000';
  return withValue(text, [name], mark).replace(JSON.stringify(mark), () => value);
}

/** The value of a member, of several with one name the last, as JSON has it; or an element of a list. */
function childAt(container: Node | undefined, name: string | number): Node | undefined {
  if (typeof name === 'number') return container?.type === 'array' ? container.children?.[name] : undefined;
  return propertyOf(container, name)?.children?.[1];
}

function propertyOf(container: Node | undefined, name: string): Node | undefined {
  if (container?.type !== 'object') return undefined;
  return container.children?.findLast((property) => property.children?.[0]?.value === name);
}

function replaced(text: string, node: Node, value: unknown): string {
  const line = text.slice(text.lastIndexOf('\n', node.offset) + 1, node.offset);
  // A value with a line to itself, or with its key, has lines of its own where it is long.
  const startsLine = /^[ \t]*(?:"(?:[^"\\]|\\.)*"[ \t]*:[ \t]*)?$/.test(line) && text.includes('\n');
  const lines = startsLine ? onLines(text, value, /^[ \t]*/.exec(line)?.[0] ?? '') : JSON.stringify(value);
  return splice(text, node.offset, node.length, lines);
}

function inserted(text: string, container: Node, value: unknown, name: string | undefined): string {
  const key = name === undefined ? '' : `${JSON.stringify(name)}: `;
  const children = container.children ?? [];
  const last = children.at(-1);
  if (last === undefined) {
    const outer = indentAt(text, container.offset);
    const { eol, unit, isOneLine } = styleOf(text);
    if (isOneLine) return splice(text, container.offset + 1, 0, key + JSON.stringify(value));
    const inner = outer + unit;
    const child = `${eol}${inner}${key}${onLines(text, value, inner)}${eol}${outer}`;
    return splice(text, container.offset + 1, container.length - 2, child);
  }
  // What stands before the last one stands before the new one: a line end and the indentation, a space, or nothing.
  const from = children.length > 1 ? endOf(children.at(-2) as Node) : container.offset + 1;
  const before = text.slice(from, last.offset).replace(',', '');
  const space = children.length === 1 && !before.includes('\n') ? ' ' : before;
  const indent = space.includes('\n') ? space.slice(space.lastIndexOf('\n') + 1) : undefined;
  const child = indent === undefined ? JSON.stringify(value) : onLines(text, value, indent);
  return splice(text, endOf(last), 0, `,${space}${key}${child}`);
}

function withoutChild(text: string, container: Node, child: Node): string {
  const children = container.children ?? [];
  const at = children.indexOf(child);
  const previous = children[at - 1];
  const next = children[at + 1];
  if (previous !== undefined) return splice(text, endOf(previous), endOf(child) - endOf(previous), '');
  if (next !== undefined) return splice(text, child.offset, next.offset - child.offset, '');
  return splice(text, container.offset + 1, container.length - 2, '');
}

function onLines(text: string, value: unknown, indent: string): string {
  const { eol, unit } = styleOf(text);
  return JSON.stringify(value, null, unit)
    .split('\n')
    .join(eol + indent);
}

function styleOf(text: string): { eol: string; unit: string; isOneLine: boolean } {
  const indent = /^\s*\{[ \t]*\r?\n([ \t]+)/.exec(text)?.[1];
  return { eol: text.includes('\r\n') ? '\r\n' : '\n', unit: indent ?? '  ', isOneLine: indent === undefined };
}

function indentAt(text: string, offset: number): string {
  return /[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset) + 1))?.[0] ?? '';
}

function endOf(node: Node): number {
  return node.offset + node.length;
}

function splice(text: string, offset: number, length: number, insert: string): string {
  return text.slice(0, offset) + insert + text.slice(offset + length);
}
