import type { ObjectId, RefName } from './object-id.ts';
import type { Ref } from './ref.ts';

/** A name, or what comes before and after the `*` of one. */
interface Pattern {
  readonly before: string;
  /** `undefined` where there is no `*`. */
  readonly after: string | undefined;
}

/** A refspec taken apart. */
interface Refspec {
  /** Whether refs of these names are left out (`^`). */
  readonly isNegative: boolean;
  readonly from: Pattern;
  /** `undefined` where nothing is to be here. */
  readonly to: Pattern | undefined;
}

/** Refspecs as `git fetch` takes them, of full names. They are taken as forced (`+`). */
export class Refspecs {
  readonly #all: readonly Refspec[];

  constructor(texts: readonly string[]) {
    this.#all = texts.map((text) => {
      const [from = '', to] = text.replace(/^[+^]/, '').split(':');
      return { isNegative: text.startsWith('^'), from: patternOf(from), to: to ? patternOf(to) : undefined };
    });
  }

  /** What the names of the remote's refs begin with, of those that are asked for. */
  get asked(): string[] {
    return this.#all.flatMap(({ isNegative, from: { before, after } }) =>
      isNegative ? [] : `${before}${after === undefined ? '' : '*'}`,
    );
  }

  /** The refs that are to be here, for those that the remote has; `null` stands for one that it has no more. */
  received<T extends ObjectId | null>(theirs: ReadonlyArray<Omit<Ref, 'id'> & { readonly id: T }>): Map<RefName, T> {
    const left = this.#all.filter(({ isNegative }) => isNegative);
    const kept = theirs.filter(({ name }) => !left.some(({ from }) => restOf(from, name) !== undefined));
    const found = this.#all.flatMap(({ from, to }) =>
      kept.flatMap(({ name, id }) => {
        const rest = restOf(from, name);
        return rest === undefined || to === undefined ? [] : [[to.before + rest + (to.after ?? ''), id] as const];
      }),
    );
    return new Map(found);
  }

  /** Whether a ref here is one that these refspecs bring. */
  isReceived(name: RefName): boolean {
    return this.#all.some(({ to }) => to !== undefined && restOf(to, name) !== undefined);
  }
}

function patternOf(name: string): Pattern {
  const star = name.indexOf('*');
  return star === -1
    ? { before: name, after: undefined }
    : { before: name.slice(0, star), after: name.slice(star + 1) };
}

function restOf({ before, after }: Pattern, name: string): string | undefined {
  if (after === undefined) return name === before ? '' : undefined;
  const isMatch = name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);
  return isMatch ? name.slice(before.length, name.length - after.length) : undefined;
}
