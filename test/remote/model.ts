import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mirror } from '../../src/dual-write/dual-write.ts';
import { openRepository } from '../../src/git/open.ts';
import type { Repository } from '../../src/git/repository.ts';
import { withOverrides } from '../../src/git/with-overrides.ts';
import { prune } from '../../src/prune/prune.ts';
import { fetchCheckpoints } from '../../src/remote/fetch.ts';
import { pruneRemote } from '../../src/remote/prune-remote.ts';
import { pushCheckpoints } from '../../src/remote/push.ts';
import { rotate } from '../../src/rotate/rotate.ts';
import { readSettings } from '../../src/stores/settings.ts';
import { verify } from '../../src/verify/verify.ts';
import { clientPush, clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git, gitBytes, initRepository, makeTempDir, refs, removeDir } from '../fixtures/git.ts';
import { shardPath, transcriptText, V1_REF } from '../fixtures/v1-builder.ts';
import { MAX, writeV2 } from './v2-writes.ts';

const V2_MAIN = 'refs/entire/checkpoints/v2/main';
const FULL = 'refs/entire/checkpoints/v2/full/';
const START = 1_750_000_000;
const CLONES = ['ann', 'bob', 'cat'] as const;

/** How one sequence went. */
export interface ModelOutcome {
  /** What was done, a line a step: with the seed, all that is needed to do it again. */
  readonly steps: readonly string[];
  /** What is wrong in the end; none where all is well. */
  readonly faults: readonly string[];
}

/** A session that was written, and how many lines its transcript has by now. */
interface Session {
  readonly id: string;
  readonly session: string;
  readonly owner: number;
  lines: number;
}

/** Runs one sequence: an even seed has V1 and V2, with Entire's client, an odd one V2 alone. */
export async function runModel(seed: number, count = 8): Promise<ModelOutcome> {
  const temp = makeTempDir();
  try {
    const model = new Model(temp, seed);
    return await model.run(count);
  } finally {
    removeDir(temp);
  }
}

class Model {
  readonly #hasV1: boolean;
  readonly #random: () => number;
  readonly #remote: string;
  readonly #clones: readonly string[];
  readonly #sessions: Session[] = [];
  readonly #pruned = new Set<string>();
  readonly #steps: string[] = [];
  #at = START;

