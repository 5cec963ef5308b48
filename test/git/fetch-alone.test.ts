import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import { openRepository } from '../../src/git/open.ts';
import { GitRepo } from './git-repo.ts';

test('a fetch of refs or of absent objects begins no maintenance, and writes no commit graph', async () => {
  const made = new GitRepo();
  const clone = join(made.root, 'clone');
  const trace = join(made.root, 'trace');
  made.git(['config', 'uploadpack.allowFilter', 'true']);
  made.git(['config', 'uploadpack.allowAnySHA1InWant', 'true']);
  made.setRef('refs/heads/main', made.commit('one'));
  made.git(['clone', '-q', '--bare', '--filter=blob:none', `file://${made.dir}`, clone]);
  for (const setting of ['gc.auto=1', 'gc.autoDetach=false', 'fetch.writeCommitGraph=true']) {
    made.git(['-C', clone, 'config', ...setting.split('=')]);
  }
  made.setRef('refs/heads/two', made.commit('two'));
  const env = { ...made.env, GIT_TRACE: trace };
  const repo = await openRepository({ dir: clone, env, engine: 'native', fetches: true });
  try {
    await repo.network().fetch('origin', ['refs/heads/*:refs/copies/*'], { isPruning: false });
    const [blob] = await repo.readObjects([made.git(['rev-parse', 'main:file']) as ObjectId]);
    expect(blob?.content.toString()).toBe('one');
    const told = readFileSync(trace, 'utf8');
    expect(told.match(/built-in: git fetch/g)).toHaveLength(2);
    expect(told).not.toMatch(/built-in: git (?:maintenance|gc)/);
    expect(
      readdirSync(join(clone, 'objects'), { recursive: true }).filter((name) => /graph/.test(String(name))),
    ).toEqual([]);
    expect(made.git(['-C', clone, 'rev-parse', 'refs/copies/two'])).toBe(made.git(['rev-parse', 'two']));
  } finally {
    await repo.close();
    made.remove();
  }
});
