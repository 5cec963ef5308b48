import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { openRepository } from '../../src/git/open.ts';
import type { Layout } from '../../src/layout/layout.ts';
import { BRANCH_REF, CURRENT_REF, checkpointRef, MAIN_REF } from '../../src/layout/ref-names.ts';
import { V1 } from '../../src/layout/v1-layout.ts';
import { V2 } from '../../src/layout/v2-layout.ts';
import { SessionWriter } from '../../src/stores/session-writer.ts';
import { cleanEnvironment, git, initRepository, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { AUTHOR, fileOf, filesOf, jsonOf, source } from './store-bench.ts';

const ID = 'a3b2c4d5e6f7' as CheckpointId;
const REF = checkpointRef(ID);
const transcript = source('{"line":1}\n');
const write = {
  checkpointId: ID,
  sessionId: 's1',
  metadata: { strategy: 'manual-commit' },
  prompts: ['first'],
  transcript,
};

/** A layout with a ref for each checkpoint, whose tree is the checkpoint: the writer knows nothing of it. */
const REFS: Pick<Layout, 'place'> = { place: (id, path) => ({ ref: checkpointRef(id), path }) };

test.each<[string, Pick<Layout, 'place' | 'branch'>, string, string, Record<string, string[]>]>([
  ['V1', V1, BRANCH_REF, 'a3/b2c4d5e6f7/', { [BRANCH_REF]: ['full.jsonl', 'content_hash.txt'] }],
  ['V2', V2, MAIN_REF, 'a3/b2c4d5e6f7/', { [CURRENT_REF]: ['full.jsonl', 'content_hash.txt'] }],
  ['one ref a checkpoint', REFS, REF, '', { [REF]: ['full.jsonl', 'content_hash.txt'] }],
])(
  '%s: a session is written, finalized and summed up where the layout places its files',
  async (_, layout, home, folder, full) => {
    const dir = initRepository({ dir: join(tempDir(), 'repo') });
    const repo = await openRepository({ dir, engine: 'native', env: cleanEnvironment() });
    try {
      const generations = { mode: 'accumulate', maxCheckpoints: 100 } as const;
      const writer = new SessionWriter(repo, AUTHOR, { layout, generations });
      await writer.writeCommitted(write);
      await writer.writeCommitted({ ...write, sessionId: 's2', prompts: ['other'] });
      await writer.updateCommitted({ checkpointId: ID, sessionId: 's1', prompts: ['first', 'second'], transcript });
      await writer.updateSummary({ checkpointId: ID, sessionId: 's1', summary: { intent: 'try' } });
      expect(Object.keys(refs(dir)).sort()).toEqual([...new Set([home, ...Object.keys(full)])].sort());
      expect(fileOf(dir, home, `${folder}0/prompt.txt`)).toBe('first\n\n---\n\nsecond');
      expect(jsonOf(dir, home, `${folder}0/metadata.json`)).toMatchObject({
        session_id: 's1',
        summary: { intent: 'try' },
      });
      for (const [ref, names] of Object.entries(full)) {
        for (const name of names) expect(filesOf(dir, ref)).toContain(`100644 ${folder}0/${name}`);
      }
      // The summary lists what lies where it does, by the paths that it has there.
      const { sessions } = jsonOf(dir, home, `${folder}metadata.json`) as { sessions: Array<Record<string, string>> };
      const names = ['metadata.json', ...(full[home] ?? []), 'prompt.txt'];
      expect(sessions.map((listed) => Object.values(listed))).toEqual(
        ['0', '1'].map((session) => names.map((name) => `/${folder}${session}/${name}`)),
      );
      const subjects = git(dir, 'log', '--format=%s', home)
        .split('\n')
        .filter((line) => !line.startsWith('Initialize'));
      expect(subjects).toEqual([
        `Update summary for checkpoint ${ID} (session: s1)`,
        `Finalize transcript for Checkpoint: ${ID}`,
        `Checkpoint: ${ID}`,
        `Checkpoint: ${ID}`,
      ]);
    } finally {
      await repo.close();
    }
  },
);
