import { CHECKPOINT_ID_FORM, type CheckpointId, parseCheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { DEFAULT_MAX_CHECKPOINTS } from '../generations/max-checkpoints.ts';
import type { ObjectId } from '../git/object-id.ts';
import { LARGEST_COMPARED, ObjectOverlay } from '../git/object-overlay.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { type LayoutRefs, readLayoutRefs } from '../layout/layout-refs.ts';
import { V1_REF, V2_MAIN_REF } from '../layout/ref-names.ts';
import { assertV1Commit, type Relation, relationOf } from '../project/relation.ts';
import { withObjects } from './check-objects.ts';
import { compareAlone, compareLayouts } from './compare-layouts.ts';
import { type Compared, type Comparison, NOTHING } from './comparison.ts';
import { type Finding, finding } from './finding.ts';
import { announcingDeep } from './phases.ts';
import type { DeepCounts, VerifyReport } from './report.ts';
import { checkTrailers } from './scope/check-trailers.ts';
import { resolveScope, type Scope } from './scope/scope.ts';

/** Options of verify. */
export interface VerifyOptions {
  /** Looks at these checkpoints alone, and at those of `since` and `commits`; at everything where nothing is named. */
  readonly checkpoints?: readonly string[];
  /** Looks at the checkpoints that V1 got or changed after a revision of its branch, or since a moment (see `parseSince`). */
  readonly since?: string;
  /** Looks at the checkpoints that the trailers of these commits of the user name: a range as `git rev-list` reads it. */
  readonly commits?: string;
  /** The time that `since` counts back from, in milliseconds since 1970. Default: the clock's. */
  readonly now?: number;
  /** How many checkpoints a generation should hold at most. Default: 100. */
  readonly maxCheckpoints?: number;
  /** Reads all contents as well, and asks for every object. */
  readonly deep?: boolean;
  /** Makes it an error where `since` or `commits` names no checkpoint, so that nothing is looked at. */
  readonly requires?: boolean;
  /** Looks for secrets too, where `deep`. */
  readonly secrets?: boolean;
  readonly onEvent?: ProgressListener;
}

/**
 * Projects V1 again and compares the result with V2, by object ids; where these differ, looks inside. Writes nothing, and
 * never stops at the first finding. Where V1 is gone, the archives are
 * proved by the manifest. Throws a `CkptError` where there is nothing to look at: neither V1 nor V2.
 */
export async function verify(repo: Repository, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { maxCheckpoints = DEFAULT_MAX_CHECKPOINTS, onEvent = () => undefined, checkpoints = [] } = options;
  const ids = checkpoints.map(assertCheckpointId);
  onEvent({ kind: 'phase', phase: 'read refs' });
  const refs = await readLayoutRefs(repo);
  const { v1 } = refs;
  if (v1 === undefined) {
    // A deep look goes by V1's transcripts, and a scope that is no list of IDs by its commits.
    const needsV1 = options.deep === true || options.since !== undefined || options.commits !== undefined;
    if (refs.v2.size === 0 || needsV1) throw noV1();
    const alone = compareAlone({ repo, refs, objects: new ObjectOverlay(repo), maxCheckpoints, onEvent }, ids);
    const outcome = await withObjects(alone, repo, refs, undefined, ids.length === 0 ? undefined : ids);
    const asked = ids.length === 0 ? undefined : { ids, named: [], commits: 0, findings: [] };
    return report(refs, { name: V1_REF, id: null }, asked, outcome);
  }
  await assertV1Commit(repo, v1);
  const scope = await resolveScope(repo, v1, { ...options, checkpoints: ids }, options.now ?? Date.now());
  const listener = options.deep === true ? announcingDeep(onEvent) : onEvent;
  const comparing = compare({ repo, refs, maxCheckpoints, onEvent: listener }, v1, scope);
  const outcome = await (options.deep === true
    ? lookDeeply(comparing, repo, refs, v1, scope, options)
    : withObjects(comparing, repo, refs, v1, scope?.ids));
  return report(refs, v1, options.requires === true ? demanding(scope) : scope, outcome);
}

/** A scope in which it is an error that it is empty. */
function demanding(scope: Scope | undefined): Scope | undefined {
  return (
    scope && {
      ...scope,
      findings: scope.findings.map((one) => (one.code === 'NOTHING_COMPARED' ? { ...one, severity: 'error' } : one)),
    }
  );
}

async function lookDeeply(
  comparing: Promise<Compared>,
  repo: Repository,
  refs: LayoutRefs,
  v1: Ref,
  scope: Scope | undefined,
  { secrets: findsSecrets = false, onEvent = () => undefined }: VerifyOptions,
) {
  comparing.catch(() => undefined); // looked at below
  const { withDeep } = await import('./deep/with-deep.ts');
  return withDeep(comparing, repo, refs, { v1, checkpoints: scope?.ids, findsSecrets, onEvent });
}

async function compare(
  parts: Pick<Comparison, 'repo' | 'refs' | 'maxCheckpoints' | 'onEvent'>,
  v1: Ref,
  scope: Scope | undefined,
): Promise<Compared> {
  const { repo, refs } = parts;
  if (refs.main === undefined) {
    return { ...NOTHING, findings: [finding('V2_MISSING', `there is no ${V2_MAIN_REF}`, { ref: V2_MAIN_REF })] };
  }
  const relation = await relationOf(repo, v1, { name: V2_MAIN_REF, id: refs.main });
  const about = await explainRelation(repo, v1, relation);
  const basis = basisOf(relation, v1.id, refs.main);
  if (basis === undefined) return { ...NOTHING, findings: about };
  const policy = relation.kind === 'foreign' ? 'foreign' : 'own';
  // Of our own V2 large files are known by their ids alone; in another writer's their fields may be the same in other bytes.
  const objects = new ObjectOverlay(repo, policy === 'own' ? { largestBlob: LARGEST_COMPARED } : {});
  const compared = await compareLayouts({ ...parts, ...basis, v1Tip: v1.id, policy, objects, ids: scope?.ids });
  const tips = { v1: v1.id, main: refs.main };
  const findings = await checkTrailers(repo, tips, scope?.named ?? [], compared.findings);
  return { ...compared, findings: [...about, ...findings] };
}

/** Which V1 commit to compare with which commit on `main`, so that a V2 that is behind has the finding that it is, alone. */
function basisOf(relation: Relation, tip: ObjectId, main: ObjectId): Pick<Comparison, 'v1' | 'main'> | undefined {
  switch (relation.kind) {
    case 'same':
    case 'behind':
      return { v1: relation.origin, main };
    case 'foreign':
      return { v1: tip, main };
    case 'ahead':
      return relation.image === undefined ? { v1: relation.origin, main } : { v1: tip, main: relation.image };
    case 'rewritten':
      return undefined;
  }
}

async function explainRelation(repo: Repository, v1: Ref, relation: Relation): Promise<Finding[]> {
  const where = { ref: V2_MAIN_REF };
  switch (relation.kind) {
    case 'same':
      return [];
    case 'behind': {
      const commits = await repo.walk({ tips: [v1.id], exclude: [relation.origin] });
      const count = commits.length === 1 ? 'one commit' : `${commits.length} commits`;
      return [finding('V2_BEHIND', `${v1.name} has ${count} that V2 was not projected from yet`, where)];
    }
    case 'ahead':
      return [finding('V2_AHEAD', `V2 was projected from a newer V1 (${relation.origin}) than ${v1.name}`, where)];
    case 'rewritten': {
      const message = `${v1.name} does not contain the commit ${relation.origin} that V2 was projected from`;
      return [finding('V1_REWRITTEN', message, where)];
    }
    case 'foreign':
      return [finding('V2_FOREIGN', `${V2_MAIN_REF} was written by something else`, where)];
  }
}

function report(
  refs: LayoutRefs,
  v1: { readonly name: string; readonly id: ObjectId | null },
  scope: Scope | undefined,
  compared: Compared & { deep?: DeepCounts },
): VerifyReport {
  const outcome = { ...compared, findings: [...(scope?.findings ?? []), ...compared.findings] };
  const count = (severity: Finding['severity']) =>
    outcome.findings.filter((found) => found.severity === severity).length;
  const errors = count('error');
  return {
    consistent: errors === 0,
    scope: scope === undefined ? null : { checkpoints: scope.ids, commitCount: scope.commits },
    v1: { ref: v1.name, tip: v1.id },
    v2: {
      main: refs.main ?? null,
      current: refs.current ?? null,
      archives: refs.archives.map(({ name, id }) => ({ ref: name, id })),
    },
    counts: {
      ...outcome.counts,
      generations: refs.archives.length,
      errors,
      warnings: count('warning'),
      notes: count('note'),
    },
    ...(outcome.deep === undefined ? {} : { deep: outcome.deep }),
    findings: outcome.findings,
  };
}

function assertCheckpointId(text: string): CheckpointId {
  const id = parseCheckpointId(text);
  if (id !== undefined) return id;
  throw new CkptError('BAD_CHECKPOINT_ID', `not a checkpoint ID: ${text}`, {
    hint: CHECKPOINT_ID_FORM,
    exitCode: 2,
  });
}

function noV1(): CkptError {
  return new CkptError('NO_V1', `there is no V1 branch here: neither ${V1_REF} nor origin's copy of it`, {
    hint: ['Fetch it: ', ['git', 'fetch', 'origin', 'entire/checkpoints/v1']],
    exitCode: 3,
  });
}
