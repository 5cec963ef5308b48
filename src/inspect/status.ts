import { CkptError } from '../checkpoint/errors.ts';
import type { Instant } from '../checkpoint/instant.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { GenerationState } from '../generations/generation-state.ts';
import type { ManifestEntry } from '../generations/manifest-entry.ts';
import { DAY_SECONDS, isPast } from '../generations/retention.ts';
import { generationSize } from '../generations/size.ts';
import { GitError } from '../git/errors.ts';
import { unshallowCommand } from '../git/fetch-hint.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { hooksStatus } from '../hooks/hooks.ts';
import type { MirrorProgram } from '../hooks/mirror-command.ts';
import { isSessionEntry } from '../layout/folder-files.ts';
import { DEFAULT_LAYOUT } from '../layout/layout-names.ts';
import { generationsOf, isRemoteCopy, type LayoutRefs, layoutRefsAmong, mainOf } from '../layout/layout-refs.ts';
import { listLayoutRefs } from '../layout/layouts.ts';
import { type RefRoot, readRoots } from '../layout/ref-roots.ts';
import { findGaps, NO_GAPS } from '../project/split/find-gaps.ts';
import { readWritePlan } from '../stores/mirrors.ts';
import { readPrimaryLayout } from '../stores/primary-layout.ts';
import { DEFAULT_SETTINGS, readSettingSources, type SettingSource } from '../stores/settings.ts';
import { readGenerationStatus, readTold } from './generation-status.ts';
import { readStandings } from './layout-standings.ts';
import { pendingLayouts } from './pending.ts';
import { findProblems } from './problems.ts';
import { countCommits, isDiffering, readCoverage } from './split-coverage.ts';
import type { BranchStatus, Coverage, StatusReport } from './status-report.ts';

export interface StatusOptions {
  /** What hooks have to call to run this program. */
  readonly program: MirrorProgram;
  readonly env: NodeJS.ProcessEnv;
  /** The time by which retention is counted. */
  readonly now: Date;
  /** The checkpoints of a full generation. */
  readonly maxCheckpoints?: number;
  readonly onEvent?: ProgressListener;
}

/** How V2 relates to V1 where this program wrote it. */
const OWN: ReadonlyArray<Coverage['relation']> = ['same', 'behind', 'ahead', 'rewritten'];

/**
 * Where a repository stands: both layouts, how far V2 has got, the generations, settings, hooks, and what needs attention. Reads refs,
 * trees and some metadata, never a transcript. What can't be read becomes a problem in the report.
 */
