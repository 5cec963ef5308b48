import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ForeignSpec, writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git, gitBytes, initRepository, refs } from '../fixtures/git.ts';
import { transcriptText, V1_REF, type V1Builder } from '../fixtures/v1-builder.ts';
import { DAMAGES } from './damage.ts';
import { checkpointsOf, generateV1 } from './generate.ts';
import { type Choice, Program } from './program.ts';
import { Random } from './random.ts';

/** All refs after each step of a story, one `<ref> <id>` a line; a step whose command failed has `(failed)` besides. */
export type Steps = Record<string, string[]>;

/** How many stories are recorded. */
export const STORIES = 200;

/**
 * The n-th story: a generated V1, and what is done with it. A third begins with `migrate`, a third is written to with
 * `dual-write --from`, a third has another tool's V2; the first step, `given`, is before the program does anything.
 */
export async function tell(n: number, engine: 'native' | 'isomorphic', dir: string): Promise<Steps> {
  process.env.TZ = 'UTC'; // what dual-write writes has the machine's time zone
  const random = new Random(n);
  const v1 = generateV1(random, hasAbsentBlobs(n));
  const choice: Choice = {
    maxCheckpoints: 2 + random.below(4),
    fullCurrentMode: n % 2 === 0 ? 'accumulate' : 'replace',
  };
  initRepository({ dir });
  v1.write(dir, { init: false, storage: random.pick(['pack', 'pack', 'deltas', 'loose']) });
  const story = new Story(dir, new Program(dir, engine, choice), choice, random, v1);
  await [ownStory, dualStory, foreignStory][n % 3]?.(story, n);
  return story.steps;
}

/** As in a partial clone. */
function hasAbsentBlobs(n: number): boolean {
  return n % 2 === 0;
}

/** First, incremental, rotated, pruned, restored, repaired, rebuilt. */
async function ownStory(story: Story): Promise<void> {
  const { program, random } = story;
  story.given(random.below(story.chain.length));
  await story.step('first', () => program.migrate());
  story.moveV1(random.below(story.chain.length));
  await story.step('incremental or refused', () => program.migrate());
  story.moveV1(story.chain.length - 1);
  await story.step('incremental', () => program.migrate());
  await story.step('rotated', () => program.rotate());
  await story.step('pruned', () => program.prune(random.once(2)));
  await story.step('restored', () => program.restore(1));
  story.damage();
  await story.step('repaired', () => program.repair());
  story.rewriteV1();
  await story.step('rebuilt', () => program.migrate({ rebuild: true }));
}

/** Documents: for V1 alone, for both layouts, for V2 alone. */
async function dualStory(story: Story, n: number): Promise<void> {
  const { program } = story;
  story.given(story.chain.length - 1);
  await story.step('first', () => program.migrate());
  for (const mode of [{}, { checkpoints_v2: true }, { checkpoints_v2: true, checkpoints_version: 2 }]) {
    const name = ['V1', 'dual', 'V2'][Object.keys(mode).length] as string;
    story.settings(mode);
    await story.step(`new checkpoint, ${name}`, () => program.write(document(n, name)));
    const session = { checkpoint_id: story.known(), session_id: `another-${name}` };
    await story.step(`new session, ${name}`, () => program.write({ ...document(n, name), ...session }));
    const final = { ...document(n, name), transcript: { text: transcriptText(`final ${name}`, 9) } };
    await story.step(`finalized, ${name}`, () => program.write(final, true));
  }
  await story.step('incremental', () => program.migrate());
  await story.step('rotated', () => program.rotate());
  story.damage();
  await story.step('repaired', () => program.repair());
  await story.step('pruned', () => program.prune(false));
}

/** A V2 of another tool: added to, repaired, followed, rotated, pruned, at last rebuilt. */
async function foreignStory(story: Story, n: number): Promise<void> {
  const { program, random } = story;
  writeForeignV2(story.dir, story.v1, foreignSpec(story.v1, random, hasAbsentBlobs(n)));
  story.given(story.chain.length - 1);
  if (random.once(2)) await story.step('repaired at once', () => program.repair());
  await story.step('added to', () => program.migrate());
  story.damage();
  await story.step('repaired', () => program.repair());
  story.addToV1();
  await story.step('incremental', () => program.migrate());
  await story.step('rotated', () => program.rotate());
  await story.step('pruned', () => program.prune(random.once(2)));
  await story.step('rebuilt', () => program.migrate({ rebuild: true }));
}

