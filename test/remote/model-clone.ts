import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mirror } from '../../src/dual-write/mirror.ts';
import { openRepository } from '../../src/git/open.ts';
import type { Repository } from '../../src/git/repository.ts';
import { prune } from '../../src/prune/prune.ts';
import { restoreArchive } from '../../src/prune/restore.ts';
import { fetchCheckpoints } from '../../src/remote/fetch.ts';
import { pushCheckpoints } from '../../src/remote/push.ts';
import { rotate } from '../../src/rotate/rotate.ts';
import { readSettings } from '../../src/stores/settings.ts';
import { writeAgain } from '../fixtures/delete-checkpoint.ts';
import { clientPush, clientWrite } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git, gitBytes, gitResult, refs } from '../fixtures/git.ts';
import { type KillPoint, runKilled } from '../fixtures/killing-git.ts';
import { shardPath, transcriptText, V1_REF } from '../fixtures/v1-builder.ts';
import { MAX, writeV2 } from './v2-writes.ts';

const V2_MAIN = 'refs/entire/checkpoints/v2/main';
const FULL = 'refs/entire/checkpoints/v2/full/';
const MANIFEST = 'refs/entire/checkpoints/v2/generations';
const BACKUP = 'refs/ckpt/backup/';
const CKPT = new URL('../../bin/ckpt.js', import.meta.url).pathname;

/** A session that was written, and how many lines its transcript has by now. */
export interface Session {
  readonly id: string;
  readonly session: string;
  readonly owner: number;
  lines: number;
}

/** The whole transcript of a session. */
export function textOf({ id, session, lines }: Session): string {
  return transcriptText(`${id} ${session}`, lines);
}

/** One person's clone: all that is done in it. */
export class Clone {
  readonly name: string;
  readonly dir: string;
  readonly #hasV1: boolean;

  constructor(name: string, dir: string, hasV1: boolean) {
    this.name = name;
    this.dir = dir;
    this.#hasV1 = hasV1;
    mkdirSync(join(dir, '.entire'));
    const options = hasV1 ? { checkpoints_v2: true } : { checkpoints_version: 2 };
    writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify({ strategy_options: options }));
  }

  /** Writes a session as it is now, at a time in seconds since 1970. */
  async store(session: Session, at: number, finalize: boolean): Promise<void> {
    const write = { id: session.id, session: session.session, transcript: textOf(session), at, finalize };
    if (!this.#hasV1) return writeV2(this.dir, write);
    const number = finalize ? this.folderOf(session) : String(this.folders(session.id).length);
    if (number === undefined)
      throw new Error(`${this.name} lacks ${session.id} ${session.session}, which it has written`);
    clientWrite(this.dir, { ...write, number: Number(number) });
  }

  fetch(): Promise<unknown> {
    return withRepo(this.dir, async (repo) =>
      fetchCheckpoints(repo, { settings: await readSettings(repo), askedMaxCheckpoints: MAX }),
    );
  }

  push(): Promise<unknown> {
    return withRepo(this.dir, async (repo) => {
      const settings = await readSettings(repo);
      return pushCheckpoints(repo, { settings, askedMaxCheckpoints: MAX, maxBlob: 1 << 20 });
    });
  }

  mirror(): Promise<unknown> {
    const options = { timeoutMs: 60_000, askedMaxCheckpoints: MAX, env: cleanEnvironment() };
    return withRepo(this.dir, (repo) => mirror(repo, options));
  }

  /** Deletes a checkpoint from V1 and has it again, and mirrors each. */
  writeAgain(id: string, at: number): Promise<void> {
    return writeAgain(this.dir, id, at, () => this.mirror());
  }

  /** Projects V1 as in a clone that has never fetched V2. */
  async projectAfresh(): Promise<void> {
    const names = Object.keys(refs(this.dir, 'refs/entire/checkpoints/v2/'));
    gitBytes(this.dir, ['update-ref', '--stdin'], { input: names.map((name) => `delete ${name}\n`).join('') });
    await this.mirror();
  }

  rotate(): Promise<unknown> {
    return withRepo(this.dir, (repo) => rotate(repo, { maxCheckpoints: MAX, force: true }));
  }

  /** Entire's client pushes V1, and replays it where somebody was faster. */
  clientPush(at: number): void {
    if (refs(this.dir, V1_REF)[V1_REF] !== undefined) clientPush(this.dir, at);
  }

  /** Prunes every archive but some of the newest. Returns the checkpoints that lie in no generation any more. */
  async prune(keep: number): Promise<string[]> {
    const before = new Set(this.held().keys());
    await withRepo(this.dir, (repo) =>
      prune(repo, { retentionDays: 0, olderThan: 0, keep, apply: true, allowLoss: true }),
    );
    const after = this.held();
    return [...before].filter((path) => !after.has(path)).map(checkpointOf);
  }

  /** Brings back one of the archives that were pruned here, where there is one; returns its number. */
  async restore(pick: (count: number) => number): Promise<number | undefined> {
    const pruned = [
      ...new Set(Object.keys(refs(this.dir, BACKUP)).flatMap((ref) => /full\/(\d{13})$/.exec(ref)?.[1] ?? [])),
    ];
    const gone = pruned.filter((number) => refs(this.dir, FULL + number)[FULL + number] === undefined);
    if (gone.length === 0) return undefined;
    const number = Number(gone[pick(gone.length)]);
    const outcome = withRepo(this.dir, (repo) => restoreArchive(repo, number));
    await outcome.catch((error: Error & { code?: string }) => {
      if (error.code !== 'NOTHING_TO_RESTORE') throw error;
    });
    return number;
  }

  /** A command whose whole process group is killed; returns whether it was, or ended before. */
  kill(command: 'fetch' | 'push' | 'dual-write' | 'rotate', point: KillPoint): Promise<boolean> {
    const flags = {
      fetch: ['fetch'],
      push: ['push'],
      'dual-write': ['dual-write'],
      rotate: ['rotate', '--force'],
    }[command];
    const size = command === 'rotate' ? [] : ['--max-checkpoints', String(MAX)];
    return runKilled(this.dir, [CKPT, ...flags, ...size], point, `${this.dir}.git-that-kills`);
  }

  /** The numbers of the sessions that a checkpoint has. */
  folders(id: string): string[] {
    const ref = this.#hasV1 ? V1_REF : V2_MAIN;
    if (refs(this.dir, ref)[ref] === undefined) return [];
    const names = git(this.dir, 'ls-tree', '--name-only', ref, `${shardPath(id)}/`);
    return [...names.matchAll(/\/(\d+)$/gm)].map(([, name]) => name as string);
  }

  /** The folder of a session. */
  folderOf({ id, session }: Session): string | undefined {
    const ref = this.#hasV1 ? V1_REF : V2_MAIN;
    return this.folders(id).find((name) => {
      const metadata = git(this.dir, 'show', `${ref}:${shardPath(id)}/${name}/metadata.json`);
      return JSON.parse(metadata).session_id === session;
    });
  }

  /** As `heldIn`. */
  held(): Map<string, string[]> {
    return heldIn(this.dir);
  }
}

