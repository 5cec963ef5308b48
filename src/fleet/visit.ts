import { dirname } from 'node:path';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { TimeLimit } from '../checkpoint/time-limit.ts';
import { type ChildEnding, type ChildTask, runChild } from './child.ts';
import { cloneFolder } from './clone-cache.ts';
import { FLEET_PROTOCOLS, type FleetPlace } from './fleet-place.ts';
import type { FleetCommand, FleetRow } from './fleet-row.ts';
import type { CloneRequest } from './requested-clone.ts';
import { type ChildDocument, documentIn, standingOf } from './standing-of.ts';

/** What is done in each repository of a fleet, and by what. */
export interface VisitOptions {
  readonly command: FleetCommand;
  /** Words after the command: its flags. */
  readonly words: readonly string[];
  /** The folder of the clones. */
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  /** For one repository, cloning included, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onEvent: ProgressListener;
}

/** A row, and the whole document that it comes from; `null` where there is none. */
export interface Visit {
  readonly row: FleetRow;
  readonly document: ChildDocument | null;
}

/** Runs the command in one repository, which is cloned before where it is a URL. `undefined` where it was stopped on the way. */
export async function visit(place: FleetPlace, options: VisitOptions): Promise<Visit | undefined> {
  const startedAt = new Date();
  const began = performance.now();
  const limit = new TimeLimit(options.timeoutMs, began);
  const { document, ending } = await lastStep(place, options, limit);
  if (ending.ended === 'stopped') return undefined;
  const standing =
    document === undefined ? withoutDocument(ending, options.timeoutMs) : standingOf(options.command, document);
  const row: FleetRow = {
    name: place.name,
    kind: place.kind,
    command: options.command,
    ...standing,
    exitCode: document === undefined ? 1 : standing.grade === 'none' ? 0 : document.exitCode,
    errorCode: document === undefined ? 'FLEET_CHILD_ENDED' : (document.error?.code ?? null),
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - began),
  };
  return { row, document: document ?? null };
}

interface Step {
  readonly ending: ChildEnding;
  readonly document: ChildDocument | undefined;
}

/** The steps that a repository takes, up to the first that fails; the last one that was taken. */
async function lastStep(place: FleetPlace, options: VisitOptions, limit: TimeLimit): Promise<Step> {
  const { command, words, cache, signal, onEvent } = options;
  const isUrl = place.kind === 'url';
  const dir = isUrl ? cloneFolder(cache, place.name) : place.at;
  const env = childEnvironment(options.env, dir, isUrl);
  const run = (args: readonly [command: string, ...string[]], message?: CloneRequest) => {
    onEvent({ kind: 'repository-step', name: place.name, step: args[0] });
    return step({ args: [...args, '--json', '--repo', dir], message, env, signal, timeoutMs: limit.left() });
  };
  if (isUrl) {
    const fetched = await run(['fetch', 'origin', '--clone'], { url: place.at });
    if (fetched.document?.error !== null) return fetched;
  }
  const reads = command === 'status' || command === 'verify' || (command === 'migrate' && words.includes('--dry-run'));
  const ran = await run([command, ...(isUrl && reads ? ['--fetch'] : []), ...words]);
  if (ran.document?.error?.code !== 'NO_V1') return ran;
  // Where there is nothing at all, nothing is missing.
  const looked = await run(['status']);
  return looked.document?.problems?.some(({ code }) => code === 'NO_CHECKPOINTS') ? looked : ran;
}

async function step(task: ChildTask): Promise<Step> {
  const ending = await runChild(task);
  return { ending, document: ending.ended === undefined ? documentIn(ending.stdout) : undefined };
}

/**
 * No repository is looked for above the folder that is named. A clone gets no other transports than those that a list may have, also
 * where a remote sends git elsewhere, but for those that the user allows.
 */
function childEnvironment(env: NodeJS.ProcessEnv, dir: string, isUrl: boolean): NodeJS.ProcessEnv {
  const protocols = isUrl ? { GIT_ALLOW_PROTOCOL: env.GIT_ALLOW_PROTOCOL ?? FLEET_PROTOCOLS.join(':') } : {};
  return { ...env, ...protocols, GIT_CEILING_DIRECTORIES: dirname(dir) };
}

function withoutDocument({ ended, exitCode }: ChildEnding, timeoutMs: number) {
  const how =
    ended === 'timeout'
      ? `it took longer than ${Math.round(timeoutMs / 1000)} s`
      : ended === 'output'
        ? 'it printed too much'
        : ended === undefined
          ? `it ended with exit code ${exitCode} and no result`
          : `it was ended by ${ended}`;
  const detail = `FLEET_CHILD_ENDED: ${how}`;
  return {
    standing: ended === 'timeout' ? 'timed-out' : 'failed',
    grade: 'bad' as const,
    detail,
    checkpointCount: null,
  };
}
