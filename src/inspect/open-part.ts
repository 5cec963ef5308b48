import { METADATA_FILE, PROMPT_FILE } from '../checkpoint/files.ts';
import { goneGenerations } from '../generations/gone-generations.ts';
import { idsOf } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { CheckpointView, FileEntry, SessionView, TranscriptFiles } from '../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import { layoutOf } from '../layout/layouts.ts';
import { openPiece, openTranscript, readContentHash, type TranscriptPiece } from '../layout/transcript-reader.ts';
import { fileWithRole } from './checkpoint-content.ts';
import { PartNotFoundError, SessionNotNamedError, TranscriptPrunedError } from './errors.ts';
import { type FoundCheckpoint, openCheckpoint } from './find-checkpoint.ts';
import type { ShownPath } from './session-report.ts';
import { findNamed, type Named, type ShowOptions, sessionsAsked, shownPath } from './show-checkpoint.ts';

/** The parts of a checkpoint that can be had as raw bytes. */
export type Part = 'prompts' | 'transcript' | 'metadata';

/**
 * One part of a checkpoint, byte for byte, in pieces: a session's prompts, transcript or metadata; without a session the
 * metadata of the checkpoint itself, its summary. A transcript of several files is put together as it was. That all of it is
 * there is made sure before the first byte. Throws what `findNamed` throws, and errors that say what is missing.
 */
export async function openPart(
  repo: Repository,
  named: Named,
  part: Part,
  options: ShowOptions,
): Promise<AsyncIterable<Buffer>> {
  const found = await findNamed(repo, named, options);
  const { id, views } = found;
  const checkpoint = await openCheckpoint(views[0], id);
  const pathOf = shownPath(views[0].layout, id);
  const open = (file: FileEntry | undefined, path: string) => {
    if (file !== undefined) return openPiece(repo, { id: file.id, path: pathOf(file) });
    const missing = layoutOf(views[0].layout).place(id, path).path;
    throw new PartNotFoundError(`there is no ${missing} on ${checkpoint.at.name}`, undefined);
  };
  if (part === 'metadata' && options.session === undefined) {
    return open(fileWithRole(checkpoint.files, 'summary'), METADATA_FILE);
  }
  const flags = [`--${part}`, ...(options.rendered === true ? ['--rendered'] : [])];
  const session = theSession(checkpoint, flags, options.session);
  if (part === 'prompts') return open(fileWithRole(session.files, 'prompts'), `${session.name}/${PROMPT_FILE}`);
  if (part === 'metadata') return open(fileWithRole(session.files, 'metadata'), `${session.name}/${METADATA_FILE}`);
  if (session.transcript === undefined) throw await withoutTranscript(repo, found, session, flags);
  return openWhole(repo, session.transcript, pathOf);
}

function theSession(checkpoint: CheckpointView, flags: readonly string[], asked: string | undefined): SessionView {
  const [session, ...others] = sessionsAsked(checkpoint, asked);
  if (session === undefined) throw new PartNotFoundError(`checkpoint ${checkpoint.id} has no session`, undefined);
  if (others.length === 0) return session;
  throw new SessionNotNamedError(
    checkpoint.id,
    flags,
    checkpoint.sessions.map(({ name }) => name),
  );
}

async function openWhole(
  repo: Repository,
  { pieces, hash }: TranscriptFiles,
  pathOf: ShownPath,
): Promise<AsyncIterable<Buffer>> {
  const placed = pieces.map((piece) => ({ id: piece.id, path: pathOf(piece) }));
  const contentHash = await readContentHash(repo, hash?.id);
  await assertHere(repo, placed);
  return openTranscript(repo, placed, contentHash);
}

/** Makes sure that all files can be read; a partial clone fetches what it lacks. Throws `BadObjectError`. */
async function assertHere(repo: Repository, pieces: readonly TranscriptPiece[]): Promise<void> {
  const infos = await repo.objectInfo(idsOf(pieces));
  for (const piece of pieces.filter((_, i) => infos[i] === undefined)) {
    const stream = await openPiece(repo, piece);
    await stream[Symbol.asyncIterator]().return?.();
  }
}

/** Why a session has no transcript: it never had one, or it went with a generation; and which layout still has it. */
async function withoutTranscript(
  repo: Repository,
  { id, views: [view, ...others] }: FoundCheckpoint,
  { name }: SessionView,
  flags: readonly string[],
): Promise<Error> {
  for (const other of others) {
    const { sessions } = await openCheckpoint(other, id);
    if (sessions.find((session) => session.name === name)?.transcript === undefined) continue;
    return new PartNotFoundError(
      `${LAYOUT_NAMES[view.layout]} ${agreeing(view.layout, 'has', 'have')} no transcript of session ${name} of checkpoint ${id}`,
      [
        `${LAYOUT_NAMES[other.layout]} ${agreeing(other.layout, 'has', 'have')} it: `,
        ['ckpt', 'show', id, ...flags, '--session', name, '--layout', other.layout],
      ],
    );
  }
  const gone = await goneGenerations(repo, view.refs, id);
  if (gone.length > 0) return new TranscriptPrunedError(id, name, gone);
  return new PartNotFoundError(`session ${name} of checkpoint ${id} has no transcript on ${view.where}`, undefined);
}
