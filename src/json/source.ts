import { children } from './children.ts';
import { skipBlank, tokenEnd } from './tokens.ts';

/**
 * A JSON value by the text that it was read from. What is stored of it keeps the digits of numbers that no float holds, the
 * spelling of strings, and the order of members, also of those whose names look like numbers.
 */
export class JsonSource {
  /** One character a byte. */
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Reads a text. Throws a `SyntaxError` where it is not JSON. */
  static parse(content: Buffer): JsonSource {
    return JsonSource.read(content.toString('utf8'), content).source;
  }

  /** As `parse`, with the value. A text of ASCII alone is held once. */
  static read(text: string, content?: Buffer): { readonly source: JsonSource; readonly value: unknown } {
    const value: unknown = JSON.parse(text);
    const isAscii = Buffer.byteLength(text, 'utf8') === text.length;
    return {
      source: new JsonSource(isAscii ? text : (content ?? Buffer.from(text, 'utf8')).toString('latin1')),
      value,
    };
  }

  /** A value in the text that `JSON.stringify` gives it; a source as it is. */
  static of(value: unknown): JsonSource {
    if (value instanceof JsonSource) return value;
    return new JsonSource(Buffer.from(JSON.stringify(value), 'utf8').toString('latin1'));
  }

  /** An object of these members, in their order. */
  static object(members: Iterable<readonly [name: string, value: JsonSource]>): JsonSource {
    const texts = Array.from(members, ([name, { bytes }]) => `${JSON.stringify(name)}:${bytes.toString('utf8')}`);
    return new JsonSource(Buffer.from(`{${texts.join(',')}}`, 'utf8').toString('latin1'));
  }

  /** The text, in UTF-8. */
  get bytes(): Buffer {
    return Buffer.from(this.#text, 'latin1');
  }

  /** The value, as `JSON.parse` reads it. */
  get value(): unknown {
    return JSON.parse(this.bytes.toString('utf8'));
  }

  /** How many containers lie in each other at most: laid out on lines, deep nesting makes much white space of a few bytes. */
  get depth(): number {
    let depth = 0;
    let deepest = 0;
    for (let at = 0; at < this.#text.length; at = tokenEnd(this.#text, at)) {
      if (isOpening(this.#text[at])) deepest = Math.max(deepest, ++depth);
      else if (isClosing(this.#text.charAt(at))) depth -= 1;
    }
    return deepest;
  }

  /** The members of an object, also of a name that is there twice; none for anything else. */
  members(): Array<[name: string, value: JsonSource]> {
    return children(this.#text, skipBlank(this.#text, 0)).flatMap(({ name, value, end }) =>
      name === undefined ? [] : [[name, new JsonSource(this.#text.slice(value, end))]],
    );
  }

  /** The value at a path of member names; of two with one name the last. */
  at(...path: readonly string[]): JsonSource | undefined {
    return path.reduce<JsonSource | undefined>(
      (inside, name) => inside?.members().findLast(([key]) => key === name)?.[1],
      this,
    );
  }

  /** The text as all writers of checkpoints put JSON down: two-space indent, final newline. */
  pretty(): Buffer {
    return Buffer.concat([this.layOut('  '), Buffer.from('\n')]);
  }

  /** The text as `JSON.stringify` lays out a value: on lines with this indentation, or on one without white space. */
  layOut(indent: string | undefined): Buffer {
    const text = this.#text;
    const parts: string[] = [];
    let depth = 0;
    const breakLine = () => indent !== undefined && parts.push('\n', indent.repeat(depth));
    for (let start = skipBlank(text, 0), end = 0; start < text.length; start = skipBlank(text, end)) {
      end = tokenEnd(text, start);
      const token = text.slice(start, end);
      const isEmpty = isOpening(parts.at(-1)) && isClosing(token);
      if (isClosing(token)) depth -= 1;
      if ((isOpening(parts.at(-1)) || isClosing(token)) && !isEmpty) breakLine();
      parts.push(token);
      if (isOpening(token)) depth += 1;
      if (token === ',') breakLine();
      if (token === ':' && indent !== undefined) parts.push(' ');
    }
    return Buffer.from(parts.join(''), 'latin1');
  }
}

function isOpening(token: string | undefined): boolean {
  return token === '{' || token === '[';
}

function isClosing(token: string): boolean {
  return token === '}' || token === ']';
}

/**
 * A value as all writers of checkpoints put JSON down: two-space indent, final newline. Members that are `undefined` are left out; the
 * tokens of a `JsonSource` stay as they are.
 */
export function prettyJson(value: unknown): Buffer {
  if (value instanceof JsonSource) return value.pretty();
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8');
}
