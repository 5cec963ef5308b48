import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Looks at the memory of a process and its descendants every 10 ms, in `/proc`. */
export class MemorySampler {
  readonly #root: ChildProcess;
  readonly #timer: NodeJS.Timeout;
  #own = 0;
  #largest = 0;
  #resident = 0;
  #anonymous = 0;

  constructor(root: ChildProcess) {
    this.#root = root;
    this.#timer = setInterval(() => this.#sample(), 10);
  }

  /** The peak resident set of the process itself, and of the largest in the tree; the greatest sums over the tree: resident memory, and what of it is not a file's. Bytes. */
  stop(): { own: number; largest: number; resident: number; anonymous: number } {
    clearInterval(this.#timer);
    return { own: this.#own, largest: this.#largest, resident: this.#resident, anonymous: this.#anonymous };
  }

  #sample(): void {
    let resident = 0;
    let anonymous = 0;
    const visit = (pid: string): void => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'latin1');
        const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
        if (pid === String(this.#root.pid)) this.#own = Math.max(this.#own, field('VmHWM'));
        this.#largest = Math.max(this.#largest, field('VmHWM'));
        resident += field('VmRSS');
        anonymous += field('RssAnon');
        for (const thread of readdirSync(`/proc/${pid}/task`)) {
          const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim();
          if (children !== '') for (const child of children.split(' ')) visit(child);
        }
      } catch {
        // It has ended meanwhile.
      }
    };
    if (this.#root.pid !== undefined) visit(String(this.#root.pid));
    this.#resident = Math.max(this.#resident, resident);
    this.#anonymous = Math.max(this.#anonymous, anonymous);
  }
}
