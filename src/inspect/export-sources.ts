import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { parseCreatedAt } from '../checkpoint/created-at.ts';
import { isOddTime } from '../checkpoint/odd-time.ts';
import { namedInRange } from '../commits/commits-in-range.ts';
import type { Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { FORMAT_HEAD_BYTES, type Redactor, transcriptFormat } from '../redaction/redactor.ts';
import { checkpointLabel } from './checkpoint-label.ts';
import type { CheckpointReport } from './checkpoint-report.ts';
import { NoCheckpointsNamedError } from './errors.ts';
import type { FindOptions } from './find-checkpoint.ts';
import { findOwners } from './list-checkpoints.ts';
import { openPart } from './open-part.ts';
import { tellingLine } from './prompt-line.ts';
import { findNamed, showCheckpoint } from './show-checkpoint.ts';
import { viewsToRead } from './views-to-read.ts';

/** A checkpoint that leaves the repository: what is known of it, redacted, and how to read its conversations, redacted too. */
export interface ExportSource {
  readonly report: CheckpointReport;
  /** Its label, as `ckpt list` shows it, or its ID. */
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** The sessions that have a transcript, by their names, in order. */
  readonly sessions: readonly string[];
  /** To be read once. Throws a `RedactionError` where redaction failed: what came before must be thrown away. */
  open(session: string): Promise<AsyncIterable<Buffer>>;
}

/**
 * The checkpoints that are meant: of a range (`A..B`, `HEAD^!`) those that its commits name and that are here, the oldest commit first; else
 * the one that `findNamed` finds. Throws what these throw, and `NoCheckpointsNamedError` for a range that names none here.
 */
export async function checkpointsToExport(
  repo: Repository,
  text: string,
  options: FindOptions,
): Promise<CheckpointId[]> {
  if (!/\.\.|\^!$|\s/.test(text)) return [(await findNamed(repo, text, options)).id];
  const named = await namedInRange(repo, text);
  const owners = await findOwners(await viewsToRead(repo, options.layout, options));
  const here = [...named].filter((id) => owners.has(id));
  if (here.length === 0) throw new NoCheckpointsNamedError(text, named.size);
  return here;
}

/** Opens a checkpoint for export. Nothing that a person or an agent wrote leaves without redaction. */
export async function openExport(
  repo: Repository,
  id: CheckpointId,
  redactor: Redactor,
  layout?: LayoutName,
): Promise<ExportSource> {
  const report = await showCheckpoint(repo, id, { layout, mostSessions: Infinity });
  const redacted = async (text: string) => (await redactor.redactText(text)).text;
  const [commit] = report.commits;
  const facts: Array<readonly [string, string]> = [['Checkpoint', id]];
  if (commit !== undefined)
    facts.push(['Commit', commit.commit], ['Author', await redacted(commit.author.replace(/ *<.*/s, ''))]);
  const { branch } = report.summary ?? {};
  if (branch) facts.push(['Branch', await redacted(branch)]);
  const agents = [...new Set(report.sessions.flatMap(({ agent }) => agent ?? []))];
  if (agents.length > 0) facts.push(['Agents', await redacted(agents.join(', '))]);
  const created = report.sessions.map(({ createdAt }) => createdAt).find((time) => time !== null);
  if (created) facts.push(['Created', await redacted(created)]);
  return {
    report,
    title: (await redactedLabel(repo, report, redacted, layout)) ?? id,
    facts,
    sessions: report.sessions.flatMap(({ session, transcript }) => (transcript === null ? [] : [session])),
    async open(session) {
      const { head, rest } = await peek(await openPart(repo, id, 'transcript', { layout, session }));
      return redactor.redactTranscript(rest, transcriptFormat(head)).output;
    },
  };
}

/** Bytes of prompts that a label is looked for in. */
const LABEL_BYTES = 1 << 16;

/** The prompts are redacted before their line is cut: a half of a secret may not be known as one. */
async function redactedLabel(
  repo: Repository,
  report: CheckpointReport,
  redacted: (text: string) => Promise<string>,
  layout?: LayoutName,
): Promise<string | null> {
  const { checkpoint, commits, sessions } = report;
  const withPrompts = sessions.find(({ prompts }) => prompts !== null && prompts.bytes !== null)?.session;
  let prompt: string | undefined;
  if (withPrompts !== undefined && !commits[0]?.subject) {
    for await (const piece of await openPart(repo, checkpoint, 'prompts', { layout, session: withPrompts })) {
      prompt = tellingLine(Buffer.from(await redacted(piece.subarray(0, LABEL_BYTES).toString('utf8'))));
      break;
    }
  }
  const files = [...new Set(sessions.flatMap(({ filesTouched }) => filesTouched))];
  const createdAt = sessions.findLast((session) => session.createdAt !== null)?.createdAt ?? null;
  const time = parseCreatedAt(createdAt);
  const label = checkpointLabel({
    commits,
    prompt: prompt ?? null,
    files,
    createdAt,
    isOddTime: time === undefined || isOddTime(time.instant),
  });
  return label === null ? null : redacted(label);
}

/** The first bytes of a stream, and the whole of it. */
async function peek(stream: AsyncIterable<Buffer>): Promise<{ head: Buffer; rest: AsyncIterable<Buffer> }> {
  const source = stream[Symbol.asyncIterator]();
  const pieces: Buffer[] = [];
  let bytes = 0;
  while (bytes < FORMAT_HEAD_BYTES) {
    const { value, done } = await source.next();
    if (done) break;
    pieces.push(Buffer.from(value));
    bytes += value.length;
  }
  const rest = async function* () {
    yield* pieces;
    for (;;) {
      const { value, done } = await source.next();
      if (done) return;
      yield value;
    }
  };
  return { head: Buffer.concat(pieces).subarray(0, FORMAT_HEAD_BYTES), rest: rest() };
}
