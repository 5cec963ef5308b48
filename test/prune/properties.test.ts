import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import type { FullCurrentMode } from '../../src/generations/generation.ts';
import { readGeneration } from '../../src/generations/generation.ts';
import type { EngineName, Repository } from '../../src/git/repository.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { prune } from '../../src/prune/prune.ts';
import { restoreArchive } from '../../src/prune/restore.ts';
import { rotate } from '../../src/rotate/rotate.ts';
import type { SessionWriter } from '../../src/stores/session-writer.ts';
import { verify } from '../../src/verify/verify.ts';
import { initRepository, withTempDir } from '../fixtures/git.ts';
import { assertProperty, ENGINES, withRepository } from '../migrate/support.ts';
import { sessionWrite, source, v1Writer } from '../stores/store-bench.ts';
import { bytesOf } from '../stores/transcripts.ts';
import { V1Store } from '../stores/v1-store.ts';
import { V2Store } from '../stores/v2-store.ts';

// Two of them share a shard.
const CHECKPOINTS = ['a3b2c4d5e6f7', 'a3ffffffffff', 'b1c2d3e4f506', '00c2d3e4f506', 'ffc2d3e4f506'];
const SESSIONS = ['s-one', 's-two'];
/** A session that never has a transcript: it changes the times of a checkpoint, and nothing in a generation. */
const EMPTY_SESSION = 's-none';

type Step =
  | {
      readonly kind: 'write' | 'finalize';
      readonly checkpoint: string;
      readonly session: string;
      readonly time: string;
    }
  | { readonly kind: 'rotate'; readonly force: boolean }
  | { readonly kind: 'prune'; readonly keep: number; readonly now: string }
  /** Which of the pruned archives comes back. */
  | { readonly kind: 'restore'; readonly at: number }
  | { readonly kind: 'migrate'; readonly mode: FullCurrentMode };

const time = fc.constantFrom(
  '2025-12-31T23:59:59Z',
  '2026-01-01T00:59:59.5+01:00',
  '2026-01-20T00:00:00Z',
  'unreadable',
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom('write' as const, 'write' as const, 'finalize' as const),
        checkpoint: fc.constantFrom(...CHECKPOINTS),
        session: fc.constantFrom(...SESSIONS, ...SESSIONS, EMPTY_SESSION),
        time,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rotate' as const), force: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('prune' as const),
        keep: fc.constantFrom(0, 0, 1),
        now: fc.constantFrom('2026-01-15T00:00:00Z', '2999-01-01T00:00:00Z'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const), at: fc.nat() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('migrate' as const),
        mode: fc.constantFrom<FullCurrentMode>('accumulate', 'replace'),
      }),
    },
  ),
  { minLength: 4, maxLength: 14 },
);

/** A repository, and what has to be true of it. */
class Model {
  readonly #repo: Repository;
  readonly #maxCheckpoints: number;
  readonly #v1: SessionWriter;
  /** Sessions with a transcript. */
  readonly #written = new Set<string>();
  /** Checkpoints whose transcripts were pruned. */
  readonly #pruned = new Set<string>();
  /** Archives that were pruned, by their number, with what they held. */
  readonly #backups = new Map<number, readonly string[]>();
  #mode: FullCurrentMode = 'accumulate';
  #count = 0;

