import { setTimeout as delay } from 'node:timers/promises';
import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { NamingCommits } from '../../commits/naming-commits.ts';
import { AT_ONCE } from '../../git/batches.ts';
import type { Repository } from '../../git/repository.ts';
import type { LayoutName } from '../../layout/layout.ts';
import { PartNotFoundError } from '../errors.ts';
import type { FindOptions } from '../find-checkpoint.ts';
import { findOwners, type Owners, readListed } from '../list-checkpoints.ts';
import { namingCommits } from '../naming.ts';
import { openPart, type Part } from '../open-part.ts';
import { showCheckpoint } from '../show-checkpoint.ts';
import { viewsToRead } from '../views-to-read.ts';
import type { BrowseRow, BrowseSource, SearchStep } from './browse-source.ts';
import { SearchIndex } from './search-index.ts';
import { parseSearch } from './search-query.ts';
import { TranscriptPages } from './transcript-pages.ts';
import { WrittenOrder } from './written-order.ts';

/** Checkpoints that are read at once for the index: few at first, so that a search shows something soon. */
const FIRST_BATCH = 100;
/** Milliseconds after the first rows until the index is built: what is on the screen comes first. */
const AHEAD_MS = 200;
/** Milliseconds between two steps that a search reports: each of them draws the screen, which costs as much as the search itself. */
const STEP_MS = 400;
/** Bytes of prompts or metadata that are shown. */
const LONGEST_TEXT = 256 * 1024;

/** The checkpoints of one choice of layouts, as they were when they were first asked for. */
interface Listing {
  readonly owners: Owners;
  readonly order: WrittenOrder;
  /** The commits that name checkpoints: read once, for the rows and for the index. */
  readonly naming: Promise<NamingCommits>;
  /** What searches look at: built while the list is there already. */
  readonly index: Promise<SearchIndex>;
}

/** Opens what `ckpt browse` reads. Throws `NoCheckpointsError` where there is neither layout, or not the one to begin with. */
export async function openBrowseSource(
  repo: Repository,
  { layout: first, onEvent }: FindOptions = {},
): Promise<BrowseSource> {
  await viewsToRead(repo, first, { onEvent });
  const layouts = (await viewsToRead(repo)).map(({ layout }) => layout).sort();
  const listings = new Map<LayoutName | undefined, Promise<Listing>>();
  const listing = (layout: LayoutName | undefined) => {
    const known = listings.get(layout) ?? openListing(repo, layout);
    listings.set(layout, known);
    return known;
  };
  const closing = new AbortController();
  let building: Promise<void> | undefined;
  return {
    layouts,
    async order(layout, count) {
      const { owners, order } = await listing(layout);
      return { total: owners.size, ids: await order.first(count) };
    },
    async rows(layout, ids) {
      const here = await listing(layout);
      const rows = await readRows(repo, here, ids);
      building ??= buildIndex(here, closing.signal).catch(() => undefined);
      return rows;
    },
    async search(layout, text, signal, onStep) {
      return searchAll(await listing(layout), text, signal, onStep);
    },
    checkpoint: (layout, id) => showCheckpoint(repo, id, { layout }),
    async sessionTexts(layout, id, session) {
      const read = (part: Part) => readText(openPart(repo, id, part, { layout, session }));
      return { prompts: await read('prompts'), metadata: await read('metadata') };
    },
    transcript: (layout, id, session) =>
      new TranscriptPages(() => openPart(repo, id, 'transcript', { layout, session })),
    async close() {
      closing.abort();
      await building;
    },
  };
}

/** Reads the index ahead of the first search. What can't be read is said by the search that meets it. */
async function buildIndex(listing: Listing, signal: AbortSignal): Promise<void> {
  await delay(AHEAD_MS, undefined, { signal });
  for await (const _ of indexed(listing)) if (signal.aborted) return;
}

/** Checkpoints that the index has, in the order of the list, and how many of them can't be read. */
interface IndexedBatch {
  readonly index: SearchIndex;
  readonly ids: readonly CheckpointId[];
  readonly unreadable: number;
}

