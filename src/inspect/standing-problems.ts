import type { LayoutName } from '../layout/layout.ts';
import { agreeing, codeWord, LAYOUT_NAMES } from '../layout/layout-names.ts';
import { isMadeOf, layoutOf } from '../layout/layouts.ts';
import { SECOND_BRANCH_REF } from '../layout/ref-names.ts';
import type { LayoutStanding } from './layout-standings.ts';
import { type Problem, problem } from './problem.ts';
import type { StatusReport } from './status-report.ts';

/** What is to follow. */
interface Wanted {
  readonly targets?: readonly LayoutName[];
}

/**
 * What needs attention among the layouts that are here: one that can't be read, a primary layout that is not here, one that is to follow and
 * does not, and checkpoints that the source lacks. How V2 follows V1 is said elsewhere, from V2's own record.
 */
export function standingProblems(
  { primary, standings, unreadableLayouts, coverage, pending }: Omit<StatusReport, 'problems'>,
  { targets = [] }: Wanted,
): Problem[] {
  const found: Problem[] = [];
  for (const { where, reason } of unreadableLayouts) {
    // V1's branch and V2's `main` have codes of their own.
    if (where === SECOND_BRANCH_REF)
      found.push(problem('LAYOUT_UNREADABLE', `${where} can't be read: ${reason}.`, 'ckpt verify'));
  }
  for (const { layout, where, unreadableCount } of standings) {
    if (unreadableCount === 0 || !layoutOf(layout).hasRefPerCheckpoint) continue;
    const message = `Not readable below ${where}: ${counted(unreadableCount)}.`;
    found.push(problem('CHECKPOINT_UNREADABLE', message, 'ckpt verify'));
  }
  const source = standings.find(({ isSource }) => isSource);
  if (source === undefined) return found;
  if (primary !== null && primary.source !== null && primary.layout !== source.layout) {
    const { layout, source: says } = primary;
    const message = `${says} says that ${LAYOUT_NAMES[layout]} ${agreeing(layout, 'is written first, and it is', 'are written first, and they are')} not here.`;
    found.push(problem('PRIMARY_MISSING', message, migrate(source.layout, layout)));
  }
  const due = targets.filter((target) => !pending.some(({ layout }) => layout === target));
  found.push(...due.flatMap((target) => notFollowing(source, target, standings)));
  // What an own V2 has besides comes from a V1 that is newer, or that was rewritten: that is said already.
  const isExplained = coverage?.relation === 'ahead' || coverage?.relation === 'rewritten';
  const told = standings.filter(({ layout }) => !isMadeOf({ from: source.layout, to: layout }) || !isExplained);
  found.push(...told.flatMap((one) => onlyThere(source, one)));
  return found;
}

function notFollowing(source: LayoutStanding, target: LayoutName, standings: readonly LayoutStanding[]): Problem[] {
  if (source.layout === target || isMadeOf({ from: source.layout, to: target })) return [];
  const command = migrate(source.layout, target);
  const there = standings.find(({ layout, isSecondV1 }) => layout === target && !isSecondV1);
  const [name, from] = [LAYOUT_NAMES[target], LAYOUT_NAMES[source.layout]];
  if (there === undefined)
    return [
      problem(
        `${codeWord(target)}_MISSING`,
        `There ${agreeing(target, 'is', 'are')} no ${name} yet, which ${agreeing(target, 'is', 'are')} to follow ${from}.`,
        command,
      ),
    ];
  if (there.behindCount === null || there.behindCount === 0) return [];
  const message = `${name} ${agreeing(target, 'does', 'do')} not have ${counted(there.behindCount)} as ${from} ${agreeing(source.layout, 'has', 'have')} them.`;
  return [problem('CHECKPOINT_MISSING', message, command)];
}

function onlyThere(source: LayoutStanding, { layout, isSecondV1, where, ...counts }: LayoutStanding): Problem[] {
  const from = LAYOUT_NAMES[source.layout];
  if (isSecondV1) {
    if (counts.onlyHereCount === 0) return [];
    const message = `${where} has ${counted(counts.onlyHereCount)} that no other layout has.`;
    return [problem('CHECKPOINT_ONLY_IN_V1', message, 'ckpt migrate --to refs')];
  }
  if (counts.notInSourceCount === 0) return [];
  const message = `${LAYOUT_NAMES[layout]} ${agreeing(layout, 'has', 'have')} ${counted(counts.notInSourceCount)} that ${from}, which ${agreeing(source.layout, 'is', 'are')} written first, ${agreeing(source.layout, 'lacks', 'lack')}.`;
  return [problem(`CHECKPOINT_ONLY_IN_${codeWord(layout)}`, message, migrate(layout, source.layout))];
}

function migrate(from: LayoutName, to: LayoutName): string {
  return isMadeOf({ from, to }) ? 'ckpt migrate' : `ckpt migrate --from ${from} --to ${to}`;
}

function counted(count: number): string {
  return count === 1 ? 'a checkpoint' : `${count} checkpoints`;
}
