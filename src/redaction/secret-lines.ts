import type { FindSecrets } from './finder.ts';
import { type DocumentWithSecrets, secretsInBytes } from './found-secrets.ts';
import { PendingBytes } from './pending-bytes.ts';
import { asRedactionError } from './redaction-error.ts';
import { FORMAT_HEAD_BYTES, type TranscriptFormat, transcriptFormat } from './transcript-format.ts';

/** Secrets that begin in one line. The secrets themselves are never told. */
export interface SecretLine {
  /** From 1 on. */
  readonly line: number;
  readonly count: number;
  /** The names of the rules that found them, sorted. */
  readonly rules: readonly string[];
}

/** Finds the secrets in a text that is given in pieces, and says in which lines they are, in order. */
export type SecretScan = (content: AsyncIterable<Uint8Array>) => Promise<SecretLine[]>;

/** So many new bytes are scanned together. A line that is longer is taken as a whole, up to the size of a document. */
const BATCH = 1 << 20;
/** A JSON document over several lines is scanned as a whole up to this size, a larger one line by line, and a longer line in parts. */
const LARGEST_DOCUMENT = 32 << 20;
/** What a part of a line has in common with the next one: more than is looked at around a secret. */
const OVERLAP = 1 << 20;
const LINE_FEED = 0x0a;

/** Loads the rules, which takes some 20 ms. What it returns finds what redaction would replace, and throws `RedactionError`. */
export async function loadSecretScan(): Promise<SecretScan> {
  const { findSecrets } = await asRedactionError('loading the rules', () => import('./finder.ts'));
  return (content) => asRedactionError('scanning for secrets', () => scanLines(content, findSecrets));
}

async function scanLines(content: AsyncIterable<Uint8Array>, find: FindSecrets): Promise<SecretLine[]> {
  const lines = new SecretLines(find);
  for await (const chunk of content) lines.add(chunk);
  return lines.end();
}

class SecretLines {
  readonly #find: FindSecrets;
  readonly #found = new Map<number, { count: number; rules: Set<string> }>();
  /** What was not scanned yet; the line that it begins in; and how much of it is new since the last scan. */
  readonly #pending = new PendingBytes();
  #line = 1;
  #added = 0;
  #format: TranscriptFormat | undefined;

  constructor(find: FindSecrets) {
    this.#find = find;
  }

  add(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#added += bytes.length;
    if (this.#added < FORMAT_HEAD_BYTES) return;
    this.#decideFormat();
    if (this.#format === 'json' && this.#added > LARGEST_DOCUMENT) this.#format = 'jsonl';
    if (this.#format === 'json' || this.#added < BATCH) return;
    if (bytes.includes(LINE_FEED)) {
      const all = this.#pending.take();
      this.#scan(all, all.lastIndexOf(LINE_FEED) + 1, false);
    } else if (this.#added > LARGEST_DOCUMENT) this.#scanPart();
  }

  end(): SecretLine[] {
    this.#decideFormat();
    const all = this.#pending.take();
    this.#scan(all, all.length, true);
    return [...this.#found].map(([line, { count, rules }]) => ({ line, count, rules: [...rules].sort() }));
  }

  #decideFormat(): void {
    this.#format ??= transcriptFormat(this.#pending.head(FORMAT_HEAD_BYTES));
  }

  #scan(all: Buffer, length: number, isEnd: boolean): void {
    const { documents, end } = secretsInBytes(all.subarray(0, length), this.#format ?? 'text', isEnd, this.#find);
    this.#settle(all, documents, end);
    this.#added = length < all.length ? all.length - length : 0;
  }

  /** Scans what there is of a long line. What begins in its last part is found with what follows. */
  #scanPart(): void {
    const all = this.#pending.take();
    const { documents } = secretsInBytes(all, 'text', true, this.#find);
    this.#settle(all, documents, all.length - OVERLAP);
    this.#added = OVERLAP;
  }

  /** Notes the secrets that begin before `end`; the rest waits. */
  #settle(bytes: Buffer, documents: readonly DocumentWithSecrets[], end: number): void {
    let at = 0;
    for (const { start, rules } of documents.flatMap(({ secrets }) => secrets)) {
      if (start >= end) break;
      this.#line += lineFeeds(bytes, at, start);
      at = start;
      const known = this.#found.get(this.#line) ?? { count: 0, rules: new Set() };
      this.#found.set(this.#line, known);
      known.count += 1;
      for (const rule of rules) known.rules.add(rule);
    }
    this.#line += lineFeeds(bytes, at, end);
    this.#pending.push(bytes.subarray(end));
  }
}

function lineFeeds(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED, from); at >= 0 && at < to; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}