/** All checkpoints by batches, in the order of the list, each as soon as the index has it. The next one is asked for before one is handed out. */
async function* indexed(listing: Listing): AsyncGenerator<IndexedBatch> {
  const ask = (from: number) => {
    const batch = addBatch(listing, from, from === 0 ? FIRST_BATCH : AT_ONCE);
    batch.catch(() => undefined); // it is awaited in the next turn, or nobody waits any more
    return batch;
  };
  let next = ask(0);
  for (let looked = 0; looked < listing.owners.size; ) {
    const batch = await next;
    looked += batch.ids.length;
    next = ask(looked);
    yield batch;
  }
}

async function addBatch({ owners, order, index }: Listing, from: number, count: number): Promise<IndexedBatch> {
  const ids = (await order.first(from + count)).slice(from);
  let unreadable = 0;
  const add = async (some: Owners) => {
    await (await index).add(some);
    return [];
  };
  await perBatch(owned({ owners }, ids), add, () => {
    unreadable += 1;
    return [];
  });
  return { index: await index, ids, unreadable };
}

async function openListing(repo: Repository, only: LayoutName | undefined): Promise<Listing> {
  const views = await viewsToRead(repo, only);
  const owners = await findOwners(views);
  const histories = views.map((view) => view.tips);
  const order = new WrittenOrder(repo, histories, owners.keys());
  const naming = namingCommits(repo);
  const index = naming.then((commits) => new SearchIndex(repo, commits));
  index.catch(() => undefined);
  return { owners, order, naming, index };
}

function owned({ owners }: Pick<Listing, 'owners'>, ids: readonly CheckpointId[]): Owners {
  const all = ids.map((id) => [id, owners.get(id)] as const);
  return new Map(all.flatMap(([id, owner]) => (owner === undefined ? [] : [[id, owner]])));
}

/** One checkpoint that can't be read must not hide the others. */
async function readRows(repo: Repository, listing: Listing, ids: readonly CheckpointId[]): Promise<BrowseRow[]> {
  return perBatch<BrowseRow>(
    owned(listing, ids),
    async (some) => readListed(repo, some, await listing.naming),
    (id, error) => [{ checkpoint: id, error }],
  );
}

/** What a function gives for a batch; where that fails, what it gives for each of the batch alone. */
async function perBatch<T>(
  batch: Owners,
  read: (some: Owners) => Promise<T[]>,
  orElse: (id: CheckpointId, error: string) => T[],
): Promise<T[]> {
  try {
    return await read(batch);
  } catch (error) {
    const [first] = batch.keys();
    if (first === undefined) return [];
    if (batch.size === 1) return orElse(first, (error as Error).message);
    const each: T[] = [];
    for (const one of batch) {
      for (const result of await perBatch(new Map([one]), read, orElse)) each.push(result);
    }
    return each;
  }
}

async function searchAll(
  listing: Listing,
  text: string,
  signal: AbortSignal,
  onStep: (step: SearchStep) => void,
): Promise<void> {
  const fits = parseSearch(text, Date.now());
  let found: CheckpointId[] = [];
  let looked = 0;
  let unreadable = 0;
  let reported = Number.NEGATIVE_INFINITY;
  for await (const batch of indexed(listing)) {
    for await (const { id, searchable } of batch.index.look(batch.ids)) {
      if (fits(searchable)) found.push(id);
    }
    looked += batch.ids.length;
    unreadable += batch.unreadable;
    if (signal.aborted) return;
    if (looked < listing.owners.size && performance.now() - reported < STEP_MS) continue;
    onStep({ found, looked, unreadable });
    found = [];
    reported = performance.now();
  }
}

/** The beginning of a part; `null` where there is none. */
async function readText(opening: Promise<AsyncIterable<Buffer>>): Promise<string | null> {
  try {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of await opening) {
      pieces.push(Buffer.from(piece));
      bytes += piece.length;
      if (bytes > LONGEST_TEXT) break;
    }
    const text = Buffer.concat(pieces).subarray(0, LONGEST_TEXT).toString('utf8');
    return bytes > LONGEST_TEXT ? `${text}\n… there is more` : text;
  } catch (error) {
    if (error instanceof PartNotFoundError) return null;
    return `(${(error as Error).message})`;
  }
}
