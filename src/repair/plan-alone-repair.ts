import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { generationSpan } from '../generations/generation.ts';
import { GenerationState } from '../generations/generation-state.ts';
import { materialize, type WantedArchive, type WantedCurrent } from '../generations/materialize.ts';
import { readTimesOnMain } from '../generations/times.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { ObjectSink, Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { MANIFEST_REF, manifestFile } from '../layout/ref-names.ts';
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
const FETCH_MANIFEST = `Take it from a clone that has it: \`git fetch PATH-OR-URL +${MANIFEST_REF}:${MANIFEST_REF}\`.`;

/**
 * Plans the repair of a V2 whose V1 is gone: what follows from it alone is made again, and everything else stays as it is. The manifest is
 * what an archive is proved by then: one that does not have the tree that is listed, also with its file of times made again, stays as
 * it is, and so does what the manifest says of it.
 */
export async function planAloneRepair(
  repo: Repository,
  refs: LayoutRefs,
  findings: readonly Finding[],
): Promise<RepairPlan> {
  const told = await readManifestEntries(repo, refs);
  const isHere = ({ path }: Finding) => refs.archives.some(({ number }) => manifestFile(number) === path);
  const isForgotten = told.manifest !== undefined && told.findings.some((one) => !isHere(one));
  const { generations } = await readGenerations(repo, refs);
  const spanOf = async (ids: readonly CheckpointId[]) =>
    generationSpan(ids, await readTimesOnMain(repo, refs.main, ids));
  const state = new GenerationState(repo, refs, { manifest: readableManifest(told) });
  const wrong = new Set(findings.flatMap(({ code, ref }) => (OF_GENERATIONS.has(code) ? ref : [])));
  const remade: WantedArchive[] = [];
  const kept = new Map<number, ReadGeneration>();
  for (const base of generations) {
    const { number, ref, checkpoints } = base;
    if (number === undefined) continue;
    if (wrong.has(ref)) remade.push({ number, base, checkpoints, keepsHistory: true });
    else kept.set(number, base);
  }
  /** The numbers of those archives that do not have the tree which the manifest lists. */
  const othersThanListed = (archives: Iterable<readonly [number: number, tree: ObjectId]>) =>
    [...archives].flatMap(([number, tree]) => ((told.entries.get(number)?.entry.tree ?? tree) === tree ? [] : number));

  const planWithout = async (left: ReadonlySet<number>) => {
    const writer = repo.objectWriter();
    const unchanged = new Map([...kept].filter(([number]) => !left.has(number)));
    const made = await materialize(
      { repo, sink: writer, state, main: refs.main, spanOf },
      {
        archives: remade.filter(({ number }) => !left.has(number)),
        current: currentWithoutJson(
          writer,
          generations.find(({ number }) => number === undefined),
        ),
        changes: await wrongEntries({ repo, findings }, unchanged, spanOf),
      },
    );
    return { ...made, writer };
  };
  const before = new Set(othersThanListed([...kept].map(([number, { tree }]) => [number, tree])));
  const first = await planWithout(before);
  // Whether an archive is the listed one with its file of times made again shows when it is made.
  const stay = new Set([...before, ...othersThanListed(first.archives.map(({ number, tree }) => [number, tree]))]);
  const { updates: planned, writer } = stay.size === before.size ? first : await planWithout(stay);
  // An entry that can't be read may say that its archive was pruned: a manifest without it would say that there was none.
  const updates = isForgotten ? [] : planned;
  const moved = new Set(updates.map(({ ref }) => ref));
  const reasonOf = ({ code, ref = '', path }: Finding): Reason | undefined => {
    if (!OF_GENERATIONS.has(code) && !OF_MANIFEST.has(code)) return NO_V1;
    const archive = refs.archives.find(({ name, number }) => name === ref || manifestFile(number) === path);
    if (archive !== undefined && stay.has(archive.number)) return doubtful(archive.name);
    return moved.has(ref) ? undefined : { ...NO_V1, remedy: FETCH_MANIFEST };
  };
  return { updates, writer, reasonOf, backup: null, warnings: [] };
}

function doubtful(ref: RefName): Reason {
  return {
    reason:
      'the archive is not the one that the manifest lists, and without V1 nothing here says which of both is right',
    remedy: `Take it from a clone that has the right one: \`git fetch PATH-OR-URL +${ref}:${ref}\`.`,
  };
}

/** `full/current` without the file that only archives have, on top of what is there; `undefined` where it has none. */
function currentWithoutJson(sink: ObjectSink, base: ReadGeneration | undefined): WantedCurrent | undefined {
  if (base?.json === undefined) return undefined;
  const { checkpoints, commit, parsedCommit } = base;
  const origin = originOfImage(parsedCommit);
  return { checkpoints, base, onTop: (tree) => sink.add('commit', repairCommit(origin, parsedCommit, tree, commit)) };
}
