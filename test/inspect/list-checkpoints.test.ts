import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/checkpoint/instant.ts';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import { tellingLine } from '../../src/inspect/prompt-line.ts';
import { cutShort, makeEmpty } from '../fixtures/damaged-objects.ts';
import { writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git, refs } from '../fixtures/git.ts';
import { A, A2, B, badInputScenarios, historyScenarios, ULID, ULID2 } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn } from '../migrate/support.ts';
import { listIn, showIn } from './support.ts';

/** Times whose text sorts another way than the instants do; `null` and nonsense. */
function timesAndNames(dir: string): string {
  const v1 = new V1Builder();
  const times: Record<string, Array<string | null>> = {
    '0000000000a1': ['2025-06-01T23:30:00-05:00'],
    '0000000000a2': ['2025-06-02T04:00:00Z', '2025-06-01T00:00:00Z'],
    '0000000000a3': ['2025-06-02T04:00:00.000000001Z'],
    '0000000000a4': [null, 'yesterday'],
    '0000000000a5': ['2025-06-02T06:00:00+02:00'],
  };
  for (const [id, sessions] of Object.entries(times)) {
    v1.checkpoint(id, { sessions: sessions.map((createdAt) => ({ createdAt })) });
  }
  v1.write(dir);
  return dir;
}

describe('listCheckpoints', () => {
  it.each(ENGINES)('puts the newest session first, as instants; unknown ones last; ties by ID (%s)', async (engine) => {
    const { total, checkpoints } = await listIn(timesAndNames(tempDir()), {}, engine);
    expect(total).toBe(5);
    expect(checkpoints.map(({ checkpoint }) => checkpoint.slice(-2))).toEqual(['a1', 'a3', 'a2', 'a5', 'a4']);
    expect(checkpoints[0]?.createdAt).toBe('2025-06-01T23:30:00-05:00');
    expect(checkpoints[4]).toMatchObject({ createdAt: null, sessionCount: 2 });
  });

  it('goes by the time in a ULID where no session says one', async () => {
    const v1 = new V1Builder();
    v1.checkpoint(ULID2, { sessions: [{ createdAt: null }] });
    v1.checkpoint(A, { sessions: [{ createdAt: '2025-07-12T00:00:00Z' }] });
    v1.checkpoint(ULID, { sessions: [{ createdAt: '2025-07-13T00:00:00Z' }] });
    const dir = tempDir();
    v1.write(dir);
    const { checkpoints } = await listIn(dir, {});
    expect(checkpoints.map(({ checkpoint }) => checkpoint)).toEqual([ULID, A, ULID2]);
    expect(checkpoints[2]?.createdAt).toBe('2025-07-11T16:24:09.715Z');
  });

  it.each(ENGINES)('shows what else there is beside a prompt and metadata that are damaged (%s)', async (engine) => {
    const v1 = new V1Builder();
    v1.checkpoint(A, { sessions: [{ prompts: ['This one is damaged'] }, { prompts: ['and its metadata'] }] });
    v1.checkpoint(B, { sessions: [{ prompts: ['This one is whole'] }] });
    const dir = tempDir();
    v1.write(dir);
    cutShort(dir, git(dir, 'rev-parse', `${V1_REF}:${shardPath(A)}/0/prompt.txt`));
    makeEmpty(dir, git(dir, 'rev-parse', `${V1_REF}:${shardPath(A)}/1/metadata.json`));
    const { checkpoints } = await listIn(dir, {}, engine);
    expect(checkpoints.map(({ checkpoint, sessionCount }) => [checkpoint, sessionCount])).toEqual([
      [A, 2],
      [B, 1],
    ]);
    expect(checkpoints.find(({ checkpoint }) => checkpoint === B)).toMatchObject({ prompt: 'This one is whole' });
    expect(await showIn(dir, A, {}, engine)).toMatchObject({ checkpoint: A });
  });

  it('tells how far it is', async () => {
    const events: ProgressEvent[] = [];
    await listIn(timesAndNames(tempDir()), { onEvent: (event) => events.push(event) });
    expect(events).toEqual([
      { kind: 'phase', phase: 'walk history' },
      { kind: 'phase', phase: 'read checkpoints', total: 5 },
      { kind: 'progress', phase: 'read checkpoints', done: 5, total: 5 },
    ]);
  });

  it('limits, and leaves out what is older than a moment or of no known time', async () => {
    const dir = timesAndNames(tempDir());
    const since = parseInstant('2025-06-02T04:00:00Z');
    const list = await listIn(dir, { since, limit: 3 });
    expect(list).toMatchObject({ total: 5, matching: 4 });
    expect(list.checkpoints.map(({ checkpoint }) => checkpoint.slice(-2))).toEqual(['a1', 'a3', 'a2']);
    expect(await listIn(dir, { since: parseInstant('2030-01-01T00:00:00Z') })).toMatchObject({ checkpoints: [] });
  });

  it('lists what either layout has, once, or one layout alone', async () => {
    const dir = tempDir();
    const { v1 } = await historyScenarios.merge(dir);
    writeForeignV2(dir, v1, { lost: [B], extra: ['0000000000ee'] });
    const layoutsOf = async (layout?: 'v1' | 'v2') => {
      const { checkpoints } = await listIn(dir, { layout });
      return Object.fromEntries(checkpoints.map(({ checkpoint, layouts }) => [checkpoint, layouts.join()]));
    };
    expect(await layoutsOf()).toEqual({ [A]: 'v1,v2', [A2]: 'v1,v2', [B]: 'v1', '0000000000ee': 'v2' });
    expect(await layoutsOf('v1')).toEqual({ [A]: 'v1', [A2]: 'v1', [B]: 'v1' });
    expect(await layoutsOf('v2')).toEqual({ [A]: 'v2', [A2]: 'v2', '0000000000ee': 'v2' });
  });

  it('lists what nobody should have, too, and moves no ref', async () => {
    for (const scenario of Object.values(badInputScenarios)) {
      const dir = tempDir();
      const { checkpoints } = await scenario(dir);
      const before = refs(dir);
      const { checkpoints: listed } = await listIn(dir);
      const ids = listed.map(({ checkpoint }): string => checkpoint);
      expect(ids).toEqual(expect.arrayContaining([...checkpoints]));
      expect(refs(dir)).toEqual(before);
    }
  });

  it('gives the same list from V1 and from its projection', async () => {
    const dir = tempDir();
    await historyScenarios.everyKindOfCommit(dir);
    await migrateIn(dir);
    const v1 = await listIn(dir, { layout: 'v1' });
    const v2 = await listIn(dir, { layout: 'v2' });
    const both = (list: typeof v1) => list.checkpoints.map((checkpoint) => ({ ...checkpoint, layouts: [] }));
    expect(both(v2)).toEqual(both(v1));
    expect(v1.checkpoints.map(({ prompt }) => prompt)).not.toContain(null);
  });
});

