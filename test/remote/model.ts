import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { pruneRemote } from '../../src/remote/prune-remote.ts';
import { verify } from '../../src/verify/verify.ts';
import { idOf } from '../fixtures/entire-client.ts';
import { git, gitBytes, initRepository, makeTempDir, refs, removeDir } from '../fixtures/git.ts';
import { shardPath, V1_REF } from '../fixtures/v1-builder.ts';
import {
  Clone,
  checkpointOf,
  heldIn,
  type Layouts,
  prunedIn,
  type Session,
  textInRef,
  textOf,
  withRepo,
} from './model-clone.ts';
import { MAX } from './v2-writes.ts';

const START = 1_750_000_000;
const CLONES = ['ann', 'bob', 'cat'] as const;

/** What a sequence draws from, without putting back: each word comes up in any sequence that is long enough. */
const WORDS = {
  both: [
    'write',
    'write',
    'write',
    'finalize',
    'finalize',
    'fetch',
    'fetch',
    'push',
    'push',
    'prune',
    'restore',
    'kill',
  ],
  v1: ['mirror'],
  client: ['client push', 'client push'],
  v2: ['rotate', 'rotate', 'kill'],
  again: ['write again', 'write again', 'afresh'],
} as const;
/** What there is of generations alone. */
const OF_GENERATIONS: readonly string[] = ['prune', 'restore'];
type Word = (typeof WORDS)[keyof typeof WORDS][number];

/**
 * What two clones do from the same state on, each without the other's: `join` is a session of a checkpoint that both know. Few sequences come to
 * that by chance, and much of what may be lost is lost there.
 */
const MEETINGS = {
  v1: [
    ['join', 'join'],
    ['prune', 'write'],
    ['finalize', 'join'],
    ['write', 'write'],
  ],
  v2: [
    ['rotate', 'write'],
    ['join', 'join'],
    ['prune', 'rotate'],
    ['finalize', 'join'],
  ],
  refs: [
    ['join', 'join'],
    ['finalize', 'join'],
    ['write', 'finalize'],
  ],
} as const;
type Change = (typeof MEETINGS)[keyof typeof MEETINGS][number][number];

/** How one sequence went. */
export interface ModelOutcome {
  /** What was done, a line a step: with the seed, all that is needed to do it again. */
  readonly steps: readonly string[];
  /** What is wrong in the end; none where all is well. */
  readonly faults: readonly string[];
}

/**
 * Runs one sequence: an even seed has V1 and V2, with Entire's client, an odd one V2 alone. In every other group of 32 seeds the even ones
 * have git-refs too, which follow V1, and the odd ones git-refs instead.
 */
export async function runModel(seed: number, count: number): Promise<ModelOutcome> {
  const temp = makeTempDir();
  try {
    return await new Model(temp, seed).run(count);
  } finally {
    if (process.env.CKPT_MODEL_KEEP === undefined) removeDir(temp);
    else console.log(temp);
  }
}

class Model {
  readonly #layouts: Layouts;
  readonly #hasV1: boolean;
  /** Whether generations are rotated by force: with V1 in every other group of seeds. */
  readonly #rotates: boolean;
  /** Whether V1 deletes checkpoints and has them again, and V2 is projected without the remote's: in every other group of those with V1. */
  readonly #deletes: boolean;
  readonly #meeting: readonly [Change, Change];
  readonly #random: () => number;
  readonly #remote: string;
  readonly #clones: readonly Clone[];
  readonly #sessions: Session[] = [];
  readonly #pruned = new Set<string>();
  readonly #restored = new Set<number>();
  readonly #overwritten = new Set<string>();
  readonly #steps: string[] = [];
  readonly #faults: string[] = [];
  #bag: Word[] = [];
  #at = START;

