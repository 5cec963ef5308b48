import type { CheckpointId } from '../../../src/checkpoint/checkpoint-id.ts';
import type { EngineName, Repository } from '../../../src/git/repository.ts';
import {
  BRANCH_REF,
  CHECKPOINTS_PREFIX,
  checkpointOfRef,
  REMOTE_BRANCH_REF,
  REST_REF,
} from '../../../src/layout/ref-names.ts';
import { planRefs, type RefsPlan, type RefsSource } from '../../../src/project/refs/plan-refs.ts';
import { refs } from '../../fixtures/git.ts';
import { withRepository } from '../../migrate/support.ts';

type Choices = Partial<Pick<RefsSource, 'deleted' | 'without'>>;

/** Plans a projection of the V1 of a repository onto git-refs, from the refs that are there. */
async function planOf(repo: Repository, sink: RefsSource['sink'], choices: Choices = {}): Promise<RefsPlan> {
  const listed = await repo.listRefs(CHECKPOINTS_PREFIX, REST_REF, BRANCH_REF, REMOTE_BRANCH_REF);
  const refsOfCheckpoints = listed.flatMap(({ name, id }) => {
    const checkpoint = checkpointOfRef(name);
    return checkpoint === undefined ? [] : [[checkpoint, id] as const];
  });
  const find = (name: string) => listed.find((ref) => ref.name === name);
  const v1 = find(BRANCH_REF) ?? find(REMOTE_BRANCH_REF);
  if (v1 === undefined) throw new Error('no V1 branch');
  const rest = find(REST_REF)?.id;
  const source = {
    repo,
    sink,
    v1,
    refs: new Map(refsOfCheckpoints),
    rest,
    deleted: new Set<CheckpointId>(),
    withRest: true,
  };
  return planRefs({ ...source, ...choices });
}

/** Plans, and does what was planned. */
export function projectIn(dir: string, engine: EngineName = 'native', choices: Choices = {}): Promise<RefsPlan> {
  return withRepository(dir, engine, async (repo) => {
    const writer = repo.objectWriter();
    const plan = await planOf(repo, writer, choices);
    if (plan.updates.length > 0) {
      await writer.flush();
      await repo.updateRefs(plan.updates, 'project V1 onto git-refs');
    }
    return plan;
  });
}

/** The refs of git-refs, and what a projection keeps beside them. */
export function refsOf(dir: string): Record<string, string> {
  return { ...refs(dir, 'refs/ckpt/'), ...refs(dir, CHECKPOINTS_PREFIX) };
}
