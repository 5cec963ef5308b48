import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import type { ListOptions } from '../../src/inspect/list-checkpoints.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES } from '../migrate/support.ts';
import { listIn, showIn } from './support.ts';

const FIRST = 'a10000000000';
const SECOND = 'a20000000000';
const SQUASHED = 'a30000000000';
const ALONE = 'ee0000000000';
const trailer = (id: string) => `Entire-Checkpoint: ${id}`;

/**
 * Checkpoints, and the commits of their user:
 *
 *     root ── first ── squash ── merge ── plain   main
 *        \                        /
 *         `───── second ─────────'                side
 *
 * `squash` names SECOND and SQUASHED in its middle; no commit names ALONE.
 */
function userRepository(dir: string): Record<string, string> {
  initRepository({ dir });
  const v1 = new V1Builder();
  for (const [at, id] of [FIRST, SECOND, SQUASHED, ALONE].entries()) {
    const prompt = id === ALONE ? 'Implement the following plan:\n\n# Only here' : 'Implement the following plan:';
    const [agent, branch] = id === SECOND ? ['Codex', 'side'] : ['Claude Code', 'main'];
    const createdAt = `2026-02-0${at + 1}T12:00:00Z`;
    const filesTouched = [`src/${id}.ts`];
    v1.checkpoint(id, {
      sessions: [{ createdAt, agent, prompts: [prompt], fields: { branch, files_touched: filesTouched } }],
    });
  }
  v1.write(dir);
  mkdirSync(join(dir, 'src'));
  const commit = (message: string, lines: string[]) => {
    writeFileSync(join(dir, 'src/a b.txt'), lines.map((line) => `${line}\n`).join(''));
    git(dir, 'add', '-A');
    git(dir, 'commit', '-qm', message, '--allow-empty', '--author', `${message.split(' ')[0]} <who@example.com>`);
    return git(dir, 'rev-parse', 'HEAD').trim();
  };
  git(dir, 'checkout', '-q', '-B', 'main');
  const root = commit('Root', ['0', '0', '0']);
  git(dir, 'checkout', '-qb', 'side');
  const second = commit(`Second thing\n\n${trailer(SECOND)}\n`, ['0', '0', '2']);
  git(dir, 'checkout', '-q', 'main');
  const first = commit(`First thing\n\n${trailer(FIRST.toUpperCase())}\n`, ['1', '0', '0']);
  const both = `* a\n\n${trailer(SQUASHED)}\n\n* b\n\n${trailer(SECOND)}\n\nCo-authored-by: A <a@b>\n`;
  const squash = commit(`Squash (#1)\n\n${both}`, ['1', '3', '0']);
  git(dir, 'merge', '-q', '-s', 'ours', '-m', 'Merge side', 'side');
  const merge = git(dir, 'rev-parse', 'HEAD').trim();
  const plain = commit('Plain', ['1', '3', '0', 'p']);
  return { root, second, first, squash, merge, plain };
}

