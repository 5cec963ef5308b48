import { METADATA_FILE } from '../../checkpoint/files.ts';
import { COMPACT_NAMES, rawTranscript } from '../../checkpoint/transcript.ts';
import { START_FIELD } from '../../compare/field-rules.ts';
import { BadObjectError } from '../../git/errors.ts';
import { inCaseOf } from '../../git/in-case-of.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { contentIn, readDocuments } from '../../git/read-usable.ts';
import type { ObjectSink, Repository } from '../../git/repository.ts';
import { isRegularFileMode } from '../../git/tree.ts';
import { openJson } from '../../json/editor.ts';
import { tryObject } from '../../json/read.ts';
import type { FileEntry } from '../../layout/layout.ts';
import { openTranscript } from '../../layout/transcript-reader.ts';
import { rawStart } from './raw-start.ts';
import type { SessionFate } from './session-fate.ts';

/** Counts the starts of sessions in raw transcripts, each once for the same files. */
export class PlainStarts {
  readonly #repo: Repository;
  readonly #sink: ObjectSink;
  readonly #known = new Map<string, PlainStart & { readonly id: ObjectId }>();

  constructor(repo: Repository, sink: ObjectSink) {
    this.#repo = repo;
    this.#sink = sink;
  }

  /** Puts the metadata of a session with its start counted among the files. */
  async put(files: Map<string, FileEntry>, session: string): Promise<SessionFate['start']> {
    const path = `${session}/${METADATA_FILE}`;
    const metadata = files.get(path);
    if (metadata === undefined || !isRegularFileMode(metadata.mode)) return undefined;
    const prefix = `${session}/`;
    const inSession = [...files].filter(([name]) => name.startsWith(prefix));
    const raw = rawTranscript(new Map(inSession.map(([name, { id }]) => [name.slice(prefix.length), id])));
    const pieces = raw?.pieces ?? [];
    const compact = files.get(prefix + COMPACT_NAMES.transcript)?.id;
    const key = [metadata.id, compact, ...pieces].join(' ');
    let found = this.#known.get(key);
    if (found === undefined) {
      const [document] = await readDocuments(this.#repo, [metadata.id]);
      const content = contentIn(document);
      if (content === undefined) return undefined;
      const made = await plainStart(this.#repo, { metadata: content, compact, pieces });
      found = { ...made, id: made.start === undefined ? metadata.id : this.#sink.add('blob', made.metadata) };
      this.#known.set(key, { ...found, metadata: Buffer.alloc(0) });
    }
    files.set(path, { ...metadata, id: found.id });
    return found.start;
  }
}

/** A session whose `checkpoint_transcript_start` may be counted in compact lines. */
interface CountedSession {
  readonly metadata: Buffer;
  /** The compact transcript; `undefined` where there is none. */
  readonly compact: ObjectId | undefined;
  /** The files of the raw transcript, in order; none where it was pruned. */
  readonly pieces: readonly ObjectId[];
}

/** The metadata with the number counted in the raw transcript, or without it where it can't be; the buffer itself where it has none. */
interface PlainStart {
  readonly metadata: Buffer;
  readonly start: 'counted' | 'left out' | undefined;
}

/** Counts a session's `checkpoint_transcript_start` in the raw transcript. No other byte of the metadata changes. */
async function plainStart(repo: Repository, { metadata, compact, pieces }: CountedSession): Promise<PlainStart> {
  const start = tryObject(metadata)?.[START_FIELD];
  if (typeof start !== 'number' || start === 0) return { metadata, start: undefined };
  const json = openJson(metadata);
  if ('why' in json) return { metadata, start: undefined };
  const counted = Number.isSafeInteger(start) && start > 0 ? await count(repo, start, compact, pieces) : undefined;
  if (counted === undefined) json.remove([START_FIELD]);
  else json.set([START_FIELD], Buffer.from(String(counted)));
  return { metadata: json.content, start: counted === undefined ? 'left out' : 'counted' };
}

async function count(
  repo: Repository,
  start: number,
  compact: ObjectId | undefined,
  pieces: readonly ObjectId[],
): Promise<number | undefined> {
  if (compact === undefined || pieces.length === 0) return undefined;
  const lines = await repo.streamBlob(compact);
  if (lines === undefined) return undefined;
  const raw = pieces.map((id, i) => ({ id, path: `piece ${i}` }));
  // As in a partial clone: what is not here can't be counted.
  const uncountable = inCaseOf(BadObjectError, () => undefined);
  return rawStart(start, lines, openTranscript(repo, raw, undefined)).catch(uncountable);
}
