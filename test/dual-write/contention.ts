import { setTimeout as delay } from 'node:timers/promises';
import type { EngineName } from '../../src/git/repository.ts';
import { verify } from '../../src/verify/verify.ts';
import { git, gitAsync, refs } from '../fixtures/git.ts';
import { reference, V1_BRANCH, V2_CURRENT, V2_FULL, V2_MAIN } from '../fixtures/reference.ts';
import { startChild } from '../migrate/children/start.ts';
import { checkpointsOf, complaints, v2Refs, withRepository } from '../migrate/support.ts';
import type { WriteReport } from './children/write-many.ts';
import { checkpointId, documentOf, runAsync } from './run.ts';

const CHILD = new URL('children/write-many.ts', import.meta.url);

/** How much is written at the same time. */
export interface Contention {
  readonly dir: string;
  /** One for each process. */
  readonly engines: readonly EngineName[];
  /** Checkpoints that each process writes. */
  readonly each: number;
  readonly maxCheckpoints: number;
  /** Besides: `git repack`, `gc --prune=now` and `pack-refs`, and `ckpt rotate --force`. */
  readonly isDisturbed?: boolean;
}

/** What came of it. */
export interface Outcome {
  readonly seconds: number;
  /** Checkpoints in a second, all processes together. */
  readonly perSecond: number;
  /** The longest write, in milliseconds. */
  readonly longestMs: number;
  readonly medianMs: number;
  /** Everything that is not as it must be; empty where all is well. */
  readonly faults: readonly string[];
  /** How often the others got to do something meanwhile. */
  readonly others: {
    readonly refs: number;
    readonly v1Commits: number;
    readonly migrations: number;
    readonly disturbances: number;
  };
}

const UNRELATED = 'refs/heads/unrelated';

/**
 * Processes that write checkpoints into one repository at the same time; and beside them somebody who moves another ref,
 * somebody who puts commits on V1 (compare and swap, as any writer does it), and `ckpt migrate`.
 */
