import { CkptError } from '../checkpoint/errors.ts';
import type { SessionFinalize, SessionWrite } from '../checkpoint/session-write.ts';
import { assertMaxCheckpoints } from '../generations/max-checkpoints.ts';
import type { RefUpdate, Repository } from '../git/repository.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { type LastRun, recordRun } from '../stores/last-run.ts';
import type { WriteResult } from '../stores/session-writer.ts';
import { DEFAULT_SETTINGS, readSettings, type Settings, type WriteMode } from '../stores/settings.ts';
import { logFailure, messageOf } from './failure-log.ts';

/** What became of V2. */
export type V2Outcome =
  /** V2 is brought up to V1, or was already. */
  | 'ok'
  /** The settings do not turn V2 on: nothing of it was touched. */
  | 'off'
  /** V2 could not be written. V1 is; the next run closes the gap. */
  | 'failed'
  /** V2 took longer than the time limit. The next run closes the gap. */
  | 'timeout';

/** What a run of dual-write did. */
export interface DualWriteResult {
  readonly mode: WriteMode;
  /** The checkpoint that was written; `null` for the mirror. */
  readonly checkpoint: string | null;
  readonly session: string | null;
  /** The refs that moved, in both layouts. */
  readonly refs: readonly RefUpdate[];
  /** How many secrets were taken out of what was stored. */
  readonly redactionCount: number;
  readonly v2: V2Outcome;
  readonly warnings: readonly string[];
}

/** Options of both forms. */
export interface DualWriteOptions {
  /** How long V2 may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Checkpoints in a full generation. */
  readonly maxCheckpoints: number;
  readonly env: NodeJS.ProcessEnv;
  readonly now?: Date;
  /** Default: our rules, loaded when something is to be redacted. */
  readonly loadRedactor?: () => Promise<Redactor>;
}

/** One checkpoint to be written, as a document. */
export interface DocumentWrite {
  readonly content: string;
  /** Where the paths in the document start. */
  readonly folder: string;
  /** Replaces the transcript and prompts of a checkpoint that is there. */
  readonly finalize: boolean;
}

/** The mirror: projects the V1 commits that V2 does not have yet. Where the settings do not turn V2 on, it does nothing. */
export async function mirror(repo: Repository, options: DualWriteOptions): Promise<DualWriteResult> {
  const run = new Run(repo, options);
  const settings = await run.settings();
  if (settings.mode === 'dual') await run.mirror(settings);
  return run.result(settings.mode);
}

/** Writes one checkpoint to the layouts that the settings name, V1 first. Throws where that one could not be written. */
export async function writeDocument(
  repo: Repository,
  write: DocumentWrite,
  options: DualWriteOptions,
): Promise<DualWriteResult> {
  const { parseDocument } = await import('./document.ts');
  const document = parseDocument(write.content);
  const run = new Run(repo, options);
  const settings = await run.settings();
  const { redactDocument } = await import('./redacted-write.ts');
  const redacted = await redactDocument(document, write.folder, run.started, options.loadRedactor ?? loadRules);
  const written = await run.write(settings, redacted.write, write.finalize);
  return run.result(settings.mode, written, redacted.redactions());
}

async function loadRules(): Promise<Redactor> {
  const { loadRedactor } = await import('../redaction/redactor.ts');
  return loadRedactor();
}

/** One run: collects warnings and moved refs. V2 failures end here. */
class Run {
  readonly started: Date;
  readonly #repo: Repository;
  readonly #options: DualWriteOptions;
  readonly #begin = performance.now();
  readonly #warnings: string[] = [];
  readonly #refs: RefUpdate[] = [];
  #outcome: V2Outcome = 'off';

  constructor(repo: Repository, options: DualWriteOptions) {
    this.#repo = repo;
    this.#options = options;
    this.started = options.now ?? new Date();
  }

