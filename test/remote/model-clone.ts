import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mirror } from '../../src/dual-write/mirror.ts';
import { openRepository } from '../../src/git/open.ts';
import type { Repository } from '../../src/git/repository.ts';
import { REFS } from '../../src/layout/refs-layout.ts';
import { V2 } from '../../src/layout/v2-layout.ts';
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
import { refOf } from '../fixtures/refs-reference.ts';
import { shardPath, transcriptText, V1_REF } from '../fixtures/v1-builder.ts';
import { MAX, writeV2 } from './v2-writes.ts';

const V2_MAIN = 'refs/entire/checkpoints/v2/main';
const FULL = 'refs/entire/checkpoints/v2/full/';
const MANIFEST = 'refs/entire/checkpoints/v2/generations';
const BACKUP = 'refs/ckpt/backup/';
const CHECKPOINTS = 'refs/entire/checkpoints/';
const CKPT = new URL('../../bin/ckpt.js', import.meta.url).pathname;

/** The layouts of all clones: the one that is written, and whether git-refs follow V1 beside V2. */
export interface Layouts {
  readonly primary: 'v1' | 'v2' | 'refs';
  readonly mirrorsRefs: boolean;
}

const SETTINGS = {
  v1: { strategy_options: { checkpoints_v2: true } },
  v2: { strategy_options: { checkpoints_version: 2 } },
  refs: { checkpoints: { primary: { type: 'git-refs' } } },
} as const;

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
  readonly #primary: Layouts['primary'];

  constructor(name: string, dir: string, { primary, mirrorsRefs }: Layouts) {
    this.name = name;
    this.dir = dir;
    this.#primary = primary;
    mkdirSync(join(dir, '.entire'));
    writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify(SETTINGS[primary]));
    if (mirrorsRefs) git(dir, 'config', '--add', 'ckpt.mirror', 'refs');
  }

  /** Writes a session as it is now, at a time in seconds since 1970. */
  async store(session: Session, at: number, finalize: boolean): Promise<void> {
    const write = { id: session.id, session: session.session, transcript: textOf(session), at, finalize };
    if (this.#primary !== 'v1') return writeV2(this.dir, write, this.#primary === 'v2' ? V2 : REFS);
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
    const { ref, folder } = this.#placeOf(id);
    if (refs(this.dir, ref)[ref] === undefined) return [];
    const names = git(this.dir, 'ls-tree', '--name-only', ref, ...(folder === '' ? [] : [folder]));
    return [...names.matchAll(/(?:^|\/)(\d+)$/gm)].map(([, name]) => name as string);
  }

  /** The folder of a session. */
  folderOf({ id, session }: Session): string | undefined {
    const { ref, folder } = this.#placeOf(id);
    return this.folders(id).find((name) => {
      const metadata = git(this.dir, 'show', `${ref}:${folder}${name}/metadata.json`);
      return JSON.parse(metadata).session_id === session;
    });
  }

  #placeOf(id: string): { ref: string; folder: string } {
    if (this.#primary === 'refs') return { ref: refOf(id), folder: '' };
    return { ref: this.#primary === 'v1' ? V1_REF : V2_MAIN, folder: `${shardPath(id)}/` };
  }

  /** As `heldIn`. */
  held(): Map<string, string[]> {
    return heldIn(this.dir, { primary: this.#primary });
  }
}

/**
 * Where the refs of checkpoints, if they are all that there is, else generations keep each transcript, by its path. An archive whose number was pruned or emptied is none any more where all that it holds
 * lies in another generation, or was pruned.
 */
export function heldIn(dir: string, { primary }: Pick<Layouts, 'primary'>): Map<string, string[]> {
  const held = new Map<string, string[]>();
  if (primary === 'refs') {
    for (const ref of Object.keys(refs(dir, CHECKPOINTS))) {
      for (const path of git(dir, 'ls-tree', '-r', '--name-only', ref).split('\n'))
        if (path.endsWith('full.jsonl')) held.set(`${shardPath(ref.slice(-12))}/${path}`, [ref]);
    }
    return held;
  }
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

/** The transcript of a session in its checkpoint's own ref; `undefined` where it is not there. */
export function textInRef(dir: string, id: string, session: string): string | undefined {
  const ref = refOf(id);
  if (refs(dir, ref)[ref] === undefined) return undefined;
  const numbers = git(dir, 'ls-tree', '--name-only', ref)
    .split('\n')
    .filter((name) => /^\d+$/.test(name));
  const number = numbers.find(
    (one) => JSON.parse(git(dir, 'show', `${ref}:${one}/metadata.json`)).session_id === session,
  );
  return number === undefined ? undefined : gitBytes(dir, ['show', `${ref}:${number}/full.jsonl`]).toString();
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
