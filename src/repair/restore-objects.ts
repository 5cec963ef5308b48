import type { ProgressListener } from '../checkpoint/progress.ts';
import { GenerationState } from '../generations/generation-state.ts';
import type { GenerationSize } from '../generations/size.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { readLayoutRefs } from '../layout/layout-refs.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { mainRelationOf } from '../project/relation.ts';
import { planFirst } from '../project/split/plan-first.ts';
import type { Finding, FindingCode } from '../verify/finding.ts';
import { verify } from '../verify/verify.ts';
import { damagedFiles, notingWriter, unusableHere } from './unusable-here.ts';

const ABOUT_OBJECTS: readonly FindingCode[] = ['OBJECT_GONE', 'OBJECT_DAMAGED'];

/**
 * Stores objects of our own V2 again that are absent or damaged, and gives the findings that are mended by it, or would be: V2 follows from V1, so a projection of V1's whole history makes the
 * same ones. Moves no ref. A dry run stores nothing, and says what V1 gives. Where all are here and whole it costs one walk over V2's objects,
 * and reads the files that V1 does not have.
 */
export async function restoreObjects(
  repo: Repository,
  settings: GenerationSize & { readonly onEvent: ProgressListener },
  dryRun: boolean,
): Promise<readonly Finding[]> {
  const refs = await readLayoutRefs(repo);
  const { v1, main } = refs;
  if (v1 === undefined || main === undefined) return [];
  const tips = [...refs.v2.values()];
  const wanted = await unusableHere(repo, tips);
  // Around trees that can't be read nothing is walked to: the next run sees to the files below them.
  const files = wanted.size > 0 ? [] : await damagedFiles(repo, tips, [v1.id]);
  for (const id of files) wanted.add(id);
  if (wanted.size === 0) return [];
  const looking = { ...settings, deep: files.length > 0 };
  const origin = await originOf(repo, v1, main);
  if (origin === undefined) return [];
  const before = (await verify(repo, looking)).findings.filter(({ code }) => ABOUT_OBJECTS.includes(code));
  const writer = repo.objectWriter({ overDamaged: true });
  const met = new Set<ObjectId>();
  const state = GenerationState.ofNothing(repo, refs);
  const context = {
    repo,
    refs,
    v1: origin,
    writer: notingWriter(writer, wanted, met),
    state,
    fullCurrentMode: 'accumulate',
    ...settings,
  } as const;
  await planFirst(context, 'rebuild');
  if (met.size === 0) return [];
  if (dryRun) return before;
  await writer.flush();
  await repo.releaseObjects();
  const after = (await verify(repo, looking)).findings;
  const isLeft = (one: Finding) => after.some(({ code, message }) => code === one.code && message === one.message);
  return before.filter((one) => !isLeft(one));
}

/** The V1 commit that our own V2 was projected from; the branch itself where the tip of `main` is gone. */
async function originOf(repo: Repository, v1: Ref, main: ObjectId): Promise<Ref | undefined> {
  const [object] = await repo.readObjects([main]).catch(() => [undefined]);
  if (object === undefined) return v1;
  const relation = await mainRelationOf(repo, v1, { name: MAIN_REF, id: main });
  return relation.kind === 'same' || relation.kind === 'behind' ? { ...v1, id: relation.origin } : undefined;
}
