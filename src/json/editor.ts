import { isUtf8 } from 'node:buffer';
import { type Child, children } from './children.ts';
import { withoutComments } from './comments.ts';
import { JsonSource } from './source.ts';
import { hasTooManyValues, isJson, LONGEST_TEXT, skipBlank, TOO_MANY_VALUES } from './tokens.ts';

/** The way to a value from the root: member names, and places in lists. */
export type JsonPath = ReadonlyArray<string | number>;

/**
 * A value for a path: in the place of the one that is there (of two with one name, the last), or behind the last of its container; a list
 * takes it at its end. A `JsonSource` keeps its tokens, a `Buffer` holds JSON whose bytes stay as they are.
 */
export interface JsonEdit {
  readonly path: JsonPath;
  readonly value: unknown;
}

/** A part of the text that another one takes the place of. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

/** A content that can't be edited byte for byte, and why, in words that follow "it". */
export interface NotEditable {
  readonly why: string;
}

/** What a document may have besides JSON. */
export interface EditorOptions {
  /** Comments, and a comma behind a last value. */
  readonly comments?: boolean;
}

/** How a document is laid out that is opened; edits don't change it. */
interface Style {
  /** Something stands on one line; nothing gets lines of its own. */
  readonly isOneLine: boolean;
  readonly eol: string;
  readonly unit: string;
}

/** What lies in a container: in order, and by name where that is faster than looking at each. */
interface Inside {
  readonly all: readonly Child[];
  readonly byName?: ReadonlyMap<string | undefined, Child>;
}

/** Members that are looked through faster than put into a map. */
const FEW = 16;

/** A document without indented lines gets the indentation that all writers of checkpoints use. */
const USUAL_INDENT = '  ';

