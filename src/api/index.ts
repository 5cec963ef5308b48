/**
 * The programming interface of ckpt: what the commands do, as functions. They print nothing and never end the process. Progress comes
 * through `onEvent`, which must not throw; a `signal` stops the work at the next access to the repository, with all refs moved or
 * none. Errors that a user can cause have a `code` (`CkptError`, `GitError`).
 *
 * @packageDocumentation
 */

import type { DualWriteResult } from '../dual-write/dual-write-result.ts';
import { mirror as runMirror } from '../dual-write/mirror.ts';
import { chooseSize } from '../generations/size.ts';
import type { CheckpointReport } from '../inspect/checkpoint-report.ts';
import { type CheckpointList, type ListOptions, listCheckpoints as runList } from '../inspect/list-checkpoints.ts';
import { openPart } from '../inspect/open-part.ts';
import { type ShowOptions, showCheckpoint } from '../inspect/show-checkpoint.ts';
import { LAYOUT_WORDS } from '../layout/layout-names.ts';
import { isFreeLayout } from '../layout/layouts.ts';
import type { LayoutMigration } from '../migrate/between/layout-migration.ts';
import { type BetweenOptions, migrateBetween } from '../migrate/between/migrate-between.ts';
import { type MigrateOptions, migrate as runMigrate } from '../migrate/migrate.ts';
import type { MigrateResult } from '../migrate/migrate-result.ts';
import { type PruneOptions, prune as runPrune } from '../prune/prune.ts';
import type { PruneResult } from '../prune/prune-result.ts';
import { fetchCheckpoints, type RemoteFetchOptions } from '../remote/fetch.ts';
import { pushCheckpoints, type RemotePushOptions } from '../remote/push.ts';
import type { FetchResult, PushResult } from '../remote/result.ts';
import { type RepairOptions, repair as runRepair } from '../repair/repair.ts';
import type { RepairResult } from '../repair/repair-result.ts';
import { type RotateOptions, rotate as runRotate } from '../rotate/rotate.ts';
import type { RotateResult } from '../rotate/rotate-result.ts';
import { readRetention, readSettings } from '../stores/settings.ts';
import type { VerifyReport } from '../verify/report.ts';
import { verify as runVerify, type VerifyOptions } from '../verify/verify.ts';
import { type Abortable, type CheckpointRepository, seamOf } from './repository.ts';
import { assertWord } from './usage.ts';

export { CkptError } from '../checkpoint/errors.ts';
export type { Phase, ProgressEvent, ProgressListener } from '../checkpoint/progress.ts';
export { GitError } from '../git/errors.ts';
export type { EngineChoice, OpenOptions } from '../git/open.ts';
export type { EngineName, RefUpdate } from '../git/repository.ts';
export type { ListedCheckpoint } from '../inspect/list-checkpoints.ts';
export type { Part } from '../inspect/open-part.ts';
export type { LayoutName } from '../layout/layout.ts';
export type { Hint } from '../shell/hint.ts';
export type { Finding, Severity } from '../verify/finding.ts';
export { type Abortable, type CheckpointRepository, openRepository } from './repository.ts';
export type {
  BetweenOptions,
  CheckpointList,
  CheckpointReport,
  DualWriteResult,
  FetchResult,
  LayoutMigration,
  ListOptions,
  MigrateOptions,
  MigrateResult,
  PruneOptions,
  PruneResult,
  PushResult,
  RepairOptions,
  RepairResult,
  RotateOptions,
  RotateResult,
  ShowOptions,
  VerifyOptions,
  VerifyReport,
};