/**
 * Where generations keep each transcript, by its path. An archive whose number was pruned or emptied is none any more where all that it holds
 * lies in another generation, or was pruned.
 */
export function heldIn(dir: string): Map<string, string[]> {
  const held = new Map<string, string[]>();
  const stale = new Map<string, string[]>();
  const pruned = new Set<string>();
  for (const file of gitResult(dir, ['ls-tree', '--name-only', MANIFEST]).stdout.toString().split('\n')) {
    if (!/^\d{13}\.json$/.test(file)) continue;
    const entry = JSON.parse(git(dir, 'show', `${MANIFEST}:${file}`));
    if (entry.pruned === true) for (const id of entry.checkpoints) pruned.add(id);
    if (entry.pruned === true || entry.checkpoints.length === 0) stale.set(`${FULL}${file.slice(0, 13)}`, []);
  }
  for (const ref of Object.keys(refs(dir, FULL))) {
    const paths = git(dir, 'ls-tree', '-r', '--name-only', ref).split('\n');
    for (const path of paths.filter((one) => one.endsWith('full.jsonl'))) {
      stale.get(ref)?.push(path);
      if (!stale.has(ref)) held.set(path, [...(held.get(path) ?? []), ref]);
    }
  }
  for (const [ref, paths] of stale) {
    if (paths.every((path) => held.has(path) || pruned.has(checkpointOf(path)))) continue;
    for (const path of paths) held.set(path, [...(held.get(path) ?? []), ref]);
  }
  return held;
}

/** The numbers that a manifest says were pruned. */
export function prunedIn(dir: string): Set<number> {
  const manifest = gitResult(dir, ['ls-tree', '--name-only', MANIFEST]).stdout.toString();
  const numbers = manifest.match(/^\d{13}(?=\.json$)/gm) ?? [];
  const isPruned = (number: string) => JSON.parse(git(dir, 'show', `${MANIFEST}:${number}.json`)).pruned === true;
  return new Set(numbers.filter(isPruned).map(Number));
}

/** The checkpoint that a path in a generation belongs to. */
export function checkpointOf(path: string): string {
  return path.replace('/', '').slice(0, 12);
}

/** Opens a repository, and closes it afterwards. */
export async function withRepo<T>(dir: string, use: (repo: Repository) => Promise<T>): Promise<T> {
  const repo = await openRepository({ dir, engine: 'native', env: cleanEnvironment() });
  try {
    return await use(repo);
  } finally {
    await repo.close();
  }
}
