import { isJsonDocument, jsonStrings } from './json-strings.ts';
import type { Range } from './range.ts';
import type { TranscriptFormat } from './transcript-format.ts';

/** A part of the bytes that is scanned by itself; what lies between sites has no secrets and stays as it is. */
export interface Site extends Range {
  readonly kind: 'json' | 'text';
  readonly isNamed: boolean;
  /** The document that this is a key of; absent where it is not a key. */
  readonly keyOf?: Range;
}

/**
 * The sites of a view, in order. `json` is one document, `jsonl` one in each line; lines that are none are text, and so is
 * everything in a `json` that is not valid, line by line. Lines end at `\n` only.
 */
export function* sitesOf(view: string, format: TranscriptFormat): Generator<Site> {
  const whole = { start: 0, end: view.length };
  if (format === 'json' && isJsonDocument(view)) return yield* documentSites(view, whole);
  let text = format === 'text' ? whole : { start: 0, end: 0 };
  for (const line of linesOf(view, text.end)) {
    const json = view.slice(line.start, line.end);
    if (isJsonDocument(json)) {
      if (text.start < text.end) yield textSite(text);
      yield* documentSites(json, line);
      text = { start: line.end, end: line.end };
    } else text = { ...text, end: line.end };
  }
  if (text.start < text.end) yield textSite(text);
}

function textSite({ start, end }: Range): Site {
  return { start, end, kind: 'text', isNamed: false };
}

function* documentSites(json: string, document: Range): Generator<Site> {
  for (const { start, end, isKey, isNamed } of jsonStrings(json)) {
    const site = { start: document.start + start, end: document.start + end, kind: 'json' as const, isNamed };
    yield isKey ? { ...site, keyOf: document } : site;
  }
}

function* linesOf(view: string, from: number): Generator<Range> {
  for (let start = from; start < view.length; ) {
    const feed = view.indexOf('\n', start);
    const end = feed < 0 ? view.length : feed + 1;
    yield { start, end };
    start = end;
  }
}
