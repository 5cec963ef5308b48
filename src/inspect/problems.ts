import type { LayoutName } from '../layout/layout.ts';
import { LAYOUT_NAMES } from '../layout/layout-names.ts';
import { type Problem, problem } from './problem.ts';
import { isNamed } from './split-coverage.ts';
import { standingProblems } from './standing-problems.ts';
import type { StatusReport } from './status-report.ts';

/** What could not be read, and why. */
export interface Unreadable {
  readonly v1?: string | undefined;
  readonly main?: string | undefined;
  readonly manifest?: string | undefined;
  readonly settings?: string | undefined;
  /** What is set and counts for nothing, since it is not known: a sentence each. */
  readonly unknownSettings?: readonly string[] | undefined;
  readonly hooks?: string | undefined;
  /** The command that fetches the history which a shallow clone lacks. */
  readonly unshallow?: readonly string[] | undefined;
  /** The layouts that are to follow the primary one. */
  readonly targets?: readonly LayoutName[];
  /** A V2 of another writer has everything by its name, but not all of it is V1's. */
  readonly isDiffering?: boolean | undefined;
  /** Checkpoints whose transcripts no generation of our own V2 has, nor had by the manifest. */
  readonly nowhereCount?: number | undefined;
  /** The numbers of archives of our own V2 that other software has made. */
  readonly foreignArchives?: readonly number[] | undefined;
}

type Facts = Omit<StatusReport, 'problems'>;

/** What needs attention in a repository, the gravest first, each with the command that mends it. */
export function findProblems(facts: Facts, unreadable: Unreadable): Problem[] {
  return [
    ...layoutProblems(facts, unreadable),
    ...(unreadable.main === undefined ? coverageProblems(facts, unreadable) : []),
    ...standingProblems(facts, unreadable),
    ...generationProblems(facts, unreadable),
    ...settingProblems(facts, unreadable),
  ];
}

function layoutProblems(
  { v1, standings, unreadableLayouts, repository, coverage }: Facts,
  unreadable: Unreadable,
): Problem[] {
  const found: Problem[] = [];
  if (unreadable.v1 !== undefined) found.push(problem('V1_UNREADABLE', unreadable.v1, 'git fsck'));
  if (unreadable.main !== undefined) found.push(problem('V2_UNREADABLE', unreadable.main, 'ckpt verify'));
  const isUnread = unreadable.v1 !== undefined || unreadable.main !== undefined || unreadableLayouts.length > 0;
  if (standings.length === 0 && !isUnread) {
    found.push(
      problem('NO_CHECKPOINTS', 'There are no checkpoints here. If the remote has some, fetch them.', 'ckpt fetch'),
    );
  }
  if (v1?.isRemoteCopy) {
    const message = "There is no V1 branch here, only origin's as it was last fetched. To have one:";
    found.push(problem('V1_ONLY_REMOTE', message, 'git branch entire/checkpoints/v1 origin/entire/checkpoints/v1'));
  }
  if (repository.isShallow && (v1?.counts.commits === null || coverage?.relation === 'unknown')) {
    found.push({
      ...problem('SHALLOW_CLONE', 'The history of this clone was cut off: V1 is not whole.', null),
      commands: unreadable.unshallow === undefined ? [] : [unreadable.unshallow],
    });
  }
  return found;
}

const DIFFERING: Problem = {
  ...problem('V2_DIFFERS', "Other software wrote V2; not all of its content is V1's.", null),
  commands: [
    ['ckpt', 'verify'],
    ['ckpt', 'repair'],
  ],
};

/** V2 follows V1 where V1 is written first; where V1 follows another layout, what it has of that is measured instead. */
function coverageProblems(facts: Facts, unreadable: Unreadable): Problem[] {
  const { primary, v1, coverage, repository, standings, main, pending } = facts;
  if (pending.some(({ layout }) => layout === 'v2')) return [];
  const isDiffering = unreadable.isDiffering === true;
  const source = standings.find(({ isSource }) => isSource);
  if (v1 === null || coverage === null || (source !== undefined && source.layout !== 'v1')) return [];
  // Who has gone on to git-refs, or asks for other layouts alone, needs no V2.
  const { targets = [] } = unreadable;
  const hasRefs = primary?.layout === 'refs' || standings.some(({ layout }) => layout === 'refs');
  const needsSplit = targets.length > 0 ? targets.includes('v2') : !hasRefs;
  if (main === null && !needsSplit) return [];
  const { checkpoints: all } = v1.counts;
  const open = `${coverage.counts.checkpoints} of ${all} V1 checkpoint${all === 1 ? '' : 's'}`;
  switch (coverage.relation) {
    case 'same':
      return [];
    case 'none':
      return [problem('V2_MISSING', 'There is no V2 yet.', 'ckpt migrate')];
    case 'behind':
      return [
        problem(
          'V2_BEHIND',
          coverage.counts.commits === 1
            ? `V2 lacks one V1 commit; it touches ${open}.`
            : `V2 lacks ${coverage.counts.commits ?? 'some'} V1 commits; they touch ${open}.`,
          'ckpt migrate',
        ),
      ];
    case 'ahead':
      return [
        problem('V2_AHEAD', 'V2 was made from a newer V1 than the one here, or V1 was moved back.', 'ckpt fetch'),
      ];
    case 'rewritten':
      return [
        problem(
          'V1_REWRITTEN',
          'V1 was rewritten since V2 was made from it; the next run follows it, or names what V1 has lost.',
          'ckpt migrate',
        ),
      ];
    case 'foreign':
      if (isNamed(coverage.counts)) return isDiffering ? [DIFFERING] : [];
      return [problem('V2_FOREIGN', `Other software wrote V2; it lacks ${open}, or parts of more.`, 'ckpt migrate')];
    case 'unknown':
      return repository.isShallow
        ? []
        : [problem('V2_UNKNOWN', 'How V2 relates to V1 could not be told.', 'ckpt verify')];
  }
}

