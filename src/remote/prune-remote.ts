import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { readGeneration } from '../generations/generation.ts';
import { GenerationState } from '../generations/generation-state.ts';
import { countHolders, isGoneArchive } from '../generations/gone-archives.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { readLayoutRefs } from '../layout/layout-refs.ts';
import { generationNumber, MAIN_REF, MANIFEST_REF, SPLIT_PREFIX } from '../layout/ref-names.ts';
import { type ChosenRemote, choosePushed } from '../standing/choose-remote.ts';
import { refusalWords } from './refusal-words.ts';

/** An archive at the remote, and what became of it. */
export interface RemotePruned {
  readonly number: number;
  readonly ref: string;
  readonly commit: string;
  /** `to-delete` in a dry run; `refused`: the remote did not take it, or somebody had moved it. */
  readonly outcome: 'deleted' | 'to-delete' | 'refused';
  readonly reason: string | null;
}

/** What was pruned at a remote. */
export interface RemotePruneResult {
  readonly status: 'off' | 'nothing-to-do' | 'planned' | 'pruned' | 'incomplete';
  readonly remote: string;
  readonly archives: readonly RemotePruned[];
}

/** Options of a prune at a remote. */
export interface RemotePruneOptions {
  readonly remote?: string | undefined;
  /** Deletes; without it the remote is only asked. */
  readonly apply: boolean;
  readonly onEvent?: ProgressListener;
}

/**
 * Deletes at a remote the archives that the manifest here calls pruned, each with a lease, and nothing else. Throws a `CkptError`
 * (`REMOTE_AHEAD`) where the remote's V2 is not what is here, archives aside: it may have what is not here.
 */
export async function pruneRemote(repo: Repository, options: RemotePruneOptions): Promise<RemotePruneResult> {
  const { apply, onEvent = () => undefined } = options;
  const chosen = await choosePushed(repo, options.remote);
  const base = { remote: chosen.name, archives: [] as RemotePruned[] };
  if (!chosen.mayPush) return { ...base, status: 'off' };
  onEvent({ kind: 'phase', phase: 'ask the remote' });
  const theirs = await repo.network().list(chosen.address, [`${SPLIT_PREFIX}*`]);
  const going = await prunedAmong(repo, theirs, chosen);
  if (going.length === 0) return { ...base, status: 'nothing-to-do' };
  const archives = going.map((archive) => ({ ...archive, outcome: 'to-delete' as const, reason: null }));
  if (!apply) return { ...base, status: 'planned', archives };
  const deletions = going.map(({ ref, commit }) => ({ ref, old: commit as ObjectId }));
  const answers = await repo.network().delete(chosen.address, deletions);
  for (const message of refusalWords(chosen.name, answers)) onEvent({ kind: 'warning', message });
  const outcomes = new Map(answers.map((one) => [one.ref, one]));
  const done = going.map((archive): RemotePruned => {
    const one = outcomes.get(archive.ref);
    return { ...archive, outcome: one?.outcome === 'pushed' ? 'deleted' : 'refused', reason: one?.reason ?? null };
  });
  const status = done.every(({ outcome }) => outcome === 'deleted') ? 'pruned' : 'incomplete';
  return { ...base, status, archives: done };
}

async function prunedAmong(repo: Repository, theirs: readonly Ref[], { name, kind }: ChosenRemote) {
  const refs = await readLayoutRefs(repo);
  const state = new GenerationState(repo, refs);
  const entries = await state.entries();
  const numbers = new Map(theirs.map(({ name: ref }) => [ref, generationNumber(ref)]));
  const suspects = theirs.filter(({ name: ref }) => !refs.v2.has(ref) && entries.has(numbers.get(ref) ?? 0));
  const isGone = suspects.length === 0 ? () => Promise.resolve(false) : await goneTo(repo, state, suspects);
  const going: Array<Pick<RemotePruned, 'number' | 'ref' | 'commit'>> = [];
  const differing: string[] = [];
  const left: Ref[] = [];
  for (const ref of theirs) {
    const number = numbers.get(ref.name);
    if (number === undefined || !suspects.includes(ref)) left.push(ref);
    else if (await isGone(number, ref.id)) going.push({ number, ref: ref.name, commit: ref.id });
    else if (entries.get(number)?.isPruned === true) differing.push(ref.name); // another archive by that number, or one that is not here
    // Of any other nothing is left here, since V1 has none of its checkpoints: it stays, and is in nobody's way.
  }
  const judged = left.filter(({ name: ref }) => generationNumber(ref) !== undefined || isJudged(ref));
  for (const each of judged.filter(({ name: ref, id }) => refs.v2.get(ref) !== id).map(({ name: ref }) => ref))
    differing.push(each);
  if (differing.length === 0) return going;
  const args = kind === 'named' ? [name] : [];
  throw new CkptError(
    'REMOTE_AHEAD',
    `the V2 of ${name} is not the one that is here (${differing.join(', ')}): nothing was deleted there`,
    {
      hint: ['Fetch and push it first: ', ['ckpt', 'fetch', ...args], ', ', ['ckpt', 'push', ...args]],
    },
  );
}

function isJudged(ref: string): boolean {
  return ref === MAIN_REF || ref === MANIFEST_REF;
}

/** Says whether an archive of the remote is none any more, by what is here. One that is not here may be anything. */
async function goneTo(repo: Repository, state: GenerationState, archives: readonly Ref[]) {
  const absent = await repo.absentObjects(idsOf(archives));
  const entries = await state.entries();
  const current = await state.current();
  const holders = countHolders([await state.archived(), current?.checkpoints.keys() ?? []]);
  return async (number: number, commit: ObjectId): Promise<boolean> => {
    if (absent.has(commit)) return false;
    const { checkpoints } = await readGeneration(repo, commit);
    return isGoneArchive({ number, checkpoints: checkpoints.keys() }, { entries, holders }, false);
  };
}