/** Options of `mirror`. */
export interface MirrorOptions extends Abortable {
  /** How long V2 may take, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number;
  /** Checkpoints in a full generation. Default: what V2 records, else 100. */
  readonly maxCheckpoints?: number;
  /** The environment in which settings are looked up. Default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Brings V2 up to V1's tip. Does nothing where it is there already. */
export async function migrate(
  repo: CheckpointRepository,
  options: Omit<MigrateOptions, 'source' | 'sizeRecord'> & Abortable = {},
): Promise<MigrateResult> {
  const seam = seamOf(repo, options);
  const size = await chooseSize(seam, { asked: options.maxCheckpoints, isRebuild: options.rebuild ?? false });
  const { fullCurrentMode } = await readSettings(seam);
  return runMigrate(seam, { fullCurrentMode, ...options, ...size });
}

/** Brings V1 or git-refs up to another layout. */
export async function migrateLayout(
  repo: CheckpointRepository,
  options: BetweenOptions & Abortable,
): Promise<LayoutMigration> {
  const seam = seamOf(repo, options);
  assertWord('from', options.from ?? null, LAYOUT_WORDS);
  assertWord('to', options.to ?? null, LAYOUT_WORDS.filter(isFreeLayout));
  return migrateBetween(seam, options);
}

/** Compares V2 with what V1 says that it should hold. Writes nothing. Differences are findings, not errors. */
export async function verify(
  repo: CheckpointRepository,
  options: VerifyOptions & Abortable = {},
): Promise<VerifyReport> {
  return runVerify(seamOf(repo, options), options);
}

/** Mends what `verify` finds and V1 can supply. */
export async function repair(
  repo: CheckpointRepository,
  options: RepairOptions & Abortable = {},
): Promise<RepairResult> {
  return runRepair(seamOf(repo, options), options);
}

/** What `ckpt dual-write` does in a hook: brings V2 up to V1 where the settings turn V2 on. A failure of V2 is a warning; that a signal came is none. */
export async function mirror(repo: CheckpointRepository, options: MirrorOptions = {}): Promise<DualWriteResult> {
  const { timeoutMs = 30_000, maxCheckpoints: askedMaxCheckpoints, env = process.env, signal } = options;
  const result = await runMirror(seamOf(repo, options), { timeoutMs, askedMaxCheckpoints, env });
  if (result.targets.some(({ outcome }) => outcome === 'failed')) signal?.throwIfAborted();
  return result;
}

/** Archives `full/current` where it is full. */
export async function rotate(
  repo: CheckpointRepository,
  options: Omit<RotateOptions, 'sizeRecord'> & Abortable = {},
): Promise<RotateResult> {
  const seam = seamOf(repo, options);
  const { fullCurrentMode } = await readSettings(seam);
  return runRotate(seam, {
    fullCurrentMode,
    ...options,
    ...(await chooseSize(seam, { asked: options.maxCheckpoints })),
  });
}

/** Finds the archives that are past the retention (by default that of the settings) and, with `apply`, deletes them. */
export async function prune(
  repo: CheckpointRepository,
  options: Partial<PruneOptions> & Abortable = {},
): Promise<PruneResult> {
  const seam = seamOf(repo, options);
  if (options.retentionDays !== undefined) return runPrune(seam, { ...options, retentionDays: options.retentionDays });
  return runPrune(seam, { ...options, ...(await readRetention(seam, options.onEvent)) });
}

/** Options of `fetch`. */
export interface FetchOptions extends Omit<RemoteFetchOptions, 'settings' | 'askedMaxCheckpoints'>, Abortable {
  /** Checkpoints in a full generation. Default: what V2 records, here or there, else 100. */
  readonly maxCheckpoints?: number;
}

/** Options of `push`. */
export interface PushOptions
  extends Omit<RemotePushOptions, 'settings' | 'askedMaxCheckpoints' | 'maxBlob'>,
    Abortable {
  /** The largest blob that the host takes, in bytes. Default: 100 MiB, what GitHub takes. */
  readonly maxBlob?: number;
  /** Checkpoints in a full generation. Default: what V2 records, here or there, else 100. */
  readonly maxCheckpoints?: number;
}

/** Fetches checkpoints from a remote, and unites them with those that are here. Asks nobody for a password. */
export async function fetch(repo: CheckpointRepository, options: FetchOptions = {}): Promise<FetchResult> {
  const { maxCheckpoints: askedMaxCheckpoints, signal: _, ...rest } = options;
  const seam = seamOf(repo, options);
  return fetchCheckpoints(seam, { env: process.env, ...rest, askedMaxCheckpoints, settings: await readSettings(seam) });
}

/** Pushes to a remote what it lacks, of every layout that is here. Deletes and rewinds nothing there. Asks nobody for a password. */
export async function push(repo: CheckpointRepository, options: PushOptions = {}): Promise<PushResult> {
  const { maxCheckpoints: askedMaxCheckpoints, maxBlob = 100 * 1024 * 1024, signal: _, ...rest } = options;
  const seam = seamOf(repo, options);
  return pushCheckpoints(seam, {
    env: process.env,
    ...rest,
    maxBlob,
    askedMaxCheckpoints,
    settings: await readSettings(seam),
  });
}

/** Lists checkpoints, newest first. Reads metadata and prompts, never a transcript. */
export async function listCheckpoints(
  repo: CheckpointRepository,
  options: ListOptions & Abortable = {},
): Promise<CheckpointList> {
  return runList(seamOf(repo, options), options);
}

/** What one checkpoint holds, by its ID or the beginning of it that no other has. */
export async function readCheckpoint(
  repo: CheckpointRepository,
  id: string,
  options: ShowOptions & Abortable = {},
): Promise<CheckpointReport> {
  return showCheckpoint(seamOf(repo, options), id, options);
}

/** A session's transcript as it is stored, in pieces. Without `session` the checkpoint must have one session alone. */
export async function readTranscript(
  repo: CheckpointRepository,
  id: string,
  options: ShowOptions & Abortable = {},
): Promise<AsyncIterable<Uint8Array>> {
  return openPart(seamOf(repo, options), id, 'transcript', options);
}