function generationProblems(
  { main, generations, generationCapacity }: Facts,
  { manifest, nowhereCount = 0, foreignArchives = [] }: Unreadable,
): Problem[] {
  const numbersOf = (state: string) =>
    generations.filter((one) => one.state === state).map(({ number }) => number ?? 'current');
  const found: Problem[] = [];
  const unreadable = numbersOf('unreadable');
  if (unreadable.length > 0) {
    found.push(problem('GENERATION_UNREADABLE', `Not readable: generation ${unreadable.join(', ')}.`, 'ckpt verify'));
  }
  if (manifest !== undefined) found.push(problem('MANIFEST_UNREADABLE', manifest, 'ckpt verify'));
  const missing = numbersOf('missing');
  if (missing.length > 0) {
    const message = `Neither here nor known to be pruned: generation ${missing.join(', ')}.`;
    found.push({
      ...problem('GENERATION_MISSING', message, null),
      commands: [
        ['ckpt', 'fetch'],
        ['ckpt', 'repair'],
      ],
    });
  }
  if (foreignArchives.length > 0) {
    const message = `Other software has made ${countedNumbers(foreignArchives)}, without generation.json.`;
    found.push(problem('GENERATION_JSON_MISSING', message, 'ckpt repair'));
  }
  if (nowhereCount > 0) {
    const of = nowhereCount === 1 ? 'a checkpoint' : `${nowhereCount} checkpoints`;
    const message = `No generation has the transcripts of ${of} any more: other software has moved or emptied full/current.`;
    found.push(problem('TRANSCRIPT_MISSING', message, 'ckpt repair'));
  }
  const current = generations.find(({ number }) => number === null);
  if (main !== null && current === undefined) {
    found.push(problem('CURRENT_MISSING', 'There is no full/current.', 'ckpt migrate'));
  }
  if (current?.checkpointCount != null && current.checkpointCount >= generationCapacity) {
    const count = current.checkpointCount === 1 ? 'one checkpoint' : `${current.checkpointCount} checkpoints`;
    found.push(problem('CURRENT_FULL', `full/current is full: ${count}.`, 'ckpt rotate'));
  }
  // What V1 still has frees next to nothing when it goes, and is what a first migration has just made.
  const past = generations
    .filter(({ isPastRetention, isInV1 }) => isPastRetention && !isInV1)
    .map(({ number }) => number);
  if (past.length > 0) {
    found.push(problem('GENERATION_PAST_RETENTION', `Past the retention: ${countedNumbers(past)}.`, 'ckpt prune'));
  }
  return found;
}

/** `generation 3`, `generations 1, 2, 3`, `60 generations, 1 to 60`. */
function countedNumbers(numbers: readonly (number | null)[]): string {
  if (numbers.length === 1) return `generation ${numbers[0]}`;
  if (numbers.length <= 5) return `generations ${numbers.join(', ')}`;
  return `${numbers.length} generations, ${numbers[0]} to ${numbers.at(-1)}`;
}

function settingProblems({ primary, hooks, main }: Facts, unreadable: Unreadable): Problem[] {
  const found: Problem[] = [];
  if (unreadable.settings !== undefined) found.push(problem('SETTINGS_UNREADABLE', unreadable.settings, null));
  for (const message of unreadable.unknownSettings ?? []) found.push(problem('SETTING_UNKNOWN', `${message}.`, null));
  if (unreadable.hooks !== undefined) found.push(problem('HOOKS_UNREADABLE', unreadable.hooks, 'ckpt hooks status'));
  if (hooks === null || unreadable.settings !== undefined) return found;
  const { targets, lastRun } = hooks;
  const places = [...(hooks.git?.hooks ?? []), ...hooks.agents];
  if (targets.length > 0 && places.some(({ active }) => !active)) {
    const names = targets.map((name) => LAYOUT_NAMES[name]).join(' and ');
    const message = `Not all hooks run the mirror, which is to keep ${names} in step.`;
    found.push(problem('HOOKS_MISSING', message, 'ckpt hooks install'));
  }
  if (targets.length > 0 && lastRun !== null && lastRun.outcome !== 'ok') {
    const words = lastRun.outcome === 'timeout' ? 'ran out of time' : 'failed';
    found.push(
      problem(
        'MIRROR_FAILED',
        `The mirror's last run ${words}; see ckpt/dual-write.log in the git directory.`,
        'ckpt dual-write',
      ),
    );
  }
  // Where another layout is kept in step, or V2 itself is written first, the hooks are right, and V2 is what it is meant to be.
  const isLeft = main !== null && targets.length === 0 && primary?.layout !== 'v2';
  if (isLeft && places.some(({ active }) => active)) {
    const message = 'Hooks run the mirror, but no layout is to be kept in step: V2 stays as it is.';
    found.push(problem('V2_NOT_KEPT', message, 'ckpt hooks uninstall'));
  }
  return found;
}
