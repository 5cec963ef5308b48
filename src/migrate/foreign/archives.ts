import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { type GenerationSpan, generationIdentity, generationJson } from '../../checkpoint/created-at.ts';
import { GENERATION_FILE } from '../../checkpoint/files.ts';
import { generationSpan, type WrittenArchive } from '../../generations/generation.ts';
import { parseCommit, serializeCommit } from '../../git/commit.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../../git/tree.ts';
import { generationName } from '../../layout/ref-names.ts';
import { readCreatedAtOfEither } from '../../project/created-at.ts';
import type { ForeignGeneration, ForeignV2 } from './foreign-v2.ts';
import { placeFolders } from './place-folders.ts';
import type { StagedObjects } from './staged-objects.ts';

/**
 * The commit that another program's archive becomes when transcripts are added to it: one without a parent, as our own
 * archives are, unless the archive has a history, which may hold transcripts that its tip does not. Whatever else it holds
 * stays. Its `generation.json` is written anew, or for the first time: what it says is no longer so, and retention by age
 * needs it.
 */
export async function changedArchive(
  repo: Repository,
  trees: StagedObjects,
  archive: ForeignGeneration & { readonly number: number; readonly commit: ObjectId },
  folders: ReadonlyMap<CheckpointId, ObjectId>,
  span: GenerationSpan,
): Promise<WrittenArchive> {
  const placed = await trees.tree(await placeFolders(trees, archive.tree, folders));
  const entries = new Map(placed.map((entry) => [entry.name, entry]));
  const json: TreeEntry = {
    mode: '100644',
    name: GENERATION_FILE,
    id: trees.add('blob', generationJson(span)),
  };
  const existing = entries.get(GENERATION_FILE);
  if (existing === undefined || !isTreeMode(existing.mode)) entries.set(GENERATION_FILE, json);
  const [commit] = await repo.readObjects([archive.commit]);
  const identity = generationIdentity(span.newest);
  const tree = trees.addTree(entries.values());
  const changed = serializeCommit({
    tree,
    parents: commit === undefined ? [] : parseCommit(commit.content).parents,
    headers: [`author ${identity}`, `committer ${identity}`],
    message: `Archive generation ${generationName(archive.number)}\n`,
  });
  const checkpoints = [...new Set([...archive.checkpoints.keys(), ...folders.keys()])];
  return { number: archive.number, commit: trees.add('commit', changed), tree, checkpoints, span };
}

/**
 * The span of a generation's checkpoints: V1's times, since other programs have reset `created_at`; `main`'s for checkpoints
 * that V1 lacks. `v1` are the entries of V1's root tree.
 */
export async function spanOfGeneration(
  repo: Repository,
  v1: readonly TreeEntry[],
  { main }: ForeignV2,
  checkpoints: readonly CheckpointId[],
): Promise<GenerationSpan> {
  return generationSpan(checkpoints, await readCreatedAtOfEither(repo, v1, main.tree, checkpoints));
}
