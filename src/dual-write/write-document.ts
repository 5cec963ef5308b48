import { CkptError } from '../checkpoint/errors.ts';
import type { SessionFinalize, SessionWrite } from '../checkpoint/session-write.ts';
import type { Repository } from '../git/repository.ts';
import { layoutOf } from '../layout/layouts.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { authorOf } from '../stores/author.ts';
import type { MirrorPlan } from '../stores/mirrors.ts';
import { SessionWriter, type WriteResult } from '../stores/session-writer.ts';
import { begunAlone } from './begun-alone.ts';
import { parseDocument } from './document-schema.ts';
import type { DualWriteResult } from './dual-write-result.ts';
import { messageWithCauses } from './failure-log.ts';
import { leftSummary } from './left-summary.ts';
import { type DualWriteOptions, MirrorRun } from './mirror.ts';
import { redactDocument } from './redacted-write.ts';

/** One checkpoint to be written, as a document. */
export interface DocumentWrite {
  readonly content: string;
  /** Where the paths in the document start. */
  readonly folder: string;
  /** Replaces the transcript and prompts of a checkpoint that is there. */
  readonly finalize: boolean;
}

/** Options of a document's write. */
export interface DocumentOptions extends DualWriteOptions {
  /** Default: our rules, loaded when something is to be redacted. */
  readonly loadRedactor?: () => Promise<Redactor>;
}

/** Writes one checkpoint to the primary layout, and brings the others up to it. Throws where that one could not be written. */
export async function writeDocument(
  repo: Repository,
  write: DocumentWrite,
  options: DocumentOptions,
): Promise<DualWriteResult> {
  const document = parseDocument(write.content);
  const run = new MirrorRun(repo, options);
  const plan = await run.plan();
  const redacted = await redactDocument(document, write.folder, run.started, options.loadRedactor ?? loadRules);
  const written = await writePrimary(run, plan, redacted.write, write.finalize);
  // What follows is best effort, and the next run closes the gap that a failure leaves.
  if (plan.targets.length > 0) await run.mirror(plan);
  return run.result(plan, written, redacted.redactions());
}

async function loadRules(): Promise<Redactor> {
  const { loadRedactor } = await import('../redaction/redactor.ts');
  return loadRedactor();
}

/** Writes a session to the primary layout. A transcript that can't be redacted is left out, and said so. */
async function writePrimary(
  run: MirrorRun,
  plan: MirrorPlan,
  write: SessionWrite,
  isFinalize: boolean,
): Promise<WriteResult> {
  const { repo, options } = run;
  const author = await authorOf(repo, options.env, run.started);
  const size = await run.sizeFor(plan.primary);
  const writer = new SessionWriter(repo, author, {
    layout: layoutOf(plan.primary),
    generations: { mode: plan.settings.fullCurrentMode, ...size },
  });
  const store = (session: SessionWrite) =>
    isFinalize ? writer.updateCommitted(finalizeOf(session)) : writer.writeCommitted(session);
  const result = await withoutUnredactable(run, write, store);
  for (const each of result.refs) run.refs.push(each);
  const left = layoutOf(plan.primary).hasRefPerCheckpoint ? undefined : await leftSummary(repo, result);
  const begun = await begunAlone(repo, result);
  for (const warning of [left, begun]) if (warning !== undefined) run.warnings.push(warning);
  return result;
}

async function withoutUnredactable(
  run: MirrorRun,
  write: SessionWrite,
  store: (write: SessionWrite) => Promise<WriteResult>,
): Promise<WriteResult> {
  try {
    return await store(write);
  } catch (error) {
    if (!(error instanceof CkptError) || error.code !== 'REDACTION_FAILED') throw error;
    run.warnings.push(`the transcript could not be redacted, and is not stored: ${messageWithCauses(error)}`);
    return store(withoutTranscripts(write));
  }
}

function withoutTranscripts(write: SessionWrite): SessionWrite {
  const { transcript: _, task, ...rest } = write;
  if (task?.final === undefined) return { ...rest, keepsTranscript: true, ...(task !== undefined && { task }) };
  return { ...rest, keepsTranscript: true, task: { ...task, final: { checkpoint: task.final.checkpoint } } };
}

function finalizeOf({ checkpointId, sessionId, prompts, transcript }: SessionWrite): SessionFinalize {
  return {
    checkpointId,
    sessionId,
    ...(prompts !== undefined && { prompts }),
    ...(transcript !== undefined && { transcript }),
  };
}
