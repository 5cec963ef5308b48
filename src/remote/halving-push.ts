import { GitError } from '../git/errors.ts';
import type { Network, PushedRef, RemoteUpdate } from '../git/network.ts';

/**
 * How many pushes a run may make because nothing of one arrived: enough to find two single refs among 200, and an end where the remote takes
 * nothing at all.
 */
const MAX_MORE = 32;
/** After so many failures in a row from the beginning on it is not one of 200 refs that the remote can't take. */
const MAX_FAILURES = 8;

/**
 * Pushes refs of which each is by itself. A push that comes to nothing, since the remote broke off or refused all of it (as a
 * `pre-receive` hook does for one of many refs), is made again in halves, down to the refs that are the reason; these are refused, and the
 * others arrive.
 */
export class HalvingPush {
  readonly #network: Network;
  readonly #address: string;
  #left = MAX_MORE;
  #hasReached = false;
  #failures: GitError[] = [];

  constructor(network: Network, address: string) {
    this.#network = network;
    this.#address = address;
  }

  /** What became of each of these refs. Throws nothing of the remote's: see `assertReached`. */
  async push(updates: readonly RemoteUpdate[]): Promise<readonly PushedRef[]> {
    const pushed = await this.#once(updates);
    const refused = new Set(pushed.flatMap(({ ref, outcome }) => (outcome === 'refused' ? ref : [])));
    const isDown = !this.#hasReached && this.#failures.length > MAX_FAILURES;
    const isOver = refused.size < 2 || this.#left < 2 || isDown || pushed.some(({ outcome }) => outcome === 'pushed');
    if (isOver) return pushed;
    this.#left -= 2;
    const again = updates.filter(({ ref }) => refused.has(ref));
    const middle = Math.ceil(again.length / 2);
    return [
      ...pushed.filter(({ ref }) => !refused.has(ref)),
      ...(await this.push(again.slice(0, middle))),
      ...(await this.push(again.slice(middle))),
    ];
  }

  /** Throws why the remote could not be reached, where no push of any ref came to an end. */
  assertReached(): void {
    const [first] = this.#failures;
    if (!this.#hasReached && first !== undefined) throw first;
  }

  async #once(updates: readonly RemoteUpdate[]): Promise<readonly PushedRef[]> {
    try {
      const pushed = await this.#network.pushForward(this.#address, updates);
      this.#hasReached = true;
      return pushed;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      this.#failures.push(error);
      return updates.map(({ ref }) => ({ ref, outcome: 'refused', reason: error.message }));
    }
  }
}
