import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { openRepository } from '../../src/git/open.ts';
import { V1Store } from '../../src/stores/v1-store.ts';
import { V2Store } from '../../src/stores/v2-store.ts';
import { cleanEnvironment, initRepository, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';

const ID = 'a3b2c4d5e6f7' as CheckpointId;
const AUTHOR = { name: 'Ada', email: 'ada@example.com', date: new Date(1_700_000_000_000) };
const write = { checkpointId: ID, sessionId: 's1', metadata: { strategy: 'manual-commit' }, prompts: ['first'] };

test.each([
  ['V1', V1Store],
  ['V2', V2Store],
])('a %s store reads what it has written, finalized and summed up', async (_, Store) => {
  const dir = initRepository({ dir: join(tempDir(), 'repo') });
  const repo = await openRepository({ dir, engine: 'native', env: cleanEnvironment() });
  try {
    const store = new Store(repo, AUTHOR);
    await store.writeCommitted(write);
    await store.updateCommitted({ checkpointId: ID, sessionId: 's1', prompts: ['first', 'second'] });
    await store.updateSummary({ checkpointId: ID, summary: { intent: 'try' } });
    expect(await store.listCheckpoints()).toEqual([ID]);
    expect(await store.readPrompts(ID, '0')).toEqual(['first', 'second']);
    expect((await store.readSession(ID, '0'))?.value).toMatchObject({ session_id: 's1', summary: { intent: 'try' } });
  } finally {
    await repo.close();
  }
});

test.each([
  ['V1', V1Store],
  ['V2', V2Store],
])('a %s store that was made without an author only reads', async (_, Store) => {
  const dir = initRepository({ dir: join(tempDir(), 'repo') });
  const repo = await openRepository({ dir, engine: 'native', env: cleanEnvironment() });
  try {
    await expect(new Store(repo).writeCommitted(write)).rejects.toThrow('only reads');
    expect(refs(dir)).toEqual({});
  } finally {
    await repo.close();
  }
});
