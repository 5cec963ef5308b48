import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { generationSpan } from '../generations/generation.ts';
import { GenerationState } from '../generations/generation-state.ts';
import { materialize, type WantedArchive, type WantedCurrent } from '../generations/materialize.ts';
import { readTimesOnMain } from '../generations/times.ts';
import { parseCommit } from '../git/commit.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { ObjectSink, Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { generationRef, manifestFile, V2_MANIFEST_REF } from '../layout/ref-names.ts';
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
  const listed = (number: number) => told.entries.get(number)?.entry.tree;
  const spanOf = async (ids: readonly CheckpointId[]) =>
    generationSpan(ids, await readTimesOnMain(repo, refs.main, ids));
  const state = new GenerationState(repo, refs, { manifest: readableManifest(told) });
  const wrong = new Set(findings.flatMap(({ code, ref }) => (OF_GENERATIONS.has(code) ? ref : [])));

  /** With archives left as they are whose numbers are in `doubtful`. */
  const plan = async (doubtful: ReadonlySet<number>) => {
    const writer = repo.objectWriter();
    const trees = new Map<ObjectId, ObjectId>();
    const sink: ObjectSink = {
      add(type, content, similarTo) {
        const id = writer.add(type, content, similarTo);
        if (type === 'commit') trees.set(id, parseCommit(content).tree);
        return id;
      },
    };
    const unchanged = new Map<number, ReadGeneration>();
    const archives: WantedArchive[] = [];
    for (const base of generations) {
      const { number, ref, checkpoints } = base;
      if (number === undefined || doubtful.has(number)) continue;
      if (wrong.has(ref)) archives.push({ number, base, checkpoints, keepsHistory: true });
      else if ((listed(number) ?? base.tree) === base.tree) unchanged.set(number, base);
    }
    const current = generations.find(({ number }) => number === undefined);
    const { updates } = await materialize(
      { repo, sink, state, main: refs.main, spanOf },
      {
        archives,
        current: currentWithoutJson(sink, current),
        changes: await wrongEntries({ repo, findings }, unchanged, spanOf),
      },
    );
    const others = archives.flatMap(({ number }) => {
      const made = updates.find(({ ref }) => ref === generationRef(number))?.new;
      return (listed(number) ?? trees.get(made as ObjectId)) === trees.get(made as ObjectId) ? [] : number;
    });
    return { updates, writer, others };
  };
  const first = await plan(new Set());
  const { updates: planned, writer } = first.others.length === 0 ? first : await plan(new Set(first.others));
  // An entry that can't be read may say that its archive was pruned: a manifest without it would say that there was none.
  const updates = isForgotten ? [] : planned;
  const moved = new Set(updates.map(({ ref }) => ref));
  const isDoubtful = (number: number) => {
    const archive = generations.find((one) => one.number === number);
    return first.others.includes(number) || (listed(number) ?? archive?.tree) !== archive?.tree;
  };
  const reasonOf = ({ code, ref = '', path }: Finding): Reason | undefined => {
    if (!OF_GENERATIONS.has(code) && !OF_MANIFEST.has(code)) return NO_V1;
    const number = refs.archives.find((one) => one.name === ref || manifestFile(one.number) === path)?.number;
    const isMade = number !== undefined && moved.has(generationRef(number));
    if (number !== undefined && !isMade && isDoubtful(number)) return doubtful(generationRef(number));
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