  /** The settings; where they can't be read V2 is left alone, and V1 is written all the same. */
  async settings(): Promise<Settings> {
    try {
      return await readSettings(this.#repo.workTree);
    } catch (error) {
      await this.#fail(error);
      await this.#record('failed', this.#begin);
      return DEFAULT_SETTINGS;
    }
  }

  /** Brings V2 up to V1's tip within the time limit. Never throws. */
  async mirror(settings: Settings): Promise<void> {
    const begin = performance.now();
    try {
      await this.#withinLimit(this.#project(settings));
      this.#outcome = 'ok';
    } catch (error) {
      await this.#fail(error);
    }
    await this.#record(this.#outcome === 'off' ? 'ok' : this.#outcome, begin);
  }

  /** Writes a session to the layouts of the settings. A transcript that can't be redacted is left out, and said so. */
  async write(settings: Settings, write: SessionWrite, isFinalize: boolean): Promise<WriteResult> {
    const [{ SessionWriter }, { authorOf }, { layoutOf }, { leftSummary }] = await Promise.all([
      import('../stores/session-writer.ts'),
      import('../stores/author.ts'),
      import('../layout/layouts.ts'),
      import('./left-summary.ts'),
    ]);
    const author = await authorOf(this.#repo, this.#options.env, this.started);
    const { maxCheckpoints } = this.#options;
    const writer = new SessionWriter(this.#repo, author, {
      layout: layoutOf(settings.mode === 'v2' ? 'v2' : 'v1'),
      generations: { mode: settings.fullCurrentMode, maxCheckpoints },
    });
    const store = (session: SessionWrite) =>
      isFinalize ? writer.updateCommitted(finalizeOf(session)) : writer.writeCommitted(session);
    const result = await this.#withoutUnredactable(write, store);
    this.#refs.push(...result.refs);
    const left = await leftSummary(this.#repo, result);
    if (left !== undefined) this.#warnings.push(left);
    // V1 is the truth, and V2 its projection: best effort, and the next run closes the gap that a failure leaves.
    if (settings.mode === 'dual') await this.mirror(settings);
    if (settings.mode === 'v2') this.#outcome = 'ok';
    return result;
  }

  result(mode: WriteMode, written?: WriteResult, redactionCount = 0): DualWriteResult {
    return {
      mode,
      checkpoint: written?.checkpointId ?? null,
      session: written?.session ?? null,
      refs: this.#refs,
      redactionCount,
      v2: this.#outcome,
      warnings: this.#warnings,
    };
  }

  async #project({ fullCurrentMode }: Settings): Promise<void> {
    const { updateV2 } = await import('../project/v2/update-v2.ts');
    const { maxCheckpoints } = this.#options;
    assertMaxCheckpoints(maxCheckpoints);
    const { updates, mode, warnings } = await updateV2(this.#repo, {
      maxCheckpoints,
      fullCurrentMode,
      rebuild: false,
      onEvent: () => {},
    });
    this.#refs.push(...updates);
    // V2 was replaced, not only added to: one line says so, and where the refs of before are.
    if (mode === 'rewritten') this.#warnings.push(...warnings);
  }

  async #withoutUnredactable(
    write: SessionWrite,
    store: (write: SessionWrite) => Promise<WriteResult>,
  ): Promise<WriteResult> {
    try {
      return await store(write);
    } catch (error) {
      if (!(error instanceof CkptError) || error.code !== 'REDACTION_FAILED') throw error;
      this.#warnings.push(`the transcript could not be redacted, and is not stored: ${messageOf(error)}`);
      return store(withoutTranscripts(write));
    }
  }

  async #withinLimit(work: Promise<void>): Promise<void> {
    const { timeoutMs } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const message = 'V2 was not brought up to V1 within the time limit';
        reject(
          new CkptError('TIMEOUT', message, { hint: 'The next run goes on with it. --timeout gives it more time.' }),
        );
      }, timeoutMs);
    });
    try {
      await Promise.race([work, limit]);
    } finally {
      clearTimeout(timer);
      work.catch(() => undefined); // what it says after the limit interests nobody
    }
  }

  /** Notes for `ckpt hooks status` how V2 fared. */
  #record(outcome: LastRun['outcome'], begin: number): Promise<void> {
    const durationMs = Math.round(performance.now() - begin);
    return recordRun(this.#repo.commonDir, { at: this.started.toISOString(), outcome, durationMs });
  }

  async #fail(error: unknown): Promise<void> {
    this.#outcome = error instanceof CkptError && error.code === 'TIMEOUT' ? 'timeout' : 'failed';
    this.#warnings.push(`V2 is left as it is until the next run: ${messageOf(error)}`);
    await logFailure(this.#repo.commonDir, this.started, error);
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
