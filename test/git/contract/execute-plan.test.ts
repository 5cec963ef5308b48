import { expect, test, vi } from 'vitest';
import { BadObjectError, GitError, RefConflictError, RefLockedError } from '../../../src/git/errors.ts';
import { type ExecuteEvent, executePlan, MAX_ATTEMPTS } from '../../../src/git/execute-plan.ts';
import { toObjectId } from '../../../src/git/object-id.ts';
import type { Repository } from '../../../src/git/repository.ts';
import { IS_LONG } from '../../fixtures/scale.ts';
import { overlay } from '../../migrate/overlay.ts';
import { describeContract, rejection } from './suite.ts';

const A = 'refs/ckpt/a';
const B = 'refs/ckpt/b';

/** A plan that stores a blob and lets two new refs point at it. */
function planOn(repo: Repository) {
  const writer = repo.objectWriter();
  const id = writer.add('blob', Buffer.from('planned\n'));
  return { writer, id, updates: [A, B].map((ref) => ({ ref, old: null, new: id })) };
}

describeContract('executePlan', (bench) => {
  test('stores the objects, moves the refs, and reports both', async () => {
    const made = bench.newRepo();
    const repo = await bench.open(made);
    const events: ExecuteEvent[] = [];
    const plan = await executePlan(repo, async () => planOn(repo), { message: 'm', onEvent: (e) => events.push(e) });
    expect(made.git(['for-each-ref', '--format=%(refname) %(objectname)'])).toBe(`${A} ${plan.id}\n${B} ${plan.id}`);
    expect(events).toEqual([
      { kind: 'phase', phase: 'write objects', total: 1 },
      { kind: 'phase', phase: 'move refs', total: 2 },
    ]);
  });

  test('plans again where somebody else moved a ref', async () => {
    const made = bench.newRepo();
    const repo = await bench.open(made);
    const theirs = made.blob('theirs\n');
    const events: ExecuteEvent[] = [];
    let plans = 0;
    const makePlan = async () => {
      const old = (await repo.resolveRef(A)) ?? null;
      if (++plans === 1) made.git(['update-ref', A, theirs]);
      const plan = planOn(repo);
      return { ...plan, updates: [{ ref: A, old, new: plan.id }] };
    };
    const { id } = await executePlan(repo, makePlan, { message: 'm', onEvent: (event) => events.push(event) });
    expect(made.git(['rev-parse', A])).toBe(id);
    expect(events.filter(({ kind }) => kind === 'retry')).toMatchObject([{ attempt: 2 }]);
  });

  test('plans again where an object was absent while packs came, a few times', async () => {
    const made = bench.newRepo();
    const repo = await bench.open(made);
    const absent = toObjectId('1'.repeat(40));
    const hiding = (times: number, repacks: boolean) => {
      let plans = 0;
      const makePlan = async () => {
        if (++plans > times) return planOn(repo);
        const { length } = made.refs();
        made.setRef(`refs/heads/b${length}`, made.commit(`commit ${length}`));
        if (repacks) made.git(['repack', '-a', '-d', '-q']);
        throw new BadObjectError(absent, 'it is absent');
      };
      return executePlan(repo, makePlan, { message: 'm' }).then(
        () => plans,
        (error: Error) => `${error.message} (${plans})`,
      );
    };
    expect(await hiding(1, false)).toBe('it is absent (1)');
    expect(await hiding(10, true)).toBe('it is absent (3)');
    expect(await hiding(2, true)).toBe(3);
  });

  test.runIf(IS_LONG)('gives up in the end, and says what it left behind', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0);
    const made = bench.newRepo();
    const theirs = made.blob('theirs\n');
    made.git(['update-ref', B, theirs]);
    const repo = await bench.open(made);
    let plans = 0;
    const makePlan = async () => {
      plans += 1;
      return planOn(repo);
    };
    const error = await rejection(executePlan(repo, makePlan, { message: 'm' })).finally(() => random.mockRestore());
    expect(error).toBeInstanceOf(RefConflictError);
    expect(error).toMatchObject({ ref: B, state: 'no ref was moved' });
    expect(plans).toBe(MAX_ATTEMPTS);
    expect(made.git(['for-each-ref', '--format=%(refname)'])).toBe(B);
  });

  test('tries a plan that is given as a value once', async () => {
    const made = bench.newRepo();
    made.git(['update-ref', B, made.blob('theirs\n')]);
    const repo = await bench.open(made);
    const error = await rejection(executePlan(repo, planOn(repo), { message: 'm' }));
    expect(error).toMatchObject({ code: 'REF_MOVED', state: 'no ref was moved' });
  });

  test('reads the refs back after an error', async () => {
    const made = bench.newRepo();
    const locking = await bench.open(made);
    const failing = overlay(locking, {
      updateRefs: async () => {
        throw new RefLockedError(B, 'x.lock');
      },
    });
    const locked = await rejection(executePlan(failing, planOn(locking), { message: 'm' }));
    expect(locked).toMatchObject({ code: 'REF_LOCKED', state: 'no ref was moved' });

    const halfWay = overlay(locking, {
      updateRefs: async ([first]) => {
        made.git(['update-ref', A, first?.new ?? '']);
        throw new GitError('the disk is full');
      },
    });
    const mixed = await rejection(executePlan(halfWay, planOn(locking), { message: 'm' }));
    expect(mixed).toMatchObject({ state: `${A}: moved; the others are as they were` });
  });

  test('an error after all refs have moved is a warning', async () => {
    const made = bench.newRepo();
    const repo = await bench.open(made);
    const events: ExecuteEvent[] = [];
    const failing = overlay(repo, {
      updateRefs: async (updates, message) => {
        await repo.updateRefs(updates, message);
        throw new GitError('the log is full');
      },
    });
    await executePlan(failing, planOn(repo), { message: 'm', onEvent: (event) => events.push(event) });
    expect(events.at(-1)).toEqual({
      kind: 'warning',
      message: 'all 2 refs were moved, but then this failed: the log is full',
    });
    expect(toObjectId(made.git(['rev-parse', A]))).toBe(planOn(repo).id);
  });
});
