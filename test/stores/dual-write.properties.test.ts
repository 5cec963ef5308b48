import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionWrite } from '../../src/checkpoint/session-write.ts';
import type { FullCurrentMode } from '../../src/generations/generation.ts';
import { GenerationState } from '../../src/generations/generation-state.ts';
import type { EngineName, Repository } from '../../src/git/repository.ts';
import { readLayoutRefs } from '../../src/layout/layout-refs.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import type { SessionWriter } from '../../src/stores/session-writer.ts';
import { verify } from '../../src/verify/verify.ts';
import { git, initRepository, withTempDir } from '../fixtures/git.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { assertProperty, ENGINES, migrateIn, V2_FULL, v2State, withRepository } from '../migrate/support.ts';
import { sessionWrite, source, v1Writer } from './store-bench.ts';

// Two of them share a shard.
const CHECKPOINTS = [
  'a3b2c4d5e6f7',
  'a3ffffffffff',
  'b1c2d3e4f506',
  '00c2d3e4f506',
  'ffc2d3e4f506',
  '5dc2d3e4f506',
  '5ec2d3e4f506',
];
const CURRENT = `${V2_FULL}current`;

/** How V2 fails in a step, if it does: before it is looked at, or when its refs are to move. */
type Failure = 'none' | 'at once' | 'at the refs';

type Step = {
  readonly kind: 'write' | 'task' | 'finalize' | 'summary';
  readonly checkpoint: string;
  readonly session: string;
  readonly text: string;
  readonly hasTranscript: boolean;
  readonly createdAt: string;
  readonly failure: Failure;
};

const often = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('write', 'write', 'write', 'task', 'finalize', 'summary'),
    checkpoint: fc.constantFrom(...CHECKPOINTS),
    session: fc.constantFrom('s-one', 's-two', 's-three'),
    text: fc.string({ maxLength: 6 }),
    hasTranscript: often(true, false),
    createdAt: often('2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678+01:00', '2025-12-31T23:59:59Z', 'unreadable'),
    failure: often<Failure>('none', 'at once', 'at the refs'),
  }),
  { minLength: 1, maxLength: 16 },
);

/** The writes of one run: what they leave out would not be there for a finalization or a summary. */
class Run {
  readonly #sessions = new Set<string>();
  readonly #transcripts = new Set<string>();
  readonly #writer: SessionWriter;
  readonly #mirror: () => Promise<unknown>;
  failure: Failure = 'none';
  told = 0;

  constructor(repo: Repository, mirror: (repo: Repository) => Promise<unknown>) {
    this.#writer = v1Writer(repo);
    this.#mirror = async () => {
      if (this.failure === 'at once') throw new Error('V2 fails at once');
      await mirror(this.failure === 'none' ? repo : withoutRefs(repo));
    };
  }

  /** Writes V1, and then brings V2 up to it, best effort. */
  async take(step: Step): Promise<void> {
    await this.#write(step);
    try {
      await this.#mirror();
    } catch {
      this.told += 1;
    }
  }

  async #write(step: Step): Promise<void> {
    const { kind, checkpoint: checkpointId, session: sessionId, text } = step;
    const key = `${checkpointId} ${sessionId}`;
    this.failure = step.failure;
    if (kind === 'finalize' && this.#sessions.has(key)) {
      this.#transcripts.add(key);
      await this.#writer.updateCommitted({
        checkpointId,
        sessionId,
        prompts: [text],
        transcript: source(`all ${text}\n`),
      });
    } else if (kind === 'summary' && this.#sessions.has(key)) {
      await this.#writer.updateSummary({ checkpointId, sessionId, summary: { intent: text } });
    } else {
      // A transcript that goes and comes again would arrive again for who looks each day, and not for who looks at the end.
      const hasTranscript = step.hasTranscript || this.#transcripts.has(key);
      const task = {
        toolUseId: 'toolu_1',
        description: text,
        incremental: { sequence: text.length, checkpoint: text },
      };
      const more: Partial<SessionWrite> = {
        checkpointId,
        metadata: { created_at: step.createdAt, files_touched: [text] },
        ...(kind === 'task' ? { task } : { prompts: text === '' ? [] : [text] }),
        ...(hasTranscript && { transcript: source(`${text}\nof ${sessionId}\n`) }),
      };
      await this.#writer.writeCommitted(sessionWrite(sessionId, more));
      this.#sessions.add(key);
      if (hasTranscript) this.#transcripts.add(key);
    }
  }
}

