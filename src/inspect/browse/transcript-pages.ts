import type { TranscriptEntry } from '../../transcripts/entry.ts';
import { readTranscriptEntries } from '../../transcripts/read-entries.ts';
import { searchableText } from '../../transcripts/text-of.ts';

/** Entries of a page. */
const PAGE_ENTRIES = 50;
/** Pages that are kept, so that going back a little reads nothing. */
const KEPT_PAGES = 12;

/** A part of a transcript: 50 entries, the last page maybe fewer. */
export interface TranscriptPage {
  readonly entries: readonly TranscriptEntry[];
  readonly isLast: boolean;
}

/** What is looked for in a transcript. */
export interface WantedEntry {
  readonly text: string | undefined;
  readonly showsHidden: boolean;
}

/** A transcript that is read as far as somebody looks at it. */
export interface OpenTranscript {
  /** Page `number`, from 0 on; one behind the last is empty. Throws where the transcript can't be read. */
  page(number: number): Promise<TranscriptPage>;
  /**
   * The number of the next entry behind `from` (`step` 1), or of the last one before it (-1), that is a prompt, or, where `text` is
   * given, that has this text whatever its case; `undefined` where there is none. Bookkeeping counts where it is shown.
   */
  find(wanted: WantedEntry, from: number, step: 1 | -1): Promise<number | undefined>;
  /** Ends the reading. */
  close(): Promise<void>;
}

/**
 * A transcript by pages. It is read as far as the greatest page that was asked for; of what was read, the last twelve pages are
 * kept. One before them is found by reading from the beginning again: a blob of git can't be entered in its middle.
 */
export class TranscriptPages implements OpenTranscript {
  readonly #open: () => Promise<AsyncIterable<Buffer>>;
  readonly #kept = new Map<number, TranscriptPage>();
  #entries: AsyncGenerator<TranscriptEntry> | undefined;
  /** The entry behind the last page, which shows that there is another page. */
  #ahead: TranscriptEntry | undefined;
  #next = 0;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(open: () => Promise<AsyncIterable<Buffer>>) {
    this.#open = open;
  }

  page(number: number): Promise<TranscriptPage> {
    const turn = this.#busy.then(() => this.#read(number));
    this.#busy = turn.catch(() => undefined);
    return turn;
  }

  async find(wanted: WantedEntry, from: number, step: 1 | -1): Promise<number | undefined> {
    let [at, last] = [0, undefined as number | undefined];
    for await (const entry of readTranscriptEntries(await this.#open())) {
      if (step < 0 && at >= from) break;
      if ((step < 0 || at > from) && isWanted(entry, wanted)) {
        if (step > 0) return at;
        last = at;
      }
      at += 1;
    }
    return last;
  }

  async close(): Promise<void> {
    await this.#busy;
    await this.#entries?.return(undefined);
    this.#entries = undefined;
  }

  async #read(number: number): Promise<TranscriptPage> {
    const kept = this.#kept.get(number);
    if (kept !== undefined) return kept;
    if (number < this.#next || this.#entries === undefined) await this.#restart();
    for (;;) {
      const page = await this.#readNext();
      if (this.#next > number) return page;
      if (page.isLast) return { entries: [], isLast: true };
    }
  }

  async #restart(): Promise<void> {
    await this.#entries?.return(undefined);
    this.#kept.clear();
    this.#entries = readTranscriptEntries(await this.#open());
    this.#next = 0;
    this.#ahead = (await this.#entries.next()).value;
  }

  async #readNext(): Promise<TranscriptPage> {
    const entries: TranscriptEntry[] = [];
    while (this.#ahead !== undefined && entries.length < PAGE_ENTRIES) {
      entries.push(this.#ahead);
      this.#ahead = (await this.#entries?.next())?.value;
    }
    const page = { entries, isLast: this.#ahead === undefined };
    this.#kept.set(this.#next, page);
    this.#kept.delete(this.#next - KEPT_PAGES);
    this.#next += 1;
    return page;
  }
}

function isWanted(entry: TranscriptEntry, { text, showsHidden }: WantedEntry): boolean {
  if (text === undefined) return entry.kind === 'prompt';
  if (entry.kind === 'hidden' && !showsHidden) return false;
  return searchableText(entry).toLowerCase().includes(text.toLowerCase());
}
