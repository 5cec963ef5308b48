import { describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import type { CheckpointList, ListedCheckpoint } from '../../src/inspect/list-checkpoints.ts';
import { widthOf } from '../../src/ui/clip.ts';
import { listText } from '../../src/ui/list-text.ts';

const checkpoint = (id: string, facts: Partial<ListedCheckpoint> = {}): ListedCheckpoint => ({
  checkpoint: id as CheckpointId,
  layouts: ['v1'],
  createdAt: '2026-04-24T23:50:02.885968+02:00',
  branch: 'main',
  agents: ['Claude Code'],
  sessionCount: 1,
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

describe('listText', () => {
  it('fits 80 columns', () => {
    expect(listText(LIST, 80)).toMatchInlineSnapshot(`
      "checkpoint    date (UTC)  branch          agent         #   prompt
      b5a37dc3d0fe  2026-04-24  main            Codex, Clau…  22  fix the linter erro…
      f590660a2345  2026-04-24  agent/add-ent…  Claude Code   1   Same as before, Sam…
      0259654421a4  2026-04-24  main            Claude Code   1   所有代码提交带dev分…
      47114a2340c0  -                                         0

      Not shown: 1,196 older checkpoints; 40 that do not match.
      "
    `);
  });

  it('leaves out columns at 40', () => {
    expect(listText(LIST, 40)).toMatchInlineSnapshot(`
      "checkpoint    date (UTC)  prompt
      b5a37dc3d0fe  2026-04-24  fix the linte…
      f590660a2345  2026-04-24  Same as befor…
      0259654421a4  2026-04-24  所有代码提交…
      47114a2340c0  -

      Not shown: 1,196 older checkpoints; 40 that do not match.
      "
    `);
  });

  it.each([30, 36, 40, 50, 60, 70, 80, 100, 120, 200])('is never wider than %i columns', (width) => {
    const rows = listText({ ...LIST, total: 4, matching: 4 }, width).split('\n');
    expect(Math.max(...rows.map(widthOf))).toBeLessThanOrEqual(width);
  });

  it('cuts nothing where the output is not a terminal', () => {
    const text = listText(LIST, Number.POSITIVE_INFINITY);
    expect(text).toContain('agent/add-entire-graph-runners');
    expect(text).toContain('Same as before, '.repeat(12).trimEnd());
  });

  it('names every layout that has a checkpoint', () => {
    const three = checkpoint('b5a37dc3d0fe', { layouts: ['refs', 'v1', 'v2'] });
    expect(listText({ total: 1, matching: 1, checkpoints: [three] }, 160)).toContain(' refs v1 v2 ');
  });

  it('says where there is nothing', () => {
    expect(listText({ total: 0, matching: 0, checkpoints: [] }, 80)).toBe('There are no checkpoints.\n');
    expect(listText({ total: 3, matching: 0, checkpoints: [] }, 80)).toBe('None of 3 checkpoints matches.\n');
  });

  it('lets no control character of the repository through', () => {
    const evil = 'x\u001b[2J\n\u202e';
    const text = listText(
      { ...LIST, checkpoints: [checkpoint('b5a37dc3d0fe', { branch: evil, agents: [evil], prompt: evil })] },
      120,
    );
    expect(text).toContain('x\\x1b[2J\\n\\u202e');
    expect(text).not.toContain('\u001b');
  });
});