export async function contend({
  dir,
  engines,
  each,
  maxCheckpoints,
  isDisturbed = false,
}: Contention): Promise<Outcome> {
  const faults: string[] = [];
  const before = reference(dir).chain.length;
  const start = performance.now();
  let done = false;
  const others = Promise.all([
    moveUnrelated(dir, () => done),
    commitToV1(dir, isDisturbed ? HOUSEKEEPING : [], () => done),
    migrations(dir, { max: maxCheckpoints, rotates: isDisturbed }, () => done, faults),
  ]);
  const ends = await Promise.all(
    engines.map(async (engine, process) => {
      const documents = Array.from({ length: each }, (_, i) => JSON.stringify(documentOf(numberOf(process, i))));
      return startChild({ dir, engine, documents, maxCheckpoints }, CHILD);
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  done = true;
  const [unrelated, { commits: v1Commits, disturbances }, migrateRuns] = await others;

  const times: number[] = [];
  ends.forEach(({ code, signal, stdout, stderr }, process) => {
    if (code !== 0) {
      faults.push(`process ${process} (${engines[process]}) ended with ${code ?? signal}: ${stderr}`);
      return;
    }
    const report = JSON.parse(stdout) as WriteReport;
    times.push(...report.times);
    for (const warning of report.warnings) faults.push(`process ${process} (${engines[process]}) warned: ${warning}`);
  });
  const last = await runAsync(dir, ['dual-write']);
  if (last.code !== 0 || last.stderr !== '') faults.push(`the last mirror: ${last.code} ${last.stderr}`);
  if (refs(dir)[UNRELATED] !== unrelated.last) faults.push('the unrelated ref is not where it was put');

  const wanted = engines.flatMap((_, process) =>
    Array.from({ length: each }, (_, i) => checkpointId(numberOf(process, i))),
  );
  const commits = before + wanted.length + v1Commits;
  faults.push(...missing(dir, wanted, commits));
  // Where generations were closed by hand, no count says which checkpoint lies in which.
  if (!isDisturbed) faults.push(...differing(dir, maxCheckpoints));
  const report = await withRepository(dir, 'native', (repo) => verify(repo, { maxCheckpoints }));
  if (!report.consistent) faults.push(`verify: ${JSON.stringify(report.findings.slice(0, 3))}`);
  faults.push(...complaints(dir));
  times.sort((a, b) => a - b);
  return {
    seconds,
    perSecond: wanted.length / seconds,
    longestMs: times.at(-1) ?? 0,
    medianMs: times[times.length >> 1] ?? 0,
    faults,
    others: { refs: unrelated.moves, v1Commits, migrations: migrateRuns, disturbances },
  };
}

/** No number is another process's. 0 is for the checkpoint that is there before. */
function numberOf(process: number, i: number): number {
  return 1 + process * 1000 + i;
}

/** Looks for what was lost, doubled or left undone, in both layouts. */
function missing(dir: string, wanted: readonly string[], commits: number): string[] {
  const faults: string[] = [];
  const subjects = git(dir, 'log', '--format=%s', V1_BRANCH).split('\n');
  if (subjects.length !== commits) faults.push(`V1 has ${subjects.length} commits instead of ${commits}`);
  const summaries = (ref: string) =>
    git(dir, 'ls-tree', '-r', '--name-only', ref)
      .split('\n')
      .filter((path) => /^..\/[^/]{10}\/metadata\.json$/.test(path)).length;
  for (const ref of [V1_BRANCH, V2_MAIN]) {
    if (summaries(ref) !== wanted.length + 1) faults.push(`${ref} has ${summaries(ref)} checkpoints`);
    const log = git(dir, 'log', '--format=%s', ref).split('\n');
    for (const id of wanted) {
      const count = log.filter((subject) => subject === `Checkpoint: ${id}`).length;
      if (count !== 1) faults.push(`${ref} has ${count} commits of checkpoint ${id}`);
    }
  }
  const holders = new Map<string, number>();
  for (const ref of Object.keys(v2Refs(dir)).filter((name) => name.startsWith(V2_FULL))) {
    for (const id of checkpointsOf(dir, ref.split('/').at(-1) as string)) holders.set(id, (holders.get(id) ?? 0) + 1);
  }
  for (const id of wanted) if (holders.get(id) !== 1) faults.push(`${id} lies in ${holders.get(id) ?? 0} generations`);
  return faults;
}

/** Refs of V2 that are not what one migration would have made. */
function differing(dir: string, maxCheckpoints: number): string[] {
  const faults: string[] = [];
  const expected = reference(dir, { maxCheckpoints, recordsSize: maxCheckpoints !== 100 });
  const now = v2Refs(dir);
  // The commits of full/current tell how it came about.
  for (const [ref, id] of Object.entries(expected.refs).filter(([name]) => name !== V2_CURRENT)) {
    if (now[ref] !== id) faults.push(`${ref} is at ${now[ref]} instead of ${id}`);
  }
  const names = Object.keys(now);
  if (names.length !== Object.keys(expected.refs).length) faults.push(`V2 refs: ${names.join(' ')}`);
  return faults;
}

async function moveUnrelated(dir: string, isDone: () => boolean): Promise<{ moves: number; last: string }> {
  const [head, parent] = git(dir, 'rev-parse', 'HEAD', 'HEAD~1').split('\n') as [string, string];
  let last = head;
  git(dir, 'update-ref', UNRELATED, last);
  let moves = 0;
  for (; !isDone() || moves === 0; moves++) {
    const next = last === head ? parent : head;
    await gitAsync(dir, ['update-ref', UNRELATED, next, last]);
    last = next;
    await delay(20);
  }
  return { moves, last };
}

const HOUSEKEEPING = [
  ['repack', '-a', '-d', '-q'],
  ['pack-refs', '--all'],
  ['gc', '--prune=now', '--quiet'],
];

/**
 * Puts empty commits on V1. Where somebody else was faster, git says so, and it begins again. `between` are calls of git that are made
 * between two commits, and not beside one: `gc --prune=now` deletes what a `git commit-tree` has just stored.
 */
async function commitToV1(
  dir: string,
  between: readonly (readonly string[])[],
  isDone: () => boolean,
): Promise<{ commits: number; disturbances: number }> {
  let commits = 0;
  let disturbances = 0;
  // Where the others are always faster, it comes to its first commit when they have ended.
  while (!isDone() || commits === 0) {
    const tip = await gitAsync(dir, ['rev-parse', V1_BRANCH]);
    const commit = await gitAsync(dir, ['commit-tree', '-p', tip, '-m', 'Another tool', `${tip}^{tree}`]);
    const won = await gitAsync(dir, ['update-ref', V1_BRANCH, commit, tip]).then(
      () => true,
      () => false,
    );
    if (won) commits++;
    const call = between[disturbances % between.length];
    if (call !== undefined) {
      // git itself may be at it, in the background; what a failure leaves is looked at in the end.
      await gitAsync(dir, call).catch(() => undefined);
      disturbances++;
    }
    await delay(150);
  }
  return { commits, disturbances };
}

async function migrations(
  dir: string,
  { max, rotates }: { max: number; rotates: boolean },
  isDone: () => boolean,
  faults: string[],
): Promise<number> {
  let runs = 0;
  do {
    await delay(300);
    const command = rotates && runs % 3 === 2 ? ['rotate', '--force'] : ['migrate'];
    const { code, stderr } = await runAsync(dir, [...command, '--quiet', '--max-checkpoints', `${max}`]);
    if (code !== 0) faults.push(`ckpt ${command.join(' ')} ended with ${code}: ${stderr}`);
    runs++;
  } while (!isDone());
  return runs;
}
