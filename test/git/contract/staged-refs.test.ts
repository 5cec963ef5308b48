import { expect, test } from 'vitest';
import { RefConflictError } from '../../../src/git/errors.ts';
import type { Repository } from '../../../src/git/repository.ts';
import { stagedRefs } from '../../../src/git/staged-refs.ts';
import { withOverrides } from '../../../src/git/with-overrides.ts';
import { describeContract, rejection } from './suite.ts';

describeContract('refs that move for whoever has them', ({ newRepo, open }) => {
  /** A repository that counts how often it is asked for refs. */
  function counting(repository: Repository) {
    const asked = { count: 0 };
    const counted = withOverrides(repository, {
      resolveRef(name) {
        asked.count += 1;
        return repository.resolveRef(name);
      },
      listRefs(...prefixes) {
        asked.count += 1;
        return repository.listRefs(...prefixes);
      },
    });
    return { asked, counted };
  }

  test('many moves ask for refs once, see those of before, and become one transaction', async () => {
    const repo = newRepo();
    const [first, second] = [repo.commit('first'), repo.commit('second')];
    repo.setRef('refs/some/ab/there', first);
    const { asked, counted } = counting(await open(repo));
    const staged = stagedRefs(counted);
    const names = Array.from({ length: 50 }, (_, i) => `refs/some/${i % 9}/${i}`);
    await staged.repo.updateRefs(
      [{ ref: 'refs/some/ab/there', old: first, new: null }, ...names.map((ref) => ({ ref, old: null, new: first }))],
      'first moves',
    );
    expect(asked.count).toBe(1);
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

  test('what was listed is not asked for again, and stays as it was', async () => {
    const repo = newRepo();
    const [first, second] = [repo.commit('first'), repo.commit('second')];
    for (const name of ['refs/some/a', 'refs/some/ab/b', 'refs/somewhere', 'refs/other']) repo.setRef(name, first);
    const { asked, counted } = counting(await open(repo));
    const staged = stagedRefs(counted).repo;
    const names = async (...prefixes: string[]) => (await staged.listRefs(...prefixes)).map(({ name }) => name);
    expect(await names('refs/some/')).toEqual(['refs/some/a', 'refs/some/ab/b']);
    repo.setRef('refs/some/a', second);
    expect(await names('refs/some/ab/')).toEqual(['refs/some/ab/b']);
    expect(await names('refs/some/a', 'refs/some/ab/', 'refs/some/absent')).toEqual(['refs/some/a', 'refs/some/ab/b']);
    expect(await staged.resolveRef('refs/some/a')).toBe(first);
    expect(asked.count).toBe(1);
    expect(await names('refs/some', 'refs/some/', 'refs/somewhere')).toEqual([
      'refs/some/a',
      'refs/some/ab/b',
      'refs/somewhere',
    ]);
    expect(asked.count).toBe(2);
    await staged.updateRefs([{ ref: 'refs/some/a', old: first, new: null }], 'a move');
    expect(await names()).toEqual(['refs/other', 'refs/some/ab/b', 'refs/somewhere']);
    expect(await names('refs/')).toHaveLength(3);
    expect(asked.count).toBe(3);
  });
});