/** A repository in which no ref can be moved. */
function withoutRefs(repo: Repository): Repository {
  return new Proxy(repo, {
    get(target, name) {
      if (name === 'updateRefs') return async () => Promise.reject(new Error('no space left on device'));
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

interface Outcome {
  readonly state: Record<string, string>;
  readonly expected: Record<string, string>;
  /** By checkpoint, its folder in `full/current`, the history included. */
  readonly held: Record<string, string>;
}

async function runAll(
  dir: string,
  engine: EngineName,
  sequence: readonly Step[],
  maxCheckpoints: number,
  modeOf: (index: number) => FullCurrentMode,
): Promise<Outcome> {
  const home = initRepository({ dir: `${dir}/dual`, bare: true });
  const held = await withRepository(home, engine, async (repo) => {
    let index = 0;
    const run = new Run(repo, (given) => migrate(given, { maxCheckpoints, fullCurrentMode: modeOf(index) }));
    for (const step of sequence) {
      await run.take(step);
      index += 1;
      const isSampled = index % 5 === 0 || index === sequence.length;
      if (run.failure === 'none' && isSampled) {
        const { findings } = await verify(repo, { maxCheckpoints });
        expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      }
    }
    expect(run.told).toBe(sequence.filter(({ failure }) => failure !== 'none').length);
    // The gap that a last failure has left is closed by the next run.
    await migrate(repo, { maxCheckpoints, fullCurrentMode: modeOf(index) });
    expect((await verify(repo, { maxCheckpoints })).consistent).toBe(true);
    return Object.fromEntries(await new GenerationState(repo, await readLayoutRefs(repo)).history());
  });
  const clone = initRepository({ dir: `${dir}/clone`, bare: true });
  git(clone, 'fetch', '-q', home, `${V1_REF}:${V1_REF}`);
  await migrateIn(clone, { engine, maxCheckpoints });
  return { state: v2State(home), expected: v2State(clone), held };
}

/** The checkpoints' folders in the tree of `full/current`, by checkpoint. */
function foldersOf(tree: string, dir: string): Record<string, string> {
  const lines = git(dir, 'ls-tree', '-r', '-t', '-d', tree).split('\n');
  const folders = lines.flatMap((line) => {
    const match = /^040000 tree (\w+)\t(..)\/(.{10})$/.exec(line);
    return match === null ? [] : [[`${match[2]}${match[3]}`, match[1] ?? '']];
  });
  return Object.fromEntries(folders);
}

describe.each(ENGINES)('a repository that dual-writes (%s)', (engine) => {
  const max = fc.integer({ min: 1, max: 4 });
  const runs = engine === 'native' ? 10 : 3; // the other engine waits for the disk after each object

  it('has the V2 that it would have if it were migrated at the end', () =>
    assertProperty(
      fc.asyncProperty(steps, max, (sequence, maxCheckpoints) =>
        withTempDir(async (dir) => {
          const { state, expected } = await runAll(dir, engine, sequence, maxCheckpoints, () => 'accumulate');
          expect(state).toEqual(expected);
        }),
      ),
      runs,
    ));

  it('has the same main and archives in replace mode, and the rest in the history', () =>
    assertProperty(
      fc.asyncProperty(steps, max, (sequence, maxCheckpoints) =>
        withTempDir(async (dir) => {
          const { state, expected, held } = await runAll(dir, engine, sequence, maxCheckpoints, () => 'replace');
          const { [CURRENT]: shown = '', ...others } = state;
          const { [CURRENT]: whole = '', ...expectedOthers } = expected;
          expect(others).toEqual(expectedOthers);
          expect(held).toEqual(foldersOf(whole, `${dir}/clone`));
          expect(held).toMatchObject(foldersOf(shown, `${dir}/dual`));
        }),
      ),
      runs,
    ));

  it('loses nothing where the mode changes', () =>
    assertProperty(
      fc.asyncProperty(steps, max, fc.infiniteStream(fc.boolean()), (sequence, maxCheckpoints, changes) =>
        withTempDir(async (dir) => {
          const modes: FullCurrentMode[] = [...changes.take(sequence.length + 1)].map((is) =>
            is ? 'replace' : 'accumulate',
          );
          const { state, expected } = await runAll(dir, engine, sequence, maxCheckpoints, (i) => modes[i] ?? 'replace');
          const main = 'refs/entire/checkpoints/v2/main';
          expect(state[main]).toBe(expected[main]);
        }),
      ),
      runs,
    ));
});
