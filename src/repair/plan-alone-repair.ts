import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { generationSpan } from '../generations/generation.ts';
import { GenerationState } from '../generations/generation-state.ts';
import { materialize, type WantedCurrent } from '../generations/materialize.ts';
import { readTimesOnMain } from '../generations/times.ts';
import type { ObjectSink, Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { manifestFile, V2_MANIFEST_REF } from '../layout/ref-names.ts';
import { originOfImage } from '../project/commit-image.ts';
import { repairCommit } from '../project/repair-commit.ts';
import { readManifestEntries } from '../verify/check-manifest.ts';
import type { Finding, FindingCode } from '../verify/finding.ts';
import { type ReadGeneration, readGenerations } from '../verify/read-generations.ts';
import type { RepairPlan } from './plan-repair.ts';
import { readableManifest } from './readable-manifest.ts';
import { wrongEntries } from './repair-generations.ts';
import { NO_V1, type Reason } from './unmended.ts';

/** What follows from a V2 itself: the file of times from `main`, the manifest from the archives. */
const OF_GENERATIONS: ReadonlySet<FindingCode> = new Set([
  'GENERATION_JSON_MISSING',
  'GENERATION_JSON_WRONG',
  'GENERATION_JSON_MISPLACED',
]);
const OF_MANIFEST: ReadonlySet<FindingCode> = new Set([
  'MANIFEST_MISSING',
  'MANIFEST_INCOMPLETE',
  'MANIFEST_UNREADABLE',
  'MANIFEST_WRONG',
]);

/** A manifest that can't be read stops a fetch of `ckpt`. */
const FETCH_MANIFEST = `Take it from a clone that has it: \`git fetch PATH-OR-URL +${V2_MANIFEST_REF}:${V2_MANIFEST_REF}\`.`;

/** Plans the repair of a V2 whose V1 is gone: what follows from it alone is made again, and everything else stays as it is. */
export async function planAloneRepair(
  repo: Repository,
  refs: LayoutRefs,
  findings: readonly Finding[],
): Promise<RepairPlan> {
  const told = await readManifestEntries(repo, refs);
  const isHere = ({ path }: Finding) => refs.archives.some(({ number }) => manifestFile(number) === path);
  const isForgotten = told.manifest !== undefined && told.findings.some((one) => !isHere(one));
  const { generations } = await readGenerations(repo, refs);
  const wrong = new Set(findings.flatMap(({ code, ref }) => (OF_GENERATIONS.has(code) ? ref : [])));
  const unchanged = new Map<number, ReadGeneration>();
  const remade: Array<readonly [number, ReadGeneration]> = [];
  for (const generation of generations) {
    const { number, ref } = generation;
    if (number !== undefined && wrong.has(ref)) remade.push([number, generation]);
    else if (number !== undefined) unchanged.set(number, generation);
  }
  const writer = repo.objectWriter();
  const spanOf = async (ids: readonly CheckpointId[]) =>
    generationSpan(ids, await readTimesOnMain(repo, refs.main, ids));
  const archives = remade.map(([number, base]) => {
    return { number, base, checkpoints: base.checkpoints, keepsHistory: true };
  });
  const state = new GenerationState(repo, refs, { manifest: readableManifest(told) });
  const sources = { repo, sink: writer, state, main: refs.main, spanOf };
  // An entry that can't be read may say that its archive was pruned: a manifest without it would say that there was none.
  const { updates } = isForgotten
    ? { updates: [] }
    : await materialize(sources, {
        archives,
        current: currentWithoutJson(
          writer,
          generations.find(({ number }) => number === undefined),
        ),
        changes: await wrongEntries({ repo, findings }, unchanged, spanOf),
      });
  const moved = new Set(updates.map(({ ref }) => ref));
  const reasonOf = ({ code, ref = '' }: Finding): Reason | undefined => {
    if (!OF_GENERATIONS.has(code) && !OF_MANIFEST.has(code)) return NO_V1;
    return moved.has(ref) ? undefined : { ...NO_V1, remedy: FETCH_MANIFEST };
  };
  return { updates, writer, reasonOf, backup: null, warnings: [] };
}

/** `full/current` without the file that only archives have, on top of what is there; `undefined` where it has none. */
function currentWithoutJson(sink: ObjectSink, base: ReadGeneration | undefined): WantedCurrent | undefined {
  if (base?.json === undefined) return undefined;
  const { checkpoints, commit, parsedCommit } = base;
  const origin = originOfImage(parsedCommit);
  return { checkpoints, base, onTop: (tree) => sink.add('commit', repairCommit(origin, parsedCommit, tree, commit)) };
}
