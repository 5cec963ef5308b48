import { CkptError } from '../../checkpoint/errors.ts';
import { chooseSize } from '../../generations/size.ts';
import { BadObjectError } from '../../git/errors.ts';
import { executePlan } from '../../git/execute-plan.ts';
import type { Repository } from '../../git/repository.ts';
import { stagedRefs } from '../../git/staged-refs.ts';
import type { LayoutName } from '../../layout/layout.ts';
import { BRANCH_REF, MAIN_REF, MANIFEST_REF, SPLIT_PREFIX } from '../../layout/ref-names.ts';
import { updateSplit } from '../../project/split/update-split.ts';
import { byRemoteName, trackingPrefix } from '../../standing/remote-refs.ts';
import type { United, UnitedRef } from '../result.ts';
import { projectRefs } from './project-refs.ts';
import { NOTHING_TO_UNITE } from './split/union-plan.ts';
import { uniteProjected } from './split/unite-projected.ts';
import { uniteSplit } from './split/unite-split.ts';
import { uniteFreeLayouts } from './unite-free-layouts.ts';
import type { UniteOptions } from './unite-options.ts';

/**
 * Unites local refs with what a remote has, as it was fetched: V1 and git-refs by fast-forward or by a merge of content, V2 (and git-refs that
 * were made of V1) by projecting the V1 that comes of it, so that clones with the same V1 have the same V2. A V2 that does not follow from
 * V1 is united by what it holds. All layouts move in one transaction. Local refs are never taken back.
 */
export function uniteLayouts(repo: Repository, options: UniteOptions): Promise<United> {
  return inOneTransaction(repo, options, [uniteFreeLayouts, projectRefs, ...UNITING_SPLIT]);
}

/** Brings up to V1 what is made of it, of these layouts. */
export function bringUp(
  repo: Repository,
  layouts: readonly LayoutName[],
  options: Omit<UniteOptions, 'seenBefore'>,
): Promise<United> {
  const steps = [...(layouts.includes('refs') ? [projectRefs] : []), ...(layouts.includes('v2') ? UNITING_SPLIT : [])];
  return inOneTransaction(repo, { ...options, seenBefore: new Map() }, steps);
}

type Step = (repo: Repository, options: UniteOptions) => Promise<United>;

/** V2 is united by content where V1 does not give it, then brought up to V1, with the archives that were pruned or brought back there. */
const UNITING_SPLIT: readonly Step[] = [uniteSplit, projectSplit, uniteProjected];

/**
 * Takes steps each of which reads the refs that the one before has moved: an error of the system or a kill leaves none of them moved. A step
 * that is refused for what the layouts hold is another thing: what comes before it moves, since the remedy may need it (a V2 that does not
 * follow a V1 which has lost something), and then the refusal is thrown, after the warnings: they name what was kept.
 */
async function inOneTransaction(repo: Repository, options: UniteOptions, steps: readonly Step[]): Promise<United> {
  const makePlan = async () => {
    const staged = stagedRefs(repo);
    const all: United[] = [];
    let refusal: Error | undefined;
    for (const step of steps) {
      try {
        all.push(await step(staged.repo, options));
      } catch (error) {
        if (!(error instanceof CkptError || error instanceof BadObjectError) || all.length === 0) throw error;
        refusal = error;
        break;
      }
    }
    return { ...together(all), updates: staged.updates(), refusal };
  };
  const { remote, onEvent } = options;
  const { refusal, ...united } = await executePlan(repo, makePlan, { message: `ckpt fetch: ${remote}`, onEvent });
  if (refusal === undefined) return united;
  for (const message of united.warnings) onEvent({ kind: 'warning', message });
  throw refusal;
}

function together(all: readonly United[]): United {
  return {
    refs: eachOnce(all.flatMap(({ refs }) => refs)),
    mergedCheckpoints: [...new Set(all.flatMap(({ mergedCheckpoints }) => mergedCheckpoints))],
    backup: all.find(({ backup }) => backup !== null)?.backup ?? null,
    warnings: all.flatMap(({ warnings }) => warnings),
  };
}

/** The moves of refs, of which several steps may have moved one: from where it was to where it is. */
function eachOnce(moves: readonly UnitedRef[]): UnitedRef[] {
  const refs = new Map<string, UnitedRef>();
  for (const move of moves) {
    const { old, change } = refs.get(move.ref) ?? move;
    refs.set(move.ref, { ...move, old, change: change === 'created' && move.new !== null ? change : move.change });
  }
  return [...refs.values()].filter((move) => move.old !== move.new);
}

/** Makes V2 what the V1 that is here gives every clone; nothing where there is no V1, or V2 is not wanted. */
async function projectSplit(
  repo: Repository,
  { remote, settings, askedMaxCheckpoints: asked, onEvent }: UniteOptions,
): Promise<United> {
  const [v1, main] = await Promise.all([repo.resolveRef(BRANCH_REF), repo.resolveRef(MAIN_REF)]);
  if (v1 === undefined || (main === undefined && settings.mode !== 'dual')) return NOTHING_TO_UNITE;
  const { fullCurrentMode } = settings;
  const theirs = byRemoteName(remote, await repo.listRefs(trackingPrefix(remote))).get(MANIFEST_REF)?.id;
  const size = await chooseSize(repo, { asked, theirs });
  const { updates } = await updateSplit(repo, {
    ...size,
    fullCurrentMode,
    rebuild: false,
    isNormalizing: true,
    onEvent,
  });
  const refs = updates
    .filter(({ ref }) => ref.startsWith(SPLIT_PREFIX))
    .map((update): UnitedRef => ({ ...update, layout: 'v2', change: 'projected' }));
  return { ...NOTHING_TO_UNITE, refs };
}
