import { openRepository } from '../../src/git/open.ts';
import type { Layout } from '../../src/layout/layout.ts';
import { V2 } from '../../src/layout/v2-layout.ts';
import { SessionWriter } from '../../src/stores/session-writer.ts';
import { cleanEnvironment } from '../fixtures/git.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';

/** The size of generations in these tests. */
export const MAX = 3;

/** One session that is written to V2 alone. */
export interface V2Write {
  readonly id: string;
  readonly session?: string;
  readonly transcript?: string;
  /** Seconds since the epoch. */
  readonly at: number;
  readonly finalize?: boolean;
}

/** Writes a session to one layout alone, by default V2, as `ckpt dual-write` does with `checkpoints_version: 2`. */
export async function writeV2(dir: string, write: V2Write, layout: Layout = V2): Promise<void> {
  const { id, at, finalize = false, session = `session-${id}` } = write;
  const text = write.transcript ?? transcriptText(`${id}-${session}`, finalize ? 5 : 3);
  const transcript = async function* () {
    yield Buffer.from(text);
  };
  const repo = await openRepository({ dir, engine: 'native', env: cleanEnvironment() });
  try {
    const author = { name: 'Ann', email: 'ann@example.com', date: new Date(at * 1000) };
    const generations = { mode: 'accumulate', maxCheckpoints: MAX } as const;
    const writer = new SessionWriter(repo, author, { layout, generations });
    const created_at = new Date(at * 1000).toISOString().replace('.000', '');
    const common = { checkpointId: id, sessionId: session, transcript };
    if (finalize) await writer.updateCommitted(common);
    else await writer.writeCommitted({ ...common, metadata: { created_at }, prompts: [`do ${session}`] });
  } finally {
    await repo.close();
  }
}