  constructor(temp: string, seed: number) {
    this.#hasV1 = seed % 2 === 0;
    this.#random = randomOf(seed);
    this.#remote = initRepository({ dir: join(temp, 'remote.git'), bare: true });
    const first = initRepository({ dir: join(temp, 'first') });
    git(first, 'remote', 'add', 'origin', '../remote.git');
    const options = this.#hasV1 ? { checkpoints_v2: true } : { checkpoints_version: 2 };
    git(first, 'config', 'user.name', 'Ann');
    this.#clones = CLONES.map((name) => {
      const dir = join(temp, name);
      cpSync(first, dir, { recursive: true });
      writeSettings(dir, options);
      return dir;
    });
  }

  async run(count: number): Promise<ModelOutcome> {
    for (let i = 0; i < count; i++) await this.#step();
    for (const dir of this.#clones) await this.#push(dir);
    for (const dir of this.#clones) await this.#fetch(dir);
    await withRepo(this.#clones[0] as string, (repo) => pruneRemote(repo, { apply: true }));
    return { steps: this.#steps, faults: await this.#faults() };
  }

  async #step(): Promise<void> {
    this.#at += 10;
    const number = this.#pick(CLONES.length);
    const dir = this.#clones[number] as string;
    const common = [
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
      'cut',
    ];
    const words = [...common, ...(this.#hasV1 ? ['client push', 'client push', 'mirror'] : ['rotate'])];
    const word = words[this.#pick(words.length)] as string;
    this.#steps.push(`${CLONES[number]}: ${word}`);
    if (word === 'write') await this.#write(dir, number);
    if (word === 'finalize') await this.#finalize(dir, number);
    if (word === 'fetch') await this.#fetch(dir);
    if (word === 'push') await this.#push(dir);
    if (word === 'prune') await this.#prune(dir);
    if (word === 'cut') await this.#cut(dir);
    if (word === 'client push') this.#clientPush(dir);
    if (word === 'mirror') await this.#mirror(dir);
    if (word === 'rotate') await withRepo(dir, (repo) => rotate(repo, { maxCheckpoints: MAX, force: true }));
  }

  /** A session of a new checkpoint, or a further one of a checkpoint that is there. */
  async #write(dir: string, owner: number): Promise<void> {
    const known = [...new Set(this.#sessions.map(({ id }) => id))].filter((id) => this.#numbers(dir, id) > 0);
    const isNew = known.length === 0 || this.#pick(4) > 0;
    const id = isNew ? idOf(`checkpoint ${this.#sessions.length}`) : (known[this.#pick(known.length)] as string);
    const written = { id, session: `s${this.#sessions.length}`, owner, lines: 3 };
    this.#sessions.push(written);
    this.#steps.push(`  ${id} ${written.session}`);
    await this.#store(dir, written, false);
  }

  async #finalize(dir: string, owner: number): Promise<void> {
    const own = this.#sessions.filter((one) => one.owner === owner);
    const chosen = own[this.#pick(Math.max(1, own.length))];
    if (chosen === undefined) return;
    chosen.lines += 2;
    this.#steps.push(`  ${chosen.id} ${chosen.session}`);
    await this.#store(dir, chosen, true);
  }

  async #store(dir: string, { id, session, lines }: Session, finalize: boolean): Promise<void> {
    const transcript = transcriptText(`${id} ${session}`, lines);
    const write = { id, session, transcript, at: this.#at, finalize };
    if (!this.#hasV1) return writeV2(dir, write);
    const number = finalize ? this.#numberOf(dir, id, session) : this.#numbers(dir, id);
    clientWrite(dir, { ...write, number });
  }

  #fetch(dir: string, wrap = unchanged): Promise<unknown> {
    return withRepo(dir, async (repo) =>
      fetchCheckpoints(wrap(repo), { settings: await readSettings(repo), askedMaxCheckpoints: MAX }),
    );
  }

  #push(dir: string, wrap = unchanged): Promise<unknown> {
    return withRepo(dir, async (repo) => {
      const settings = await readSettings(repo);
      return pushCheckpoints(wrap(repo), { settings, askedMaxCheckpoints: MAX, maxBlob: 1 << 20 });
    });
  }

  #mirror(dir: string, wrap = unchanged): Promise<unknown> {
    const options = { timeoutMs: 60_000, askedMaxCheckpoints: MAX, env: cleanEnvironment() };
    return withRepo(dir, (repo) => mirror(wrap(repo), options));
  }

  /** Prunes every archive, and notes what went with them: nobody has to have that any more. */
  async #prune(dir: string): Promise<void> {
    const before = this.#held(dir);
    await withRepo(dir, (repo) =>
      prune(repo, { retentionDays: 0, olderThan: 0, keep: this.#pick(2), apply: true, allowLoss: true }),
    );
    const after = new Set(this.#held(dir).values());
    for (const [path, ref] of before) {
      if (!after.has(ref)) this.#pruned.add(path.replace('/', '').slice(0, 12));
    }
  }

  /** A command that dies: before it moves refs, after it, or when the remote has taken what it sent. */
  async #cut(dir: string): Promise<void> {
    const when = this.#pick(3);
    let left = 1 + this.#pick(2);
    const dies = (is: boolean) => {
      if (is && --left === 0) throw new Error('cut');
    };
    const wrap = (repo: Repository): Repository =>
      withOverrides(repo, {
        async updateRefs(updates, message) {
          dies(when === 0);
          await repo.updateRefs(updates, message);
          dies(when === 1);
        },
        network: () => {
          const network = repo.network();
          return withOverrides(network, {
            async push(remote, updates, options) {
              const pushed = await network.push(remote, updates, options);
              dies(when === 2);
              return pushed;
            },
          });
        },
      });
    const run = [this.#fetch, this.#push, this.#hasV1 ? this.#mirror : this.#fetch][this.#pick(3)] ?? this.#fetch;
    this.#steps.push(`  ${run === this.#push ? 'push' : run === this.#fetch ? 'fetch' : 'mirror'}, ${when}, ${left}`);
    await run.call(this, dir, wrap).catch((error: Error) => {
      if (error.message !== 'cut') throw error;
    });
  }

  #clientPush(dir: string): void {
    if (refs(dir, V1_REF)[V1_REF] !== undefined) clientPush(dir, this.#at);
  }

  /** How many sessions a checkpoint has in a clone. */
  #numbers(dir: string, id: string): number {
    return this.#folders(dir, id).length;
  }

  #folders(dir: string, id: string): string[] {
    const ref = this.#hasV1 ? V1_REF : V2_MAIN;
    if (refs(dir, ref)[ref] === undefined) return [];
    const names = git(dir, 'ls-tree', '--name-only', ref, `${shardPath(id)}/`);
    return [...names.matchAll(/\/(\d+)$/gm)].map(([, name]) => name as string);
  }

  #numberOf(dir: string, id: string, session: string): number {
    const found = this.#folders(dir, id).find((name) => this.#sessionAt(dir, V1_REF, id, name) === session);
    if (found === undefined) throw new Error(`${dir} lacks ${id} ${session}, which it has written`);
    return Number(found);
  }

  #sessionAt(dir: string, ref: string, id: string, number: string): string {
    return JSON.parse(git(dir, 'show', `${ref}:${shardPath(id)}/${number}/metadata.json`)).session_id;
  }

  /** Where generations keep each file, by its path. */
  #held(dir: string): Map<string, string> {
    const held = new Map<string, string>();
    for (const ref of Object.keys(refs(dir, FULL))) {
      for (const path of git(dir, 'ls-tree', '-r', '--name-only', ref).split('\n'))
        if (path !== '') held.set(path, ref);
    }
    return held;
  }

  async #faults(): Promise<string[]> {
    const faults: string[] = [];
    const expected = layoutRefs(this.#remote);
    for (const [i, dir] of this.#clones.entries()) {
      const name = CLONES[i] as string;
      faults.push(...differing(layoutRefs(dir), expected).map((what) => `${name} and the remote differ: ${what}`));
      const report = await withRepo(dir, (repo) => verify(repo, { maxCheckpoints: MAX })).catch(
        (error: Error) => error,
      );
      const errors =
        report instanceof Error ? [report] : report.findings.filter(({ severity }) => severity === 'error');
      if (this.#sessions.length > 0) faults.push(...errors.map(({ message }) => `${name}: verify: ${message}`));
    }
    return [...faults, ...this.#lost(this.#clones[0] as string)];
  }

  /** What is missing in a clone: a checkpoint, a session, or a transcript that was not pruned; and what lies twice. */
  #lost(dir: string): string[] {
    const faults: string[] = [];
    const generations = new Map<string, string[]>();
    for (const ref of Object.keys(refs(dir, FULL))) {
      const paths = git(dir, 'ls-tree', '-r', '--name-only', ref)
        .split('\n')
        .filter((path) => path.endsWith('full.jsonl'));
      for (const path of paths) generations.set(path, [...(generations.get(path) ?? []), ref]);
    }
    for (const { id, session, lines } of this.#sessions) {
      const key = `${id} ${session}`;
      const text = transcriptText(key, lines);
      const number = this.#folders(dir, id).find((name) => {
        return this.#sessionAt(dir, this.#hasV1 ? V1_REF : V2_MAIN, id, name) === session;
      });
      if (number === undefined) {
        faults.push(`${key} is missing`);
        continue;
      }
      const path = `${shardPath(id)}/${number}/full.jsonl`;
      const inV1 = this.#hasV1 ? gitBytes(dir, ['show', `${V1_REF}:${path}`]).toString() : text;
      if (inV1 !== text)
        faults.push(`${key} has another transcript in V1: ${inV1.split('\n').length - 1} of ${lines} lines`);
      const [ref, ...others] = generations.get(path) ?? [];
      if (others.length > 0) faults.push(`${key} lies in several generations`);
      if (this.#pruned.has(id)) continue;
      const inV2 = ref === undefined ? undefined : gitBytes(dir, ['show', `${ref}:${path}`]).toString();
      if (inV2 !== text) faults.push(`${key} in V2: ${inV2 === undefined ? 'no transcript' : 'another transcript'}`);
    }
    return faults;
  }

  #pick(count: number): number {
    return Math.floor(this.#random() * count);
  }
}

function writeSettings(dir: string, options: object): void {
  mkdirSync(join(dir, '.entire'));
  writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify({ strategy_options: options }));
}

const unchanged = (repo: Repository): Repository => repo;

async function withRepo<T>(dir: string, use: (repo: Repository) => Promise<T>): Promise<T> {
  const repo = await openRepository({ dir, engine: 'native', env: cleanEnvironment() });
  try {
    return await use(repo);
  } finally {
    await repo.close();
  }
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
