import type { CheckpointId } from '../../../src/checkpoint/checkpoint-id.ts';
import type { BrowseRow } from '../../../src/inspect/browse/browse-source.ts';
import type { CheckpointReport } from '../../../src/inspect/checkpoint-report.ts';
import { reduce } from '../../../src/ui/browse/reduce.ts';
import { type BrowseState, initialState, type Key } from '../../../src/ui/browse/state.ts';

/** The checkpoint with this number in a list that is made up. */
export function idOf(number: number): CheckpointId {
  return number.toString(16).padStart(12, '0') as CheckpointId;
}

/** The line of a checkpoint that is made up. */
export function rowOf(id: CheckpointId, more: Partial<BrowseRow> = {}): BrowseRow {
  return {
    checkpoint: id,
    layouts: ['v1', 'v2'],
    createdAt: '2025-06-01T10:00:00Z',
    branch: 'main',
    agents: ['Claude Code'],
    sessionCount: 2,
    files: [],
    prompt: `Prompt of ${id}`,
    commits: [],
    deletion: null,
    isOddTime: false,
    label: `Prompt of ${id}`,
    ...more,
  };
}

/** A report of a checkpoint with these sessions, all with a transcript. */
export function reportOf(id: CheckpointId, ...sessions: string[]): CheckpointReport {
  return {
    checkpoint: id,
    layout: 'v1',
    layouts: ['v1', 'v2'],
    commits: [],
    deletion: null,
    isOddTime: false,
    ref: 'refs/heads/entire/checkpoints/v1',
    commit: '0'.repeat(40),
    summary: null,
    sessionCount: sessions.length,
    sessions: sessions.map((session) => ({
      session,
      sessionId: null,
      createdAt: null,
      agent: 'Claude Code',
      model: null,
      branch: null,
      strategy: null,
      cliVersion: null,
      stepCount: null,
      filesTouched: [],
      tokenUsage: null,
      transcript: { ref: 'refs/heads/entire/checkpoints/v1', files: [], bytes: 1, contentHash: null },
      prompts: null,
      metadata: null,
      taskCount: 0,
    })),
    oddities: [],
  } as unknown as CheckpointReport;
}

/** A list of so many checkpoints on a screen of 80 × 12, with the rows of the first few. */
export function listed(total: number, size = { columns: 80, rows: 12 }): BrowseState {
  const ids = Array.from({ length: total }, (_, i) => idOf(i));
  const counted = reduce(initialState(size, ['v1', 'v2'], undefined), { kind: 'order', layout: undefined, total, ids });
  return reduce(counted, { kind: 'rows', layout: undefined, rows: ids.slice(0, 20).map((id) => rowOf(id)) });
}

/** The state after some keys: names of keys, or text of which each character is typed. */
export function press(state: BrowseState, ...keys: ReadonlyArray<Exclude<Key['name'], 'character'> | `'${string}`>) {
  let next = state;
  for (const key of keys) {
    const all: Key[] = key.startsWith("'")
      ? [...key.slice(1)].map((character) => ({ name: 'character', character }))
      : [{ name: key } as Key];
    for (const one of all) next = reduce(next, { kind: 'key', key: one });
  }
  return next;
}