  constructor(repo: Repository, maxCheckpoints: number) {
    this.#repo = repo;
    this.#maxCheckpoints = maxCheckpoints;
    this.#v1 = v1Writer(repo);
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'write':
      case 'finalize':
        return this.#write(step);
      case 'rotate':
        await rotate(this.#repo, { ...this.#options(), force: step.force });
        return;
      case 'prune':
        return this.#prune(step.keep, new Date(step.now));
      case 'restore':
        return this.#restore([...this.#backups.keys()].sort()[step.at % Math.max(1, this.#backups.size)]);
      case 'migrate':
        this.#mode = step.mode;
        await migrate(this.#repo, this.#options());
    }
  }

  /** Verify finds no error, and V2 gives each transcript that V1 gives, byte for byte, but for those that were pruned. */
  async check(): Promise<void> {
    const v1 = new V1Store(this.#repo);
    const v2 = new V2Store(this.#repo);
    const ids = await v1.listCheckpoints();
    if (ids.length === 0) return;
    const { findings } = await verify(this.#repo, { maxCheckpoints: this.#maxCheckpoints });
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    for (const id of ids) {
      for (const session of await v1.listSessions(id)) {
        const expected = await v1.readTranscript(id, session);
        const found = await v2.readTranscript(id, session);
        if (expected === undefined || this.#pruned.has(id)) expect(found, `${id}/${session}`).toBeUndefined();
        else expect(await bytesOf(found)).toEqual(await bytesOf(expected));
      }
    }
  }

  #options() {
    return { maxCheckpoints: this.#maxCheckpoints, fullCurrentMode: this.#mode };
  }

  async #write({
    kind,
    checkpoint: checkpointId,
    session: sessionId,
    time: createdAt,
  }: Step & { kind: 'write' | 'finalize' }) {
    const key = `${checkpointId} ${sessionId}`;
    const transcript = source(`line ${this.#count++}\n`);
    const isEmpty = sessionId === EMPTY_SESSION;
    if (kind === 'finalize' && this.#written.has(key)) {
      await this.#v1.updateCommitted({ checkpointId, sessionId, prompts: [], transcript });
    } else {
      const metadata = { created_at: createdAt };
      await this.#v1.writeCommitted(
        sessionWrite(sessionId, { checkpointId, metadata, ...(isEmpty ? {} : { transcript }) }),
      );
      if (!isEmpty) this.#written.add(key);
    }
    // A checkpoint with a new transcript is there again, as V1 has it now.
    if (!isEmpty) this.#pruned.delete(checkpointId);
    await migrate(this.#repo, this.#options());
  }

  async #prune(keep: number, now: Date): Promise<void> {
    const held = new Map<number, readonly string[]>();
    const plan = await prune(this.#repo, { retentionDays: 14, keep, now: () => now });
    for (const { number, commit } of plan.archives) {
      held.set(number, [...(await readGeneration(this.#repo, commit as never)).checkpoints.keys()]);
    }
    const result = await prune(this.#repo, { retentionDays: 14, keep, now: () => now, apply: true });
    expect(result.status).not.toBe('refused');
    expect(result.archives).toEqual(plan.archives);
    for (const { number, verdict } of result.archives) {
      if (verdict !== 'prune') continue;
      this.#backups.set(number, held.get(number) ?? []);
      for (const id of held.get(number) ?? []) this.#pruned.add(id);
    }
  }

  async #restore(number: number | undefined): Promise<void> {
    if (number === undefined) return;
    const held = this.#backups.get(number) ?? [];
    this.#backups.delete(number);
    const gone = held.filter((id) => this.#pruned.has(id));
    if (gone.length === 0) {
      await expect(restoreArchive(this.#repo, number)).rejects.toMatchObject({ code: 'NOTHING_TO_RESTORE' });
      return;
    }
    const { leftOut } = await restoreArchive(this.#repo, number);
    expect(leftOut).toEqual(held.filter((id) => !gone.includes(id)).sort());
    for (const id of gone) this.#pruned.delete(id as CheckpointId);
  }
}

async function runAll(
  dir: string,
  engine: EngineName,
  sequence: readonly Step[],
  maxCheckpoints: number,
): Promise<void> {
  const home = initRepository({ dir: `${dir}/repo`, bare: true });
  await withRepository(home, engine, async (repo) => {
    const model = new Model(repo, maxCheckpoints);
    for (const step of sequence) {
      await model.take(step);
      await model.check();
    }
  });
}

describe.each(ENGINES)('any sequence of writes, finalizations, rotations, prunes and restores (%s)', (engine) => {
  const runs = engine === 'native' ? 8 : 3; // the other engine waits for the disk after each object

  it('keeps every transcript readable that was not pruned, and verify clean', () =>
    assertProperty(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), (sequence, maxCheckpoints) =>
        withTempDir((dir) => runAll(dir, engine, sequence, maxCheckpoints)),
      ),
      runs,
    ));
});
