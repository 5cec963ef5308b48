import { expect, test } from 'vitest';
import { RefConflictError } from '../../../src/git/errors.ts';
import { stagedRefs } from '../../../src/git/staged-refs.ts';
import { withOverrides } from '../../../src/git/with-overrides.ts';
import { describeContract, rejection } from './suite.ts';

describeContract('refs that move for whoever has them', ({ newRepo, open }) => {
  test('many moves ask for refs once, see those of before, and become one transaction', async () => {
    const repo = newRepo();
    const [first, second] = [repo.commit('first'), repo.commit('second')];
    repo.setRef('refs/some/ab/there', first);
    const repository = await open(repo);
    let asked = 0;
    const staged = stagedRefs(
      withOverrides(repository, {
        resolveRef(name) {
          asked += 1;
          return repository.resolveRef(name);
        },
        listRefs(...prefixes) {
          asked += 1;
          return repository.listRefs(...prefixes);
        },
      }),
    );
    const names = Array.from({ length: 50 }, (_, i) => `refs/some/${i % 9}/${i}`);
    await staged.repo.updateRefs(
      [{ ref: 'refs/some/ab/there', old: first, new: null }, ...names.map((ref) => ({ ref, old: null, new: first }))],
      'first moves',
    );
    expect(asked).toBe(1);
    await staged.repo.updateRefs([{ ref: names[0] as string, old: first, new: second }], 'one more');
    for (const [ref, old] of [
      ['refs/some/ab/there', first],
      [names[0] as string, first],
      ['refs/some/new', first],
    ] as const) {
      const moving = staged.repo.updateRefs([{ ref, old, new: second }], 'what is not so');
      expect(await rejection(moving)).toBeInstanceOf(RefConflictError);
    }
    expect(repo.git(['for-each-ref', '--format=%(refname)', 'refs/some'])).toBe('refs/some/ab/there');
    expect(staged.updates()).toEqual([
      { ref: 'refs/some/ab/there', old: first, new: null },
      ...names.map((ref, i) => ({ ref, old: null, new: i === 0 ? second : first })),
    ]);
  });
});
