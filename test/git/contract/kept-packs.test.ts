import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { executePlan } from '../../../src/git/execute-plan.ts';
import { newLockOwner } from '../../../src/git/lock-owner.ts';
import type { Repository } from '../../../src/git/repository.ts';
import { overlay } from '../../migrate/overlay.ts';
import type { GitRepo } from '../git-repo.ts';
import { describeContract, rejection } from './suite.ts';

const REF = 'refs/ckpt/kept';
/** What clones and cron jobs run beside us. */
const REPACKS = ['repack -a -d -q', 'repack -A -d -q', 'gc -q', 'gc -q --prune=now'];

/** A plan that stores a tree of so many blobs. */
function bigPlan(repo: Repository, blobs = 150) {
  const writer = repo.objectWriter();
  const lines = Array.from({ length: blobs }, (_, i) => {
    const id = writer.add('blob', Buffer.from(`blob ${i}\n`));
    return Buffer.concat([Buffer.from(`100644 ${String(i).padStart(3, '0')}\0`), Buffer.from(id, 'hex')]);
  });
  const tree = writer.add('tree', Buffer.concat(lines));
  return { writer, updates: [{ ref: REF, old: null, new: tree }] };
}

function keepFiles(repo: GitRepo): string[] {
  return readdirSync(repo.gitPath('objects/pack')).filter((name) => name.endsWith('.keep'));
}

describeContract('a repack between the objects and the refs', (bench) => {
  test.each(REPACKS.flatMap((command) => [[command, 150] as const, [command, 2] as const]))(
    'git %s, %i objects',
    async (command, blobs) => {
      const repack = command.split(' ');
      const made = bench.newRepo();
      made.setRef('refs/heads/main', made.commit('something to pack'));
      const repo = await bench.open(made);
      const beside = overlay(repo, {
        updateRefs: async (updates, message) => {
          made.git(repack);
          await repo.updateRefs(updates, message);
        },
      });
      await executePlan(beside, async () => bigPlan(repo, blobs), { message: 'm' });
      expect(made.git(['fsck', '--connectivity-only'])).toBe('');
      expect(made.git(['ls-tree', REF]).split('\n')).toHaveLength(blobs);
      expect(keepFiles(made)).toEqual([]);
      made.git(repack);
      expect(made.git(['ls-tree', REF]).split('\n')).toHaveLength(blobs);
    },
  );
});

describeContract('.keep files', (bench) => {
  test('are gone after a failure, and after close', async () => {
    const made = bench.newRepo();
    made.setRef(REF, made.commit('theirs'));
    const repo = await bench.open(made);
    expect(await rejection(executePlan(repo, bigPlan(repo), { message: 'm' }))).toMatchObject({ code: 'REF_MOVED' });
    expect(keepFiles(made)).toEqual([]);
    await bigPlan(repo).writer.flush();
    expect(keepFiles(made)).toHaveLength(1);
    await repo.close();
    expect(keepFiles(made)).toEqual([]);
  });

  test('of killed processes go with the next write; those of others and of running ones stay', async () => {
    const made = bench.newRepo();
    const repo = await bench.open(made);
    const running = newLockOwner();
    const dead = running.replace(/^(\d+)-\d+/, '$1-1');
    const keep = (name: string, text: string) => writeFileSync(made.gitPath('objects/pack', `pack-${name}.keep`), text);
    keep('dead', `ckpt ${dead}\n`);
    keep('running', `ckpt ${dead}\nckpt ${running}\n`);
    keep('fetch', 'fetch-pack 1 on host\n');
    keep('person', '');
    await executePlan(repo, async () => bigPlan(repo), { message: 'm' });
    expect(keepFiles(made).sort()).toEqual(['pack-fetch.keep', 'pack-person.keep', 'pack-running.keep']);
  });

  // A repack that has listed the one's pack deletes it at its end: the other one needs another pack.
  test('are of different packs, where two processes store the same objects', async () => {
    const made = bench.newRepo();
    const [one, other] = [await bench.open(made), await bench.open(made)];
    await bigPlan(one).writer.flush();
    const [first] = keepFiles(made);
    await bigPlan(other).writer.flush();
    expect(keepFiles(made)).toHaveLength(2);
    await one.releaseObjects();
    expect(keepFiles(made)).toHaveLength(1);
    expect(keepFiles(made)).not.toContain(first);
  });

  test('of a person that has the same pack is left', async () => {
    const made = bench.newRepo();
    const repo = await bench.open(made);
    await bigPlan(repo).writer.flush();
    const [name = ''] = keepFiles(made);
    appendFileSync(made.gitPath('objects/pack', name), 'kept by hand\n');
    await repo.releaseObjects();
    expect(existsSync(made.gitPath('objects/pack', name))).toBe(true);
  });
});
