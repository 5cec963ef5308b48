/** How long some work may take. One value is made where a command begins, and all of its work goes by that. */
export class TimeLimit {
  readonly #end: number;

  /** `milliseconds` from `begin` on, which is a time of `performance.now()`: 0 is when the process began. */
  constructor(milliseconds: number, begin = performance.now()) {
    this.#end = begin + milliseconds;
  }

  /** The milliseconds that are left; 0 where it is over. */
  left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  /** A limit for a part of the work: no longer than so many milliseconds, and as much time is left for the rest. */
  part(milliseconds: number): TimeLimit {
    return new TimeLimit(Math.min(this.left() / 2, milliseconds));
  }

  /** The result of work, or an error once the limit is reached. The work itself goes on then; what comes of it interests nobody. */
  async within<T>(work: Promise<T>, reached: () => Error): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(reached()), this.left());
    });
    try {
      return await Promise.race([work, over]);
    } finally {
      clearTimeout(timer);
      work.catch(() => undefined);
    }
  }
}
