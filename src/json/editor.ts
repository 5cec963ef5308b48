import { isUtf8 } from 'node:buffer';
import { type Child, children } from './children.ts';
import { withoutComments } from './comments.ts';
import { JsonSource } from './source.ts';
import { isJson, LONGEST_TEXT, skipBlank } from './tokens.ts';

/** The way to a value from the root: member names, and places in lists. */
export type JsonPath = ReadonlyArray<string | number>;

/** A content that can't be edited byte for byte, and why, in words that follow "it". */
export interface NotEditable {
  readonly why: string;
}

/** What a document may have besides JSON. */
export interface EditorOptions {
  /** Comments, and a comma behind a last value. */
  readonly comments?: boolean;
}

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

  /** Takes a text that `openJson` has looked at. */
  constructor(text: string, options: EditorOptions) {
    this.#options = options;
    this.#text = text;
    this.#plain = this.#withoutComments(text);
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

  /**
   * Puts a value at a path: in the place of the one that is there (of two with one name, the last), or behind the last of its
   * container; a list takes it at its end. Of a `JsonSource` the tokens stay as they are. Throws a `RangeError` where there is no
   * such container.
   */
  set(path: JsonPath, value: unknown): void {
    const source = value instanceof JsonSource ? value : JsonSource.of(value);
    this.#put(path, (indent) => {
      if (indent === undefined) return source.layOut(undefined).toString('latin1');
      return source
        .layOut(this.#unit)
        .toString('latin1')
        .replaceAll('\n', this.#eol + indent);
    });
  }

  /** Like `set`, with the bytes of a JSON value as they are. */
  setSource(path: JsonPath, source: Buffer): void {
    this.#put(path, () => source.toString('latin1'));
  }

  /** Takes a value out, with every other one of the same name. Does nothing where there is none. */
  remove(path: JsonPath): void {
    const container = this.#container(path.slice(0, -1));
    const name = path.at(-1);
    for (;;) {
      const siblings = container === undefined ? [] : children(this.#plain, container.value);
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

  #put(path: JsonPath, write: (indent: string | undefined) => string): void {
    const container = this.#container(path.slice(0, -1));
    const name = path.at(-1);
    if (container === undefined || name === undefined) throw new RangeError(`no container for ${path.join('.')}`);
    if ((typeof name === 'number') !== (this.#plain[container.value] === '[')) {
      throw new RangeError(`${name} can't be in the container of ${path.join('.')}`);
    }
    const siblings = children(this.#plain, container.value);
    const old = typeof name === 'number' ? siblings[name] : siblings.findLast((child) => child.name === name);
    if (old !== undefined) this.#splice(old.value, old.end, write(this.#indentOfLine(old)));
    else
      this.#append(
        container,
        siblings,
        typeof name === 'string' ? `${Buffer.from(JSON.stringify(name), 'utf8').toString('latin1')}: ` : '',
        write,
      );
  }

  #append(
    container: Child,
    siblings: readonly Child[],
    key: string,
    write: (indent: string | undefined) => string,
  ): void {
    const last = siblings.at(-1);
    if (last !== undefined) {
      const separator = this.#separator(container, siblings.at(-2), last);
      const indent = separator.includes('\n') ? /[ \t]*$/.exec(separator)?.[0] : undefined;
      this.#splice(last.end, last.end, separator + key + write(indent));
      return;
    }
    const at = container.value + 1;
    if (this.#isOneLine) {
      this.#splice(at, at, key + write(undefined));
      return;
    }
    const outer = this.#indentAt(container.value);
    const inner = outer + this.#unit;
    this.#splice(at, at, `${this.#eol}${inner}${key}${write(inner)}${this.#eol}${outer}`);
  }

  /** What stands between two values of a container: as between its last two, or as before its only one. */
  #separator(container: Child, previous: Child | undefined, last: Child): string {
    const from = previous?.end ?? container.value + 1;
    const before = this.#text.slice(from, last.start);
    const isPlain = before === this.#plain.slice(from, last.start);
    if (previous !== undefined && isPlain) return before;
    const lineEnd = before.lastIndexOf('\n');
    if (lineEnd < 0) return ', ';
    return isPlain ? `,${before}` : `,${this.#eol}${this.#indentAt(last.start)}`;
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
      const inside: Child[] = found === undefined ? [] : children(this.#plain, found.value);
      found = typeof step === 'number' ? inside[step] : inside.findLast(({ name }) => name === step);
      if (typeof step === 'number' && found?.name !== undefined) return undefined;
    }
    return found;
  }

  /** The indentation of a value that has a line to itself, or with its name: what takes its place may have more lines. */
  #indentOfLine({ start }: Child): string | undefined {
    const lineStart = this.#text.lastIndexOf('\n', start) + 1;
    const isFirst = lineStart > 0 && /^[ \t]*$/.test(this.#text.slice(lineStart, start));
    return isFirst ? this.#indentAt(start) : undefined;
  }

  get #isOneLine(): boolean {
    return !this.#text.trim().includes('\n') && children(this.#plain, skipBlank(this.#plain, 0)).length > 0;
  }

  get #eol(): string {
    return this.#text.includes('\r\n') ? '\r\n' : '\n';
  }

  get #unit(): string {
    return /\n([ \t]+)\S/.exec(this.#text)?.[1] ?? USUAL_INDENT;
  }

  /** The white space at the beginning of the line that an offset lies in. */
  #indentAt(offset: number): string {
    return /[ \t]*/.exec(this.#text.slice(this.#text.lastIndexOf('\n', offset) + 1, offset))?.[0] ?? '';
  }

  #splice(start: number, end: number, insert: string): void {
    this.#text = this.#text.slice(0, start) + insert + this.#text.slice(end);
    this.#plain = this.#withoutComments(this.#text);
  }

  #withoutComments(text: string): string {
    return this.#options.comments === true ? withoutComments(text) : text;
  }
}
