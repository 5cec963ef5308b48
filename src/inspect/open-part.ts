import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE, PROMPT_FILE } from '../checkpoint/files.ts';
import { readEntries, readManifest } from '../generations/manifest.ts';
import type { Repository } from '../git/repository.ts';
import { displayName } from '../git/tree.ts';
import { V2_MANIFEST_REF } from '../layout/ref-names.ts';
import { findFile } from '../layout/survey-folders.ts';
import { findTranscript, openPiece, type Piece, transcriptFiles } from '../layout/transcript-reader.ts';
import { type CheckpointFiles, readCheckpointFiles, type SessionFiles } from './checkpoint-files.ts';
import { PartNotFoundError, SessionNotNamedError, TranscriptPrunedError } from './errors.ts';
import { type FoundCheckpoint, findCheckpoint } from './find-checkpoint.ts';
import type { OpenLayout } from './layouts.ts';
import { type ShowOptions, sessionsAsked } from './show-checkpoint.ts';

/** The parts of a checkpoint that can be had as raw bytes. */
export type Part = 'prompts' | 'transcript' | 'metadata';

/**
 * One part of a checkpoint, byte for byte, in pieces: a session's prompts, transcript or metadata; without a session the
 * metadata of the checkpoint itself, its summary. A transcript of several files is put together as it was. That all of it is
 * there is made sure before the first byte. Throws what `findCheckpoint` throws, and errors that say what is missing.
 */
export async function openPart(
  repo: Repository,
  idPrefix: string,
  part: Part,
  options: ShowOptions,
): Promise<AsyncIterable<Buffer>> {
  const found = await findCheckpoint(repo, idPrefix, options.layout);
  const [layout] = found.layouts;
  const files = await readCheckpointFiles(repo, layout, found.id);
  if (part === 'metadata' && options.session === undefined) {
    return openFile(repo, found, shardPath(found.id), files.entries, METADATA_FILE);
  }
  const session = theSession(found, files, part, options.session);
  const folder = `${shardPath(found.id)}/${session.name}`;
  if (part === 'transcript') return openTranscript(repo, found, folder, session);
  return openFile(repo, found, folder, session.entries, part === 'prompts' ? PROMPT_FILE : METADATA_FILE);
}

function theSession(
  found: FoundCheckpoint,
  files: CheckpointFiles,
  part: Part,
  asked: string | undefined,
): SessionFiles {
  const [session, ...others] = sessionsAsked(found, files, asked);
  if (session === undefined) throw new PartNotFoundError(`checkpoint ${found.id} has no session`, undefined);
  if (others.length === 0) return session;
  throw new SessionNotNamedError(
    found.id,
    part,
    files.sessions.map(({ name }) => name),
  );
}

async function openFile(
  repo: Repository,
  { layouts: [layout] }: FoundCheckpoint,
  folder: string,
  entries: SessionFiles['entries'],
  name: string,
): Promise<AsyncIterable<Buffer>> {
  const entry = findFile(entries, name);
  if (entry === undefined)
    throw new PartNotFoundError(`there is no ${folder}/${name} on ${layout.ref.name}`, undefined);
  return openPiece(repo, { id: entry.id, path: `${folder}/${name}` });
}

async function openTranscript(
  repo: Repository,
  found: FoundCheckpoint,
  folder: string,
  session: SessionFiles,
): Promise<AsyncIterable<Buffer>> {
  const { full } = session;
  const transcript = full && (await findTranscript(repo, full.ref, folder, full.entries));
  if (transcript === undefined || full === undefined) throw await withoutTranscript(repo, found, session);
  const pieces = transcriptFiles(full.entries)?.pieces ?? [];
  await assertHere(
    repo,
    pieces.map(({ id, name }) => ({ id, path: `${folder}/${displayName(name)}` })),
  );
  return transcript.stream();
}

/** Makes sure that all files can be read; a partial clone fetches what it lacks. Throws `BadObjectError`. */
async function assertHere(repo: Repository, pieces: readonly Piece[]): Promise<void> {
  const infos = await repo.objectInfo(pieces.map(({ id }) => id));
  for (const piece of pieces.filter((_, i) => infos[i] === undefined)) {
    const stream = await openPiece(repo, piece);
    await stream[Symbol.asyncIterator]().return?.();
  }
}

/** Why a session has no transcript: it never had one, or it went with a generation; and which layout still has it. */
async function withoutTranscript(
  repo: Repository,
  { id, layouts: [layout, ...others] }: FoundCheckpoint,
  { name }: SessionFiles,
): Promise<Error> {
  for (const other of others) {
    const files = await readCheckpointFiles(repo, other, id);
    if (files.sessions.find((session) => session.name === name)?.full === undefined) continue;
    const hint = `${other.layout.toUpperCase()} has it: ckpt show ${id} --transcript --session ${name} --layout ${other.layout}`;
    return new PartNotFoundError(
      `${layout.layout.toUpperCase()} has no transcript of session ${name} of checkpoint ${id}`,
      hint,
    );
  }
  const gone = layout.layout === 'v2' ? await goneGenerations(repo, layout, id) : [];
  if (gone.length > 0) return new TranscriptPrunedError(id, name, gone);
  return new PartNotFoundError(
    `session ${name} of checkpoint ${id} has no transcript on ${layout.ref.name}`,
    undefined,
  );
}

/** The generations that are not here and held the checkpoint, by the manifest; where that tells of none, those that it does not know. */
async function goneGenerations(repo: Repository, { refs }: OpenLayout, id: CheckpointId): Promise<number[]> {
  const entries = await readEntries(repo, await readManifest(repo, refs.v2.get(V2_MANIFEST_REF)), () => {});
  const here = new Set(refs.archives.map(({ number }) => number));
  const told = [...entries].filter(([number, { entry }]) => !here.has(number) && entry.checkpoints.includes(id));
  if (told.length > 0) return told.map(([number]) => number);
  const greatest = refs.archives.at(-1)?.number ?? 0;
  const all = Array.from({ length: greatest }, (_, i) => i + 1);
  return all.filter((number) => !here.has(number) && !entries.has(number));
}