describe('labels', () => {
  it('tell the checkpoints of one session apart, whose prompts begin alike', async () => {
    const v1 = new V1Builder();
    const steps = [['src/a.ts'], ['src/b.ts'], ['src/a.ts', 'src/b.ts', 'c.md'], []];
    for (const [at, files] of steps.entries()) {
      v1.checkpoint(`0000000000b${at}`, {
        sessions: [
          {
            createdAt: `2025-06-0${at + 1}T09:3${at}:00Z`,
            prompts: ['go on', 'Implement the following plan:\n\n# Move the parser', ...'again '.repeat(at).split(' ')],
            fields: { files_touched: files },
          },
        ],
      });
    }
    v1.checkpoint('0000000000b8', {
      sessions: [{ createdAt: '2025-05-01T00:00:00Z', prompts: null, fields: { files_touched: ['x/y.ts'] } }],
    });
    v1.checkpoint('0000000000b9', { sessions: [{ createdAt: null, prompts: null, fields: { files_touched: [] } }] });
    const dir = tempDir();
    v1.write(dir);
    const { checkpoints } = await listIn(dir);
    expect(checkpoints.map(({ label }) => label)).toEqual([
      'Move the parser · 09:33',
      'Move the parser · a.ts, b.ts +1',
      'Move the parser · b.ts',
      'Move the parser · a.ts',
      'y.ts',
      null,
    ]);
  });
});

describe('tellingLine', () => {
  const line = (text: string) => tellingLine(Buffer.from(text));

  it('is the first line that says something', () => {
    expect(line('\n  \n---\n\tFix it \nand more')).toBe('Fix it');
    expect(line('Implement the following plan:\n\n# Move the parser\n\nFirst')).toBe('Move the parser');
    expect(line('Implement this plan:\n# Fix the gaps')).toBe('Fix the gaps');
    expect(line('Next is?\n\n---\n\nMake it so\n\n---\n\ncommit/push\n\n---\n\nRename it')).toBe('Rename it');
    expect(line('Push the fix')).toBe('Push the fix');
    expect(line('yes\n\n---\n\nNow the tests')).toBe('Now the tests');
    expect(line('<command-name>\n/clear')).toBe('/clear');
    expect(line('Yes.')).toBe('Yes.');
    expect(line('Can you commit this, please?\n\n---\n\nWell, you know what to do then\n1.\nDo the tests')).toBe(
      'Do the tests',
    );
    expect(line('Let\u2019s go\n\n---\n\n修复测试')).toBe('修复测试');
    expect(line('Ok\n\n---\n\nВсё готово')).toBe('Всё готово');
    expect(line('')).toBeUndefined();
    expect(line('\n\n---\n\n')).toBeUndefined();
  });

  it('is of what was typed, before what the program put in', () => {
    const task =
      '<task-notification>\n<task-id>b5p</task-id>\n<summary>Agent "Find it" finished</summary>\n</task-notification>';
    expect(line(`${task}\n\n---\n\nNow the tests`)).toBe('Now the tests');
    expect(line(task)).toBe('Agent "Find it" finished');
    expect(line('<system-reminder>Be brief.</system-reminder>\nMove the parser')).toBe('Move the parser');
    const links = `<external_links>\n### Web results\n${'A line of a page\n'.repeat(1000)}</external_links>\n\n`;
    expect(line(`${links}review the changes`)).toBe('review the changes');
    expect(line('<!-- task:6 -->\nMend the linter')).toBe('Mend the linter');
    expect(line('<command-name>/review</command-name>\n<command-args>41</command-args>')).toBe('/review 41');
  });

  it('is bounded, and cuts no character in two', () => {
    expect(line('ü'.repeat(5000))).toBe('ü'.repeat(200));
    expect(line('😀'.repeat(5000))).toBe('😀'.repeat(200));
    expect(line(`${' '.repeat(32_767)}ü`)).toBeUndefined();
  });
});
