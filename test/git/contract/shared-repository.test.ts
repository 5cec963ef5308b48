import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeContract } from './suite.ts';

describeContract('core.sharedRepository', ({ newRepo, open }) => {
  test.each([
    ['group', 0o2070, 0o060],
    ['true', 0o2070, 0o060],
    ['all', 0o2075, 0o064],
    ['0640', 0o2050, 0o040],
  ])('%s: folders and files of refs are for those whom it names', async (setting, folder, file) => {
    const umask = process.umask(0o077);
    try {
      const repo = newRepo();
      repo.git(['config', 'core.sharedRepository', setting]);
      const [one, two] = [repo.commit('one'), repo.commit('two')];
      const repository = await open(repo);
      await repository.updateRefs([{ ref: 'refs/heads/side/a', old: null, new: one }], 'one');
      await repository.updateRefs(
        [
          { ref: 'refs/x/a', old: null, new: one },
          { ref: 'refs/x/b', old: null, new: two },
        ],
        'two',
      );
      const mode = (path: string) => statSync(repo.gitPath(path)).mode & 0o2077;
      const made = ['packed-refs', 'refs/heads/side/a', 'logs/refs/heads/side/a'];
      expect(made.map((path) => mode(path).toString(8))).toEqual(made.map(() => file.toString(8)));
      const folders = ['refs/heads/side', 'logs/refs/heads/side', 'ckpt', 'ckpt/locks'];
      expect(folders.map((path) => mode(path).toString(8))).toEqual(folders.map(() => folder.toString(8)));
      expect(readdirSync(repo.gitPath('ckpt/locks'))).toEqual([]);
    } finally {
      process.umask(umask);
    }
  });

  test.each([
    ['group', 0o440],
    ['all', 0o444],
    ['false', 0o400],
  ])('%s: packs can be read by those whom it names', async (setting, mode) => {
    const umask = process.umask(0o077);
    try {
      const repo = newRepo();
      repo.git(['config', 'core.sharedRepository', setting]);
      const repository = await open(repo);
      const writer = repository.objectWriter();
      writer.add('blob', Buffer.from('content'));
      await writer.flush();
      const folder = repo.gitPath('objects/pack');
      const files = readdirSync(folder).filter((name) => /\.(?:pack|idx)$/.test(name));
      expect(files.length).toBe(2);
      const modes = files.map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
      expect(modes).toEqual(files.map(() => mode.toString(8)));
    } finally {
      process.umask(umask);
    }
  });

  test('the configuration keeps its mode', async () => {
    const repo = newRepo();
    chmodSync(repo.gitPath('config'), 0o660);
    await (await open(repo)).setConfig('ckpt.mirror', ['refs']);
    expect((statSync(repo.gitPath('config')).mode & 0o777).toString(8)).toBe('660');
    expect(repo.git(['config', 'ckpt.mirror'])).toContain('refs');
  });
});