/** Opens a content for editing; says why where that can't be done without changing other bytes, or what it means. */
export function openJson(content: Buffer, options: EditorOptions = {}): JsonEditor | NotEditable {
  if (content.length > LONGEST_TEXT) return { why: 'is too large to be edited' };
  const start = content.subarray(0, 3).toString('latin1');
  if (start === '\xef\xbb\xbf') return { why: 'begins with a byte order mark' };
  if (start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff')) return { why: 'is UTF-16 text' };
  if (!isUtf8(content)) return { why: 'is not UTF-8 text' };
  const text = content.toString('latin1');
  const plain = options.comments === true ? withoutComments(text) : text;
  if (hasTooManyValues(plain)) return { why: TOO_MANY_VALUES };
  if (isJson(plain)) return new JsonEditor(text, options);
  if (text.includes('\0')) return { why: 'has a NUL byte' };
  return { why: isJson(withoutComments(text)) ? 'has a comment or a comma too many' : 'is not JSON' };
}

/**
 * A JSON document whose values are replaced, added and taken out one by one. No byte changes beside an edit: white space, line
 * ends, the spelling of numbers and strings, comments and members of a name that is there twice stay as they are. A new value
 * is written as its surroundings are, on lines of its own or on one. Taking out what was added last gives the bytes from before.
 */
export class JsonEditor {
  /** One character a byte, so that offsets in the text are offsets in the content. */
  #text: string;
  /** The same with spaces in the place of comments. */
  #plain: string;
  readonly #options: EditorOptions;
  /** What lies in the containers of the text as it is now, by their places, as far as anybody has asked. */
  readonly #known = new Map<number, Inside>();
  readonly #style: Style;

  /** Takes a text that `openJson` has looked at. */
  constructor(text: string, options: EditorOptions) {
    this.#options = options;
    this.#text = text;
    this.#plain = this.#withoutComments(text);
    this.#style = styleOf(text, this.#plain);
  }

  /** The document as it is now. */
  get content(): Buffer {
    return Buffer.from(this.#text, 'latin1');
  }

  /** The document as a value, as `JSON.parse` reads it. */
  get value(): unknown {
    return JSON.parse(Buffer.from(this.#plain, 'latin1').toString('utf8'));
  }

  /** The bytes of the value at a path; `undefined` where there is none. */
  source(path: JsonPath): Buffer | undefined {
    const found = this.#find(path);
    return found && Buffer.from(this.#text.slice(found.value, found.end), 'latin1');
  }

  /** Makes one edit. Throws a `RangeError` where there is no such container. */
  set(path: JsonPath, value: unknown): void {
    this.setAll([{ path, value }]);
  }

  /** Makes edits as one after the other would, in one pass where none depends on another. Throws as `set` does, and has changed nothing then. */
  setAll(edits: readonly JsonEdit[]): void {
    const [text, plain] = [this.#text, this.#plain];
    try {
      for (let waiting = edits; waiting.length > 0; ) waiting = this.#makeAtOnce(waiting);
    } catch (error) {
      this.#become(text, plain);
      throw error;
    }
  }

  /** Makes the edits that don't depend on one before them; gives the others. */
  #makeAtOnce(edits: readonly JsonEdit[]): JsonEdit[] {
    const claimed = new ClaimedPaths();
    const appended = new Map<number, number>();
    const splices: Splice[] = [];
    const later: JsonEdit[] = [];
    for (const edit of edits) {
      const isLater = claimed.concern(edit.path);
      claimed.add(isLater ? edit.path : this.#claimOf(edit.path, appended));
      if (isLater) later.push(edit);
      else splices.push(this.#spliceOf(edit));
    }
    this.#spliceAll(splices);
    return later;
  }

  /** Takes a value out, with every other one of the same name. Does nothing where there is none. */
  remove(path: JsonPath): void {
    const container = this.#container(path.slice(0, -1));
    const name = path.at(-1);
    for (;;) {
      const siblings = container === undefined ? [] : this.#inside(container.value).all;
      const at = typeof name === 'number' ? name : siblings.findLastIndex((child) => child.name === name);
      const child = siblings[at];
      if (child === undefined || container === undefined) return;
      const [previous, next] = [siblings[at - 1], siblings[at + 1]];
      if (previous !== undefined) this.#splice(previous.end, child.end, '');
      else if (next !== undefined) this.#splice(child.start, next.start, '');
      else this.#removeLast(container, child);
      if (typeof name === 'number') return;
    }
  }

  /** What no other edit may concern in the same pass. `appended` counts the values that lists get at their ends, by the places of the lists. */
  #claimOf(path: JsonPath, appended: Map<number, number>): JsonPath {
    const above = path.slice(0, -1);
    const container = this.#container(above);
    const [length, name] = [container && this.#inside(container.value).all.length, path.at(-1)];
    // What is put into an empty container decides how the next value stands there.
    if (container === undefined || length === undefined || length === 0) return above;
    if (typeof name !== 'number' || name < length) return path;
    const more = appended.get(container.value) ?? 0;
    appended.set(container.value, more + 1);
    return [...above, length + more];
  }

  #spliceOf({ path, value }: JsonEdit): Splice {
    const container = this.#container(path.slice(0, -1));
    const name = path.at(-1);
    if (container === undefined || name === undefined) throw new RangeError(`no container for ${path.join('.')}`);
    if ((typeof name === 'number') !== (this.#plain[container.value] === '[')) {
      throw new RangeError(`${name} can't be in the container of ${path.join('.')}`);
    }
    const old = this.#child(container, name);
    if (old !== undefined)
      return { start: old.value, end: old.end, insert: this.#write(value, this.#indentOfLine(old)) };
    const key = typeof name === 'string' ? `${Buffer.from(JSON.stringify(name), 'utf8').toString('latin1')}: ` : '';
    return this.#append(container, key, value);
  }

  /** The text of a value, on lines with this indentation; on one line where there is none. */
  #write(value: unknown, indent: string | undefined): string {
    if (Buffer.isBuffer(value)) return value.toString('latin1');
    const source = JsonSource.of(value);
    if (indent === undefined) return source.layOut(undefined).toString('latin1');
    return source
      .layOut(this.#style.unit)
      .toString('latin1')
      .replaceAll('\n', this.#style.eol + indent);
  }

  #append(container: Child, key: string, value: unknown): Splice {
    const { all } = this.#inside(container.value);
    const last = all.at(-1);
    if (last !== undefined) {
      const separator = this.#separator(container, all.at(-2), last);
      const indent = separator.includes('\n') ? /[ \t]*$/.exec(separator)?.[0] : undefined;
      return { start: last.end, end: last.end, insert: separator + key + this.#write(value, indent) };
    }
    const at = container.value + 1;
    if (this.#style.isOneLine) return { start: at, end: at, insert: key + this.#write(value, undefined) };
    const outer = this.#indentAt(container.value);
    const inner = outer + this.#style.unit;
    const { eol } = this.#style;
    return { start: at, end: at, insert: `${eol}${inner}${key}${this.#write(value, inner)}${eol}${outer}` };
  }

  /** What stands between two values of a container: as between its last two, or as before its only one. */
  #separator(container: Child, previous: Child | undefined, last: Child): string {
    const from = previous?.end ?? container.value + 1;
    const before = this.#text.slice(from, last.start);
    const isPlain = before === this.#plain.slice(from, last.start);
    if (previous !== undefined && isPlain) return before;
    const lineEnd = before.lastIndexOf('\n');
    if (lineEnd < 0) return ', ';
    return isPlain ? `,${before}` : `,${this.#style.eol}${this.#indentAt(last.start)}`;
  }

  /** Takes the only child out of its container, with the lines that `#append` made for it, whatever else the container holds. */
  #removeLast(container: Child, child: Child): void {
    const before = /\r?\n[ \t]*$/.exec(this.#text.slice(container.value, child.start))?.[0].length ?? 0;
    const [after = '', end = ''] = /^(\r?\n)[ \t]*/.exec(this.#text.slice(child.end)) ?? [];
    const outer = this.#indentAt(container.value);
    const tail = after.startsWith(end + outer) ? end.length + outer.length : after.length;
    // Where there are comments, a comma may stand behind a last value, but not alone.
    const comma = /^[ \t\r\n]*,/.exec(this.#text.slice(child.end))?.[0].length ?? 0;
    this.#splice(child.start - before, child.end + (comma > 0 ? comma : before > 0 ? tail : 0), '');
  }

  #container(path: JsonPath): Child | undefined {
    const found = this.#find(path);
    return found !== undefined && '{['.includes(this.#plain.charAt(found.value)) ? found : undefined;
  }

  #find(path: JsonPath): Child | undefined {
    const value = skipBlank(this.#plain, 0);
    let found: Child | undefined = { name: undefined, start: value, value, end: this.#plain.trimEnd().length };
    for (const step of path) {
      found = found && this.#child(found, step);
      if (typeof step === 'number' && found?.name !== undefined) return undefined;
    }
    return found;
  }

  /** A value by its place in a list or its name in an object; of two with one name, the last. */
  #child(container: Child, step: string | number): Child | undefined {
    const { all, byName } = this.#inside(container.value);
    if (typeof step === 'number') return all[step];
    return byName === undefined ? all.findLast(({ name }) => name === step) : byName.get(step);
  }

  #inside(container: number): Inside {
    let inside = this.#known.get(container);
    if (inside === undefined) {
      const all = children(this.#plain, container);
      inside = all.length > FEW ? { all, byName: new Map(all.map((child) => [child.name, child])) } : { all };
      this.#known.set(container, inside);
    }
    return inside;
  }

  /** The indentation of a value that has a line to itself, or with its name: what takes its place may have more lines. */
  #indentOfLine({ start }: Child): string | undefined {
    const lineStart = this.#text.lastIndexOf('\n', start) + 1;
    const isFirst = lineStart > 0 && /^[ \t]*$/.test(this.#text.slice(lineStart, start));
    return isFirst ? this.#indentAt(start) : undefined;
  }

  /** The white space at the beginning of the line that an offset lies in. */
  #indentAt(offset: number): string {
    return /[ \t]*/.exec(this.#text.slice(this.#text.lastIndexOf('\n', offset) + 1, offset))?.[0] ?? '';
  }

  #splice(start: number, end: number, insert: string): void {
    this.#spliceAll([{ start, end, insert }]);
  }

  /** Parts that don't overlap; what is inserted at one place keeps its order. */
  #spliceAll(splices: readonly Splice[]): void {
    const parts: string[] = [];
    let kept = 0;
    for (const { start, end, insert } of [...splices].sort((a, b) => a.start - b.start)) {
      parts.push(this.#text.slice(kept, start), insert);
      kept = end;
    }
    const text = parts.join('') + this.#text.slice(kept);
    this.#become(text, this.#withoutComments(text));
  }

  #become(text: string, plain: string): void {
    this.#text = text;
    this.#plain = plain;
    this.#known.clear();
  }

  #withoutComments(text: string): string {
    return this.#options.comments === true ? withoutComments(text) : text;
  }
}

function styleOf(text: string, plain: string): Style {
  return {
    isOneLine: !text.trim().includes('\n') && !/^[ \t\r\n]*[[{][ \t]*[\]}]/.test(plain),
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    unit: /\n([ \t]+)\S/.exec(text)?.[1] ?? USUAL_INDENT,
  };
}

/** Paths whose values are about to change. */
class ClaimedPaths {
  readonly #paths = new Set<string>();
  readonly #above = new Set<string>();

  add(path: JsonPath): void {
    const keys = keysTo(path);
    this.#paths.add(keys.at(-1) ?? '');
    for (const key of keys.slice(0, -1)) this.#above.add(key);
  }

  /** Whether one of them is this path, or lies above or below it. */
  concern(path: JsonPath): boolean {
    const keys = keysTo(path);
    return this.#above.has(keys.at(-1) ?? '') || keys.some((key) => this.#paths.has(key));
  }
}

/** A key for each container on the way, from the root on, and one for the value. */
function keysTo(path: JsonPath): string[] {
  const keys = [''];
  for (const step of path) keys.push(`${keys.at(-1)}${JSON.stringify(step)}`);
  return keys;
}