describe.each(ENGINES)('commits that name checkpoints (%s)', (engine) => {
  let dir = '';
  let ids: Record<string, string> = {};
  beforeAll(() => {
    dir = tempDir('file');
    ids = userRepository(dir);
  });
  const list = (options: ListOptions) => listIn(dir, options, engine);
  const listed = async (options: ListOptions) =>
    (await list(options)).checkpoints.map(({ checkpoint }) => checkpoint).sort();

  it('label a list, the work itself before a squash merge of it', async () => {
    const { checkpoints } = await list({});
    expect(checkpoints.map(({ label }) => label)).toEqual([
      'Only here · ee0000000000.ts',
      'Squash (#1)',
      'Second thing',
      'First thing',
    ]);
    const second = checkpoints.find(({ checkpoint }) => checkpoint === SECOND);
    expect(second?.commits).toEqual([
      expect.objectContaining({ commit: ids.second, author: 'Second <who@example.com>', checkpointCount: 1 }),
      expect.objectContaining({ commit: ids.squash, subject: 'Squash (#1)', checkpointCount: 2 }),
    ]);
    const counted = git(dir, 'log', '--all', '--format=%H', '-i', '--grep=Entire-Checkpoint').trim().split('\n');
    const named = new Set(checkpoints.flatMap(({ commits }) => commits.map(({ commit }) => commit)));
    expect([...named].sort()).toEqual(counted.sort());
  });

  it('and much else filter it', async () => {
    expect(await listed({ author: 'second' })).toEqual([SECOND]);
    expect(await listed({ author: 'EXAMPLE.com' })).toEqual([FIRST, SECOND, SQUASHED]);
    expect(await listed({ grep: 'squash' })).toEqual([SECOND, SQUASHED]);
    expect(await listed({ grep: 'only HERE' })).toEqual([ALONE]);
    expect(await listed({ branch: 'side' })).toEqual([SECOND]);
    expect(await listed({ branch: 'sid' })).toEqual([]);
    expect(await listed({ branch: 's*e' })).toEqual([SECOND]);
    expect(await listed({ agent: 'claude' })).toEqual([FIRST, SQUASHED, ALONE]);
    expect(await listed({ file: `src/${FIRST}.ts` })).toEqual([FIRST]);
    expect(await listed({ file: './src/' })).toEqual([FIRST, SECOND, SQUASHED, ALONE]);
    expect(await listed({ file: 'src/*2*.ts' })).toEqual([SECOND]);
    expect(await listed({ file: 'sr' })).toEqual([]);
    expect(await listed({ commits: 'HEAD' })).toEqual([FIRST, SECOND, SQUASHED]);
    expect(await listed({ commits: `${ids.first}^!` })).toEqual([FIRST]);
    expect(await listed({ commits: 'side..main', agent: 'codex' })).toEqual([SECOND]);
    const until = BigInt(Date.parse('2026-02-02T12:00:00Z')) * 1_000_000n;
    expect(await listed({ until })).toEqual([FIRST, SECOND]);
    await expect(list({ commits: 'nowhere..HEAD' })).rejects.toMatchObject({ code: 'UNKNOWN_REVISION' });
  });

  it('lead to what they name', async () => {
    const shown = async (name: string) => (await showIn(dir, name, {}, engine)).checkpoint;
    for (const name of [FIRST, FIRST.slice(0, 4), ids.first ?? '', ids.first?.slice(0, 9) ?? '', 'HEAD~3']) {
      expect(await shown(name), name).toBe(FIRST);
    }
    expect(await shown('side')).toBe(SECOND);
    expect(await shown('main~1')).toBe(SECOND); // the merge names none, what it merged does
    await expect(shown('HEAD~2')).rejects.toMatchObject({
      code: 'SEVERAL_CHECKPOINTS',
      message: expect.stringMatching(new RegExp(`${SECOND} {2}Second thing\n {2}${SQUASHED} {2}Squash`)),
    });
    await expect(shown('HEAD')).rejects.toMatchObject({
      code: 'NO_CHECKPOINT_NAMED',
      hint: ['The last commit before it that names one: ', ['ckpt', 'show', ids.squash?.slice(0, 10)]],
    });
    await expect(shown(ids.root ?? '')).rejects.toMatchObject({ code: 'NO_CHECKPOINT_NAMED' });
    await expect(shown('nowhere')).rejects.toMatchObject({ code: 'BAD_CHECKPOINT_ID' });
  });

  it('lead from a line to what wrote it', async () => {
    const at = async (line: number | undefined) => showIn(dir, { path: 'src/a b.txt', line }, {}, engine);
    if (engine === 'isomorphic') {
      await expect(at(1)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
      return;
    }
    expect(await at(1)).toMatchObject({ checkpoint: FIRST, commits: [{ commit: ids.first, subject: 'First thing' }] });
    await expect(at(2)).rejects.toMatchObject({ code: 'SEVERAL_CHECKPOINTS' });
    await expect(at(3)).rejects.toMatchObject({ code: 'NO_CHECKPOINT_NAMED' });
    await expect(at(9)).rejects.toMatchObject({ code: 'NO_SUCH_LINE' });
    await expect(at(undefined)).rejects.toMatchObject({ code: 'SEVERAL_CHECKPOINTS' });
    await expect(showIn(dir, { path: 'nowhere', line: 1 })).rejects.toMatchObject({ code: 'NO_SUCH_LINE' });
  });

  it('are found as far as a shallow clone has them', async () => {
    const clone = join(tempDir(), 'clone');
    git(dir, 'clone', '-q', '--depth', '2', '--no-single-branch', `file://${dir}`, clone);
    git(clone, 'fetch', '-q', 'origin', 'entire/checkpoints/v1:refs/heads/entire/checkpoints/v1');
    const { checkpoints } = await listIn(clone, {}, engine);
    expect(checkpoints.find(({ checkpoint }) => checkpoint === SECOND)?.label).toBe('Second thing');
  });
});

describe('a repository that means harm', () => {
  it('runs no program that its configuration names, and hides no checkpoint', async () => {
    const dir = tempDir('file');
    userRepository(dir);
    const trap = `touch ${dir}/trapped`;
    const traps = [
      'diff.x.textconv',
      'filter.x.clean',
      'filter.x.smudge',
      'core.pager',
      'pager.blame',
      'core.fsmonitor',
    ];
    for (const key of traps) git(dir, 'config', key, trap);
    mkdirSync(join(dir, '.git/info'), { recursive: true });
    writeFileSync(join(dir, '.git/info/attributes'), '* diff=x filter=x\n');
    expect(await showIn(dir, { path: 'src/a b.txt', line: 1 })).toMatchObject({ checkpoint: FIRST });
    expect(await listIn(dir, { commits: 'HEAD' })).toMatchObject({ matching: 3 });
    expect(existsSync(join(dir, 'trapped'))).toBe(false);
    // A ref that points at nothing leaves the list as it is, without the commits.
    writeFileSync(join(dir, '.git/refs/heads/broken'), `${'1'.repeat(40)}\n`);
    const warnings: string[] = [];
    const onEvent = (event: ProgressEvent) => {
      if (event.kind === 'warning') warnings.push(event.message);
    };
    const { checkpoints } = await listIn(dir, { onEvent });
    expect(checkpoints.map(({ commits }) => commits.length)).toEqual([0, 0, 0, 0]);
    expect(warnings).toEqual([expect.stringContaining('were not read')]);
  });
});

it('says of a line that HEAD has no commit', async () => {
  const dir = tempDir();
  const v1 = new V1Builder();
  v1.checkpoint(FIRST, {});
  v1.write(dir);
  await expect(showIn(dir, { path: 'a.ts', line: 1 })).rejects.toThrow(/looked up in HEAD: it has no commit$/);
});