/** A repository on its way through the steps. */
class Story {
  readonly dir: string;
  readonly program: Program;
  readonly random: Random;
  readonly v1: V1Builder;
  /** V1's first-parent chain, root first. */
  readonly chain: readonly string[];
  readonly steps: Steps = {};
  readonly #choice: Choice;

  constructor(dir: string, program: Program, choice: Choice, random: Random, v1: V1Builder) {
    this.dir = dir;
    this.program = program;
    this.random = random;
    this.v1 = v1;
    this.chain = v1.chain();
    this.#choice = choice;
  }

  given(at: number): void {
    this.moveV1(at);
    this.steps.given = this.#refs();
  }

  async step(name: string, run: () => Promise<unknown>): Promise<void> {
    const failed = await run().then(
      () => [],
      () => ['(failed)'],
    );
    this.steps[name] = [...this.#refs(), ...failed];
  }

  moveV1(at: number): void {
    git(this.dir, 'update-ref', V1_REF, this.chain[at] as string);
  }

  /** Another history with the same content: the tip's tree in a commit without parents. */
  rewriteV1(): void {
    this.#commit('Rewritten', `${V1_REF}^{tree}`, []);
  }

  addToV1(): void {
    this.v1.checkpoint('5ca1ab1e0000');
    this.v1.write(this.dir, { init: false });
  }

  damage(): void {
    this.random.pick(DAMAGES)(this.dir);
  }

  settings(options: Record<string, unknown>): void {
    mkdirSync(join(this.dir, '.entire'), { recursive: true });
    const all = { ...options, full_current_mode: this.#choice.fullCurrentMode };
    writeFileSync(join(this.dir, '.entire', 'settings.json'), JSON.stringify({ strategy_options: all }));
  }

  /** A checkpoint that V1 has. */
  known(): string {
    return checkpointsOf(this.v1)[0] ?? 'a3b2c4d5e6f7';
  }

  #commit(message: string, tree: string, parents: readonly string[]): void {
    const date = '1780000000 +0000';
    const args = ['commit-tree', '-m', message, ...parents.flatMap((id) => ['-p', id]), tree];
    const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    git(this.dir, 'update-ref', V1_REF, gitBytes(this.dir, args, { env }).toString().trim());
  }

  /** All refs; backups bear the number of their place in time, not the time. */
  #refs(): string[] {
    const backups: string[] = [];
    return Object.entries(refs(this.dir)).map(([ref, id]) => {
      const time = /^refs\/ckpt\/backup\/([^/]+)\//.exec(ref)?.[1];
      if (time !== undefined && !backups.includes(time)) backups.push(time);
      return `${time === undefined ? ref : ref.replace(time, String(backups.indexOf(time) + 1))} ${id}`;
    });
  }
}

/** The n-th story's document for one mode. */
function document(n: number, mode: string): Record<string, unknown> {
  const id = createHash('sha1').update(`golden ${n} ${mode}`).digest('hex').slice(0, 12);
  return {
    checkpoint_id: id,
    session_id: `session-${mode}`,
    metadata: {
      created_at: `2029-06-0${1 + (n % 9)}T08:00:00.${mode.length}Z`,
      branch: 'main',
      checkpoints_count: 1,
      files_touched: ['src/a.ts', 'ü.ts'],
      agent: 'Claude Code',
      model: 'claude',
    },
    prompts: [`Do ${mode}`, 'and <this>'],
    transcript: { text: transcriptText(`${mode} ${n}`, 4) },
  };
}

function foreignSpec(v1: V1Builder, random: Random, absentBlobs: boolean): ForeignSpec {
  const ids = checkpointsOf(v1);
  const archives = [random.some(ids, 3), random.some(ids, 4)];
  return {
    ...(random.once(4) ? { defects: [] } : { defects: random.some(['positions', 'fields', 'authors', 'files'], 2) }),
    ...(random.once(5) ? { firstNumber: 1 } : {}),
    ...(random.once(4) && !absentBlobs ? { pieceBytes: 200 + random.below(300) } : {}),
    lost: random.some(ids, 5),
    ...(random.once(2) ? { archives: { 1: archives[0] ?? [], 2: archives[1] ?? [] } } : {}),
    doubled: random.once(3) ? random.some(archives[0] ?? []) : [],
    extra: random.some(['e0e0e0e0e0e0', 'a3e0e0e0e0e0'], 3),
    indent: random.pick([4, 2, undefined]),
    names: random.pick(['raw', 'raw', 'own']),
    withoutCurrent: random.once(8),
    replacesCurrent: random.once(6),
  };
}
