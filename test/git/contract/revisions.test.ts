import { expect, test } from 'vitest';
import { describeContract } from './suite.ts';

describeContract('revisions', ({ newRepo, open }) => {
  test('names of refs, ids, and steps behind them are what git takes them for', async () => {
    const repo = newRepo();
    const a = repo.commit('a');
    const b = repo.commit('b', [a]);
    const c = repo.commit('c', [a]);
    const m = repo.commit('m', [b, c]);
    repo.git(['update-ref', 'refs/heads/main', m]);
    repo.git(['symbolic-ref', 'HEAD', 'refs/heads/main']);
    repo.git(['update-ref', 'refs/remotes/origin/main', b]);
    repo.git(['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main']);
    repo.git(['update-ref', 'refs/heads/feature/x', c]);
    repo.git(['update-ref', 'refs/heads/both', b]);
    repo.git(['update-ref', 'refs/tags/both', c]);
    repo.git(['tag', '-a', '-m', 'annotated', 'v1', c]);
    const repository = await open(repo);
    const revisions = [
      ...['HEAD', '@', 'main', 'heads/main', 'refs/heads/main', 'origin', 'origin/main', 'feature/x', 'both', 'v1'],
      ...['HEAD^', 'HEAD^1', 'HEAD^2', 'HEAD^0', 'HEAD~', 'HEAD~2', 'HEAD~0', 'main^2~1', 'v1^{}', 'v1^{commit}~1'],
      ...[m, m.slice(0, 12), `${b.slice(0, 10)}^`, m.toUpperCase()],
    ];
    for (const revision of revisions) {
      expect(await repository.resolveRevision(revision), revision).toBe(
        repo.git(['rev-parse', `${revision}^{commit}`]),
      );
    }
    repo.git(['checkout', '-q', '--detach', c]);
    expect(await repository.resolveRevision('HEAD')).toBe(c);
    repo.git(['repack', '-adq']);
    expect(await (await open(repo)).resolveRevision(b.slice(0, 9))).toBe(b);
  });

  test('what names no commit is told as none', async () => {
    const repo = newRepo();
    const a = repo.commit('a');
    repo.git(['update-ref', 'refs/heads/main', a]);
    const tree = repo.git(['rev-parse', `${a}^{tree}`]);
    const repository = await open(repo);
    const nothing = [
      '',
      'nowhere',
      'origin/main',
      'main~1',
      'main^2',
      'deadbeef',
      'f'.repeat(40),
      tree,
      tree.slice(0, 9),
    ];
    for (const revision of [...nothing, '--all', 'main..main', '../../config', 'a b', 'main:file', 'main^{tree}']) {
      expect(await repository.resolveRevision(revision), revision).toBeUndefined();
    }
  });
});