export async function repositoryStatus(repo: Repository, options: StatusOptions): Promise<StatusReport> {
  options.onEvent?.({ kind: 'phase', phase: 'read refs' });
  // Each of these waits for a process or a file of its own.
  const [all, isShallow, primary, plan, settings, hooks] = await Promise.all([
    listLayoutRefs(repo),
    repo.isShallow(),
    attempt(() => readPrimaryLayout(repo, options.env)),
    attempt(() => readWritePlan(repo, options.env)),
    attempt(() => readSettingSources(repo)),
    attempt(() => hooksStatus(repo, { git: true, agents: 'in-use', program: options.program, env: options.env })),
  ]);
  const refs = layoutRefsAmong(all);
  const mainRef = mainOf(refs);
  options.onEvent?.({ kind: 'phase', phase: 'read checkpoints' });
  const top = [refs.v1, mainRef].flatMap((ref) => ref ?? []);
  const roots = await readRoots(repo, [...top, ...generationsOf(refs)]);
  const rootOf = (ref: Ref | undefined) => roots.find((root) => root !== undefined && root.ref === ref);
  const [v1, main] = [rootOf(refs.v1), rootOf(mainRef)];
  const isPastRetention = retentionOf(settings.value, options.now);
  const [branchStatus, { coverage, generations, manifestError }] = await Promise.all([
    v1 && attempt(() => readBranch(repo, v1)),
    readLayouts(repo, refs, { v1, main, generations: roots.slice(top.length) }, isPastRetention),
  ]);
  const { maxCheckpoints } = await generationSize(repo, options, refs);
  const { standings, unreadable: closed } = await readStandings(
    repo,
    all,
    primary.value?.layout ?? DEFAULT_LAYOUT,
    coverage?.counts.checkpoints,
  );
  const isOwn = v1 !== undefined && refs.current !== undefined && coverage?.relation === 'same';
  const gaps = isOwn ? await findGaps(repo, new GenerationState(repo, refs), v1.checkpoints) : NO_GAPS;
  const differing = coverage && (await attempt(() => isDiffering(repo, coverage, maxCheckpoints)));
  const facts = {
    repository: { isBare: repo.workTree === undefined, isShallow },
    primary: primary.value ?? null,
    standings,
    unreadableLayouts: closed,
    v1: branchStatus?.value ?? null,
    main: main ? { ref: main.ref.name, commit: main.ref.id, counts: { checkpoints: main.checkpoints.size } } : null,
    coverage: coverage ?? null,
    generationCapacity: maxCheckpoints,
    generations,
    settings: settings.value ?? null,
    hooks: hooks.value ?? null,
  };
  const targets = plan.value?.targets ?? [];
  const pending = pendingLayouts(facts, targets);
  const unreadable = {
    v1: refs.v1 !== undefined && v1 === undefined ? notACommit(refs.v1) : branchStatus?.error,
    main: mainRef !== undefined && main === undefined ? notACommit(mainRef) : undefined,
    manifest: manifestError,
    settings: settings.error,
    unknownSettings: plan.value?.unknown,
    hooks: hooks.error,
    unshallow: isShallow ? await unshallowCommand(repo) : undefined,
    isDiffering: differing?.value,
    nowhereCount: gaps.nowhere.length,
    foreignArchives: gaps.foreignArchives,
    targets,
  };
  return { ...facts, pending, problems: findProblems({ ...facts, pending }, unreadable) };
}

/** Whether a generation whose newest checkpoint is of that time may be pruned. */
function retentionOf(settings: readonly SettingSource[] | undefined, now: Date): (newest: Instant) => boolean {
  const days = settings?.find(({ key }) => key.endsWith('retention_days'))?.value;
  const seconds = (typeof days === 'number' ? days : DEFAULT_SETTINGS.retentionDays) * DAY_SECONDS;
  return (newest) => isPast(newest, { seconds, keep: 0 }, now);
}

/** How far V2 has got, and its generations; both are read at the same time. */
async function readLayouts(
  repo: Repository,
  refs: LayoutRefs,
  { v1, main, generations }: Record<'v1' | 'main', RefRoot | undefined> & { generations: Array<RefRoot | undefined> },
  isPastRetention: (newest: Instant) => boolean,
) {
  const covering = v1 === undefined ? Promise.resolve(undefined) : readCoverage(repo, v1, main);
  const isOwn = covering.then(
    (known) => known !== undefined && OWN.includes(known.relation),
    () => false, // thrown below
  );
  const manifest = attempt(() => readTold(repo, refs));
  const telling = manifest.then(({ value }) => value ?? new Map<number, ManifestEntry>());
  const [coverage, read] = await Promise.all([
    covering,
    readGenerationStatus(repo, refs, generations, { main, v1, isOwn, telling }, isPastRetention),
  ]);
  return { coverage, generations: read, manifestError: (await manifest).error };
}

function notACommit({ name, id }: Ref): string {
  return `${name} is at ${id}, which is not a commit whose trees are here.`;
}

async function readBranch(repo: Repository, { ref, checkpoints }: RefRoot): Promise<BranchStatus> {
  const [commits, trees] = await Promise.all([
    countCommits(repo, ref.id, []),
    readTrees(repo, [...checkpoints.values()]),
  ]);
  return {
    ref: ref.name,
    commit: ref.id,
    isRemoteCopy: isRemoteCopy(ref),
    counts: {
      commits,
      checkpoints: checkpoints.size,
      sessions: trees.reduce((sum, entries) => sum + entries.filter(isSessionEntry).length, 0),
    },
  };
}

/** What can't be read is said, and does not hinder the rest. */
async function attempt<T>(read: () => Promise<T>): Promise<{ value?: T; error?: string }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof CkptError || error instanceof GitError) return { error: error.message };
    throw error;
  }
}