  constructor(temp: string, seed: number) {
    const hasRefs = (seed >> 5) % 2 === 1;
    this.#hasV1 = seed % 2 === 0;
    this.#layouts = { primary: this.#hasV1 ? 'v1' : hasRefs ? 'refs' : 'v2', mirrorsRefs: this.#hasV1 && hasRefs };
    this.#rotates = this.#layouts.primary === 'v2' || (this.#hasV1 && (seed >> 3) % 2 === 1);
    this.#deletes = this.#hasV1 && (seed >> 4) % 2 === 1;
    const meetings: ReadonlyArray<readonly [Change, Change]> = MEETINGS[this.#rotates ? 'v2' : this.#layouts.primary];
    this.#meeting = meetings[(seed >> 1) % meetings.length] as readonly [Change, Change];
    this.#random = randomOf(seed);
    this.#remote = initRepository({ dir: join(temp, 'remote.git'), bare: true });
    const first = initRepository({ dir: join(temp, 'first') });
    git(first, 'remote', 'add', 'origin', '../remote.git');
    git(first, 'config', 'user.name', 'Ann');
    this.#clones = CLONES.map((name) => {
      cpSync(first, join(temp, name), { recursive: true });
      return new Clone(name, join(temp, name), this.#layouts);
    });
  }

