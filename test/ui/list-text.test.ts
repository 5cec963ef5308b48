import { describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { CheckpointList, ListedCheckpoint } from '../../src/inspect/list-checkpoints.ts';
import { widthOf } from '../../src/ui/clip.ts';
import { listText } from '../../src/ui/list-text.ts';
import { runOf } from './run.ts';

const checkpoint = (id: string, facts: Partial<ListedCheckpoint> = {}): ListedCheckpoint => ({
  checkpoint: id as CheckpointId,
  layouts: ['v1'],
  createdAt: '2026-04-24T23:50:02.885968+02:00',
  branch: 'main',
  agents: ['Claude Code'],
  sessionCount: 1,
  files: [],
  prompt: 'fix the linter errors',
  commits: [],
  deletion: null,
  isOddTime: false,
  label: facts.prompt === undefined ? 'fix the linter errors' : facts.prompt,
  ...facts,
});

const LIST: CheckpointList = {
  total: 1240,
  matching: 1200,
  checkpoints: [
    checkpoint('b5a37dc3d0fe', { layouts: ['v1', 'v2'], agents: ['Codex', 'Claude Code'], sessionCount: 22 }),
    checkpoint('f590660a2345', { branch: 'agent/add-entire-graph-runners', prompt: 'Same as before, '.repeat(12) }),
    checkpoint('0259654421a4', {
      prompt: '所有代码提交带dev分支，然后运行测试并且修复所有错误，最后再提交一次代码到主分支',
    }),
    checkpoint('47114a2340c0', { createdAt: null, branch: null, agents: [], sessionCount: 0, prompt: null }),
  ],
};

/** One that a commit names: its subject is cut at its end. */
const named = checkpoint('c5a37dc3d0fe', {
  commits: [
    {
      commit: 'c'.repeat(40) as ObjectId,
      subject: 'Read · in pieces',
      author: 'A <a@b>',
      authoredAt: null,
      checkpointCount: 1,
    },
  ],
  label: 'Read · in pieces of a megabyte',
});

describe('listText', () => {
  it('fits 80 columns', () => {
    expect(listText(LIST, 80, runOf())).toMatchInlineSnapshot(`
      "checkpoint    date (UTC)        agent         prompt · files
      b5a37dc3d0fe  2026-04-24 21:50  Codex, Clau…  fix the linter errors
      f590660a2345  2026-04-24 21:50  Claude Code   Same as before, Same as before, S…
      0259654421a4  2026-04-24 21:50  Claude Code   所有代码提交带dev分支，然后运行测…
      47114a2340c0  -

      Not shown: 1,196 older checkpoints; 40 that do not match.
      "
    `);
  });

  it('leaves out columns at 40', () => {
    expect(listText(LIST, 40, runOf())).toMatchInlineSnapshot(`
      "checkpoint    prompt · files
      b5a37dc3d0fe  fix the linter errors
      f590660a2345  Same as before, Same as b…
      0259654421a4  所有代码提交带dev分支，然…
      47114a2340c0

      Not shown: 1,196 older checkpoints; 40 that do not match.
      "
    `);
  });

  it('has the label rather than the date beside a long ID', () => {
    const one = checkpoint('01M00F7NPMN4JJTK1YS9V4RFCK', { label: 'Package the changes' });
    expect(listText({ ...LIST, checkpoints: [one] }, 40, runOf())).toContain(
      '01M00F7NPMN4JJTK1YS9V4RFCK  Package the…\n',
    );
  });

  it.each([30, 36, 40, 50, 60, 70, 80, 100, 120, 200])('is never wider than %i columns', (width) => {
    const rows = listText({ ...LIST, total: 4, matching: 4 }, width, runOf()).split('\n');
    expect(Math.max(...rows.map(widthOf))).toBeLessThanOrEqual(width);
  });

  it.each([
    [20, 'b5a37dc3d0fe'],
    [26, '01M00F7NPMN4JJTK1YS9V4RFCK'],
    [37, '01M00F7NPMN4JJTK1YS9V4RFCK'],
  ])('has the IDs alone where %i columns have room for nothing else', (width, id) => {
    expect(listText({ total: 1, matching: 1, checkpoints: [checkpoint(id)] }, width, runOf())).toBe(
      `checkpoint\n${id}\n`,
    );
  });

  it('cuts nothing where the output is not a terminal', () => {
    const text = listText(LIST, Number.POSITIVE_INFINITY, runOf());
    expect(text).toContain('agent/add-entire-graph-runners');
    expect(text).toContain('Same as before, '.repeat(12).trimEnd());
  });

  it('names every layout that has a checkpoint', () => {
    const three = checkpoint('b5a37dc3d0fe', { layouts: ['refs', 'v1', 'v2'] });
    expect(listText({ total: 1, matching: 1, checkpoints: [three] }, 160, runOf())).toContain(' refs v1 v2 ');
  });

  it('cuts a prompt before what sets its checkpoint apart', () => {
    const prompt = 'Why is it so slow on a large repository';
    const rows = ['reader.ts', 'writer.ts, index.ts +3'].map((end, at) =>
      checkpoint(`b5a37dc3d0f${at}`, { prompt, label: `${prompt} · ${end}` }),
    );
    const list: CheckpointList = { total: 3, matching: 3, checkpoints: [...rows, named] };
    expect(listText({ ...list, checkpoints: rows, total: 2, matching: 2 }, 80, runOf())).toMatchInlineSnapshot(`
      "checkpoint    date (UTC)        agent        prompt · files
      b5a37dc3d0f0  2026-04-24 21:50  Claude Code  Why is it so slow on a… · reader.ts
      b5a37dc3d0f1  2026-04-24 21:50  Claude Code  Why is it so slow… · writer.ts, in…
      "
    `);
    expect(listText(list, 40, runOf())).toMatchInlineSnapshot(`
      "checkpoint    commit subject, or prompt
      b5a37dc3d0f0  Why is it so… · reader.ts
      b5a37dc3d0f1  Why is it so… · writer.ts…
      c5a37dc3d0fe  Read · in pieces of a meg…
      "
    `);
  });

  it('gives the files what a short prompt leaves', () => {
    const short = checkpoint('b5a37dc3d0f0', { prompt: 'Go on', label: 'Go on · src/git/reader.ts, index.ts +3' });
    expect(listText({ ...LIST, checkpoints: [short] }, 40, runOf())).toContain('Go on · src/git/reader.ts…');
  });

  it('says where there is nothing', () => {
    expect(listText({ total: 0, matching: 0, checkpoints: [] }, 80, runOf())).toBe('There are no checkpoints.\n');
    expect(listText({ total: 3, matching: 0, checkpoints: [] }, 80, runOf())).toBe('None of 3 checkpoints matches.\n');
  });

  it('lets no control character of the repository through', () => {
    const evil = 'x\u001b[2J\n\u202e';
    const text = listText(
      { ...LIST, checkpoints: [checkpoint('b5a37dc3d0fe', { branch: evil, agents: [evil], prompt: evil })] },
      120,
      runOf(),
    );
    expect(text).toContain('x\\x1b[2J\\n\\u202e');
    expect(text).not.toContain('\u001b');
  });
});
