import type { ObjectId, RefName } from '../../object-id.ts';
import type { Ref } from '../../ref.ts';

/** A refspec taken apart: the names before and after the `*`, or whole names. */
interface Refspec {
  readonly isPattern: boolean;
  readonly from: string;
  /** `undefined` where refs of these names are left out (`^`). */
  readonly to: string | undefined;
}

/** Refspecs as `git fetch` takes them, each a full name or one that ends in `*`. They are taken as forced (`+`). */
export class Refspecs {
  readonly #all: readonly Refspec[];

  constructor(texts: readonly string[]) {
    this.#all = texts.map((text) => {
      const [from = '', to] = text.replace(/^[+^]/, '').split(':');
      return { isPattern: from.endsWith('*'), from: stem(from), to: to && stem(to) };
    });
  }

  /** What the names of the remote's refs begin with, of those that are asked for. */
  get asked(): string[] {
    return this.#all.flatMap(({ isPattern, from, to }) => (to === undefined ? [] : `${from}${isPattern ? '*' : ''}`));
  }

  /** The refs that are to be here, for those that the remote has. */
  received(theirs: readonly Ref[]): Map<RefName, ObjectId> {
    const left = this.#all.filter(({ to }) => to === undefined);
    const kept = theirs.filter(({ name }) => !left.some((spec) => restOf(spec, spec.from, name) !== undefined));
    const found = this.#all.flatMap((spec) =>
      kept.flatMap(({ name, id }) => {
        const rest = restOf(spec, spec.from, name);
        return rest === undefined || spec.to === undefined ? [] : [[spec.to + rest, id] as const];
      }),
    );
    return new Map(found);
  }

  /** Whether a ref here is one that these refspecs bring. */
  isReceived(name: RefName): boolean {
    return this.#all.some((spec) => spec.to !== undefined && restOf(spec, spec.to, name) !== undefined);
  }
}

function stem(name: string): string {
  return name.replace(/\*$/, '');
}

function restOf({ isPattern }: Refspec, start: string, name: string): string | undefined {
  if (isPattern) return name.startsWith(start) ? name.slice(start.length) : undefined;
  return name === start ? '' : undefined;
}