  get #hasGenerations(): boolean {
    return this.#layouts.primary !== 'refs';
  }

  async run(count: number): Promise<ModelOutcome> {
    try {
      // All clones begin with something, so that they part from it.
      for (let i = 0; i < MAX; i++) await this.#write(0, true);
      if (this.#layouts.mirrorsRefs) await (this.#clones[0] as Clone).mirror();
      for (const clone of this.#clones) await clone.push();
      await this.#meet();
      for (let i = 0; i < count && this.#faults.length === 0; i++) await this.#step();
      if (this.#faults.length === 0) await this.#end();
    } catch (error) {
      this.#faults.push((error as Error).stack ?? String(error));
    }
    return { steps: this.#steps, faults: this.#faults };
  }

  /** The two that meet are in step; each makes its change and pushes it, the second without having seen the first's. */
  async #meet(): Promise<void> {
    const [first, second] = this.#clones as readonly [Clone, Clone];
    await this.#write(0, true);
    await first.push();
    await second.fetch();
    const known = this.#sessions.at(-1)?.id;
    for (const [owner, change] of this.#meeting.entries()) {
      const clone = this.#clones[owner] as Clone;
      this.#at += 10;
      this.#steps.push(`${clone.name}: ${change} and push`);
      if (change === 'write') await this.#write(owner, true);
      if (change === 'join') await this.#write(owner, false, known);
      if (change === 'finalize') await this.#finalize(owner);
      if (change === 'rotate') await clone.rotate();
      if (change === 'prune') await this.#prune(clone, 0);
      await this.#push(clone);
    }
  }

  /** All push, and fetch what the others have pushed: now all have all. */
  async #end(): Promise<void> {
    this.#steps.push('end');
    for (const clone of this.#clones) {
      if (this.#layouts.mirrorsRefs) await clone.mirror();
      await this.#push(clone);
    }
    for (const clone of this.#clones) await clone.fetch();
    if (this.#hasGenerations)
      await withRepo((this.#clones[0] as Clone).dir, (repo) => pruneRemote(repo, { apply: true }));
    const expected = layoutRefs(this.#remote);
    for (const { name, dir } of this.#clones) {
      this.#faults.push(
        ...differing(layoutRefs(dir), expected).map((what) => `${name} and the remote differ: ${what}`),
      );
    }
    await this.#verify(this.#clones[0] as Clone);
    this.#findLost(this.#clones[0] as Clone);
  }

  async #step(): Promise<void> {
    this.#at += 10;
    const number = this.#pick(CLONES.length);
    const clone = this.#clones[number] as Clone;
    const word = this.#draw();
    this.#steps.push(`${clone.name}: ${word}`);
    if (word === 'write') for (let i = 1 + this.#pick(3); i > 0; i--) await this.#write(number, false);
    if (word === 'finalize') await this.#finalize(number);
    if (word === 'fetch') await clone.fetch();
    if (word === 'push') await this.#push(clone);
    if (word === 'prune') await this.#prune(clone, this.#pick(2));
    if (word === 'restore') await this.#restore(clone);
    if (word === 'kill') await this.#kill(clone);
    if (word === 'client push') this.#clientPush(clone);
    if (word === 'mirror') await clone.mirror();
    if (word === 'rotate') await clone.rotate();
    if (word === 'write again') await this.#writeAgain(clone);
    if (word === 'afresh') await clone.projectAfresh();
  }

  #draw(): Word {
    if (this.#bag.length === 0) {
      const more = [
        ...(this.#hasV1 ? WORDS.v1 : []),
        ...(this.#rotates ? WORDS.v2 : []),
        // The client replays by path: what has an old tree again would take back what the remote got since.
        ...(this.#deletes ? WORDS.again : this.#hasV1 ? WORDS.client : []),
      ];
      const both = WORDS.both.filter((word) => this.#hasGenerations || !OF_GENERATIONS.includes(word));
      this.#bag = [...both, ...more];
    }
    return this.#bag.splice(this.#pick(this.#bag.length), 1)[0] as Word;
  }

  /** A session of a new checkpoint, or a further one of a checkpoint that is there. */
  async #write(owner: number, isNew: boolean, chosen?: string): Promise<void> {
    const clone = this.#clones[owner] as Clone;
    const known = [...new Set(this.#sessions.map(({ id }) => id))].filter((id) => clone.folders(id).length > 0);
    const drawn = isNew || this.#pick(4) > 0 ? undefined : known[this.#pick(Math.max(1, known.length))];
    const picked = chosen ?? drawn;
    const id = picked ?? idOf(`checkpoint ${this.#sessions.length}`);
    const session = { id, session: `s${this.#sessions.length}`, owner, lines: 3 };
    this.#sessions.push(session);
    this.#steps.push(`  ${id} ${session.session}`);
    await clone.store(session, ++this.#at, false);
  }

  async #finalize(owner: number): Promise<void> {
    const own = this.#sessions.filter((one) => one.owner === owner);
    const chosen = own[this.#pick(Math.max(1, own.length))];
    if (chosen === undefined) return;
    chosen.lines += 2;
    this.#steps.push(`  ${chosen.id} ${chosen.session}`);
    await (this.#clones[owner] as Clone).store(chosen, this.#at, true);
  }

  /** Deletes a checkpoint from V1 and mirrors that, then writes the same of it again. */
  async #writeAgain(clone: Clone): Promise<void> {
    const known = [...new Set(this.#sessions.map(({ id }) => id))].filter((id) => clone.folders(id).length > 0);
    const id = known[this.#pick(Math.max(1, known.length))];
    if (id === undefined) return;
    this.#steps.push(`  ${id}`);
    await clone.writeAgain(id, ++this.#at);
  }

  async #prune(clone: Clone, keep: number): Promise<void> {
    for (const id of await clone.prune(keep)) this.#pruned.add(id);
  }

  async #restore(clone: Clone): Promise<void> {
    const number = await clone.restore((among) => this.#pick(among));
    if (number !== undefined) this.#restored.add(number);
    this.#steps.push(`  ${number}`);
  }

  /** What the remote had before a push it has after it, and nothing twice: somebody may clone it now. What was pruned stays so. */
  async #push(clone: Clone): Promise<void> {
    const before = heldIn(this.#remote, this.#layouts);
    const pruned = prunedIn(this.#remote);
    await clone.push();
    const after = heldIn(this.#remote, this.#layouts);
    const where = `the remote after ${clone.name}'s push`;
    for (const [path, refs] of after)
      if (refs.length > 1) this.#faults.push(`${where}: ${path} lies in ${refs.join(', ')}`);
    const left = prunedIn(this.#remote);
    for (const number of pruned)
      if (!left.has(number) && !this.#restored.has(number))
        this.#faults.push(`${where}: ${number} is not pruned any more`);
    const lost = [...before.keys()].filter((path) => !after.has(path) && !this.#pruned.has(checkpointOf(path)));
    this.#faults.push(...lost.map((path) => `${where}: ${path} is missing`));
  }

  /**
   * Entire's client replays by path: of two sessions that two clones have put into one folder of a checkpoint, the remote's goes. No command of
   * ours was asked; it stays in V1's history.
   */
  #clientPush(clone: Clone): void {
    const before = sessionsInV1(this.#remote);
    clone.clientPush(this.#at);
    const after = sessionsInV1(this.#remote);
    for (const key of before) if (!after.has(key)) this.#overwritten.add(key);
    this.#steps.push(`  overwritten up to now: ${[...this.#overwritten].join(', ') || 'nothing'}`);
  }

  async #kill(clone: Clone): Promise<void> {
    const commands = ['fetch', 'push', this.#layouts.primary === 'v2' ? 'rotate' : 'dual-write'] as const;
    const command = commands[this.#pick(commands.length)] ?? 'fetch';
    const point = { call: 1 + this.#pick(24), when: this.#pick(2) === 0 ? 'before' : 'after' } as const;
    const isKilled = await clone.kill(command, point);
    this.#steps.push(`  ${command} ${point.when} ${point.call}: ${isKilled ? 'killed' : 'came to its end'}`);
  }

  async #verify({ dir, name }: Clone): Promise<void> {
    const report = await withRepo(dir, (repo) => verify(repo, { maxCheckpoints: MAX })).catch((error: Error) => error);
    const errors = report instanceof Error ? [report] : report.findings.filter(({ severity }) => severity === 'error');
    this.#faults.push(...errors.map(({ message }) => `${name}: verify: ${message}`));
  }

  /** What is missing in a clone: a checkpoint, a session, or a transcript that was not pruned; and what lies twice. */
  #findLost(clone: Clone): void {
    const held = clone.held();
    for (const session of this.#sessions) {
      const key = `${session.id} ${session.session}`;
      const text = textOf(session);
      const number = clone.folderOf(session);
      if (number === undefined && this.#overwritten.has(key)) continue;
      if (number === undefined) {
        this.#faults.push(`${key} is missing`);
        continue;
      }
      const hasRefs = this.#layouts.mirrorsRefs || this.#layouts.primary === 'refs';
      if (hasRefs && textInRef(clone.dir, session.id, session.session) !== text)
        this.#faults.push(`${key} has another transcript in git-refs, or none`);
      if (!this.#hasGenerations) continue;
      const path = `${shardPath(session.id)}/${number}/full.jsonl`;
      const textAt = (ref: string) => gitBytes(clone.dir, ['show', `${ref}:${path}`]).toString();
      if (this.#hasV1 && textAt(V1_REF) !== text) this.#faults.push(`${key} has another transcript in V1`);
      const [ref, ...others] = held.get(path) ?? [];
      if (others.length > 0) this.#faults.push(`${key} lies in several generations`);
      if (ref === undefined && !this.#pruned.has(session.id)) this.#faults.push(`${key} has no transcript in V2`);
      if (ref === undefined || textAt(ref) === text) continue;
      // Who went on with a checkpoint while another pruned it keeps what it had of it, which may be an earlier state.
      const isEarlier = !this.#hasV1 && this.#pruned.has(session.id) && text.startsWith(textAt(ref));
      if (!isEarlier) this.#faults.push(`${key} has another transcript in V2`);
    }
  }

  #pick(count: number): number {
    return Math.floor(this.#random() * count);
  }
}

/** The sessions that V1 has, `<checkpoint> <session>`. */
function sessionsInV1(dir: string): Set<string> {
  if (refs(dir, V1_REF)[V1_REF] === undefined) return new Set();
  const lines = git(dir, 'ls-tree', '-r', V1_REF).split('\n');
  const ids = lines.flatMap((line) => /blob (\S+)\t.*\/\d+\/metadata\.json$/.exec(line)?.[1] ?? []);
  const texts = gitBytes(dir, ['cat-file', '--batch=%(objectname)'], { input: ids.join('\n') }).toString();
  return new Set(
    texts.split(/^[0-9a-f]{40}\n/m).flatMap((text) => {
      if (text === '') return [];
      const { checkpoint_id, session_id } = JSON.parse(text);
      return `${checkpoint_id} ${session_id}`;
    }),
  );
}

function layoutRefs(dir: string): Record<string, string> {
  return refs(dir, 'refs/heads/entire/', 'refs/entire/');
}

function differing(here: Readonly<Record<string, string>>, there: Readonly<Record<string, string>>): string[] {
  const names = new Set([...Object.keys(here), ...Object.keys(there)]);
  return [...names].filter((name) => here[name] !== there[name]).map((name) => `${name} ${here[name]} ${there[name]}`);
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
