import { appendTo } from '../../checkpoint/append-to.ts';
import { committedAt } from '../../git/commit.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ViewCommit } from '../../layout/layout.ts';

/**
 * Commits of many histories in one line: parents before children, and of what may come next the one with the oldest commit date, of
 * two with one date the one with the lesser id: the same on every machine.
 */
export function inOrderOfDate(commits: readonly ViewCommit[]): ViewCommit[] {
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  const children = new Map<ObjectId, ViewCommit[]>();
  const waitsFor = new Map<ObjectId, number>();
  const ready = new Heap();
  for (const commit of byId.values()) {
    const parents = new Set(commit.commit.parents.filter((parent) => byId.has(parent)));
    for (const parent of parents) appendTo(children, parent, commit);
    waitsFor.set(commit.id, parents.size);
    if (parents.size === 0) ready.push(commit);
  }
  const ordered: ViewCommit[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    ordered.push(next);
    for (const child of children.get(next.id) ?? []) {
      const left = (waitsFor.get(child.id) ?? 0) - 1;
      waitsFor.set(child.id, left);
      if (left === 0) ready.push(child);
    }
  }
  return ordered;
}

/** Commits of which the first in order is taken out first. */
class Heap {
  readonly #items: Array<{ readonly seconds: number; readonly commit: ViewCommit }> = [];

  push(commit: ViewCommit): void {
    const items = this.#items;
    let at = items.push({ seconds: committedAt(commit.commit), commit }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): ViewCommit | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first?.commit;
    items[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = left < items.length && this.#isBefore(left, at) ? left : at;
      if (right < items.length && this.#isBefore(right, least)) least = right;
      if (least === at) return first.commit;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#items[a], this.#items[b]];
    if (one === undefined || other === undefined) return false;
    if (one.seconds !== other.seconds) return one.seconds < other.seconds;
    return one.commit.id < other.commit.id;
  }

  #swap(a: number, b: number): void {
    const items = this.#items;
    [items[a], items[b]] = [items[b] as (typeof items)[number], items[a] as (typeof items)[number]];
  }
}
