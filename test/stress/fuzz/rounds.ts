import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import type { EngineName, Repository } from '../../../src/git/repository.ts';
import { listCheckpoints } from '../../../src/inspect/list-checkpoints.ts';
import { showCheckpoint } from '../../../src/inspect/show-checkpoint.ts';
import { repositoryStatus } from '../../../src/inspect/status.ts';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { migrate } from '../../../src/migrate/migrate.ts';
import { repair } from '../../../src/repair/repair.ts';
import { verify } from '../../../src/verify/verify.ts';
import { git, gitBytes, initRepository, makeTempDir, removeDir } from '../../fixtures/git.ts';
import { Folder } from '../../fixtures/objects.ts';
import { type FileSpecs, shardPath, V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';
import { withRepository } from '../../migrate/support.ts';
import { spoiled, spoiledTree } from './inputs.ts';
import { COMMIT, expectKnown } from './readers.ts';

/** What is spoiled: files and messages, which must be in no one's way; or trees, for which a migration may be refused as a whole. */
export const SPOILED = {
  files: ['metadata.json', '0/metadata.json', '0/full.jsonl', '0/prompt.txt', '0/content_hash.txt'],
  trees: ['', '0'],
} as const;

const V2 = 'refs/entire/checkpoints/v2/';

/** Files that V2 has as V1 has them. */
const NEVER_CHANGED = ['0/metadata.json', '0/prompt.txt', '0/full.jsonl'];

/** One round: a repository in which every other checkpoint has a file or a tree that is spoiled. */
export interface Round {
  readonly engine: EngineName;
  readonly spoils: keyof typeof SPOILED;
  readonly checkpoints: number;
  readonly seed: number;
}

/** Runs all commands over it; what was wrong, in words. Every other checkpoint must come out whole. */
export async function tryRound({ engine, spoils, checkpoints, seed }: Round): Promise<string[]> {
  const temp = makeTempDir();
  const dir = initRepository({ dir: join(temp, 'repo') });
  const v1 = new V1Builder();
  const whole: string[] = [];
  for (let n = 0; n < checkpoints; n++) {
    // Few shards, so that neighbours share one.
    const hash = createHash('sha1').update(`${seed} ${n}`).digest('hex');
    const id = `${hash[0]}0${hash.slice(2, 12)}`;
    const files = v1.checkpointFiles(id, {});
    v1.checkpoint(id);
    if (n % 2 === 0) whole.push(id);
    else spoil(v1, id, files, { spoils, seed: seed * 1_000 + (n >> 1) });
  }
  v1.write(dir);
  const faults: string[] = [];
  await withRepository(dir, engine, async (repo) => {
    for (const [name, run] of Object.entries(commands(v1, seed))) {
      const start = performance.now();
      await expectKnown(() => run(repo)).catch((error: Error) => faults.push(`${name}: ${error.stack}`));
      const ms = performance.now() - start;
      if (ms > 120_000) faults.push(`${name} took ${(ms / 1000).toFixed(0)} s`);
    }
  });
  const refused = spoils === 'trees' && git(dir, 'for-each-ref', V2) === '';
  if (!refused) faults.push(...lost(dir, whole));
  if (faults.length === 0) removeDir(temp);
  return faults.map((fault) => `${engine}, seed ${seed}: ${fault}${faults.length === 0 ? '' : `\n  kept: ${dir}`}`);
}

function commands(v1: V1Builder, seed: number): Record<string, (repo: Repository) => Promise<unknown>> {
  const ids = [...v1.tree.entries].flatMap(([shard, folder]) =>
    folder instanceof Folder ? [...folder.entries.keys()].map((rest) => shard + rest) : [],
  );
  const env = {};
  const program = { path: '/usr/bin/ckpt', node: '/usr/bin/node', onPath: true };
  return {
    migrate: (repo) => migrate(repo, {}),
    'migrate again': (repo) => migrate(repo, {}),
    verify: (repo) => verify(repo),
    status: (repo) => repositoryStatus(repo, { env, now: new Date(), program }),
    list: (repo) => listCheckpoints(repo, {}),
    repair: (repo) => repair(repo),
    'migrate --to refs': (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }),
    'verify --to refs': (repo) => verify(repo, { from: 'v1', to: 'refs' }),
    show: async (repo) => {
      for (const id of ids.filter((_, n) => n % 8 === seed % 8)) await expectKnown(() => showCheckpoint(repo, id, {}));
    },
  };
}

/** Spoils one file or tree of a checkpoint, in a commit with a message of which the same is true. */
function spoil(v1: V1Builder, id: string, its: FileSpecs, { spoils, seed }: Pick<Round, 'spoils' | 'seed'>): void {
  const places = SPOILED[spoils];
  const path = `${shardPath(id)}/${places[seed % places.length]}`.replace(/\/$/, '');
  const sample = <T>(input: fc.Arbitrary<T>) => fc.sample(input, { numRuns: 1, seed })[0] as T;
  const before = v1.tree.get(path);
  const files: FileSpecs = {
    [path]:
      before instanceof Folder
        ? { mode: '40000', id: v1.object('tree', sample(anyTree(before))) }
        : sample(spoiled([contentOf(its[path])])),
  };
  v1.commit({ files, message: sample(spoiled([COMMIT.slice(COMMIT.indexOf('\n\n'))])).subarray(0, 10_000) });
}

function anyTree(before: Folder): fc.Arbitrary<Buffer> {
  const entries = [...before.entries].map(([name, entry]) =>
    entry instanceof Folder ? { mode: '40000', name, id: entry.object().id } : { name, ...entry },
  );
  const ids = [before.object().id, ...entries.map(({ id }) => id)];
  return fc.oneof(
    { weight: 9, arbitrary: spoiledTree(entries, ids) },
    { weight: 1, arbitrary: spoiled([before.object().content]) },
  );
}

function contentOf(file: FileSpecs[string] | undefined): Buffer {
  const content = typeof file === 'object' && file !== null && 'content' in file ? file.content : file;
  if (typeof content === 'string' || Buffer.isBuffer(content)) return Buffer.from(content);
  throw new Error('a checkpoint without this file');
}

/** Files of whole checkpoints that V2 does not have as V1 has them. */
function lost(dir: string, whole: readonly string[]): string[] {
  const refs = git(dir, 'for-each-ref', '--format=%(refname)', `${V2}main`, `${V2}full`).split('\n').filter(Boolean);
  const names = whole.flatMap((id) => NEVER_CHANGED.map((name) => `${shardPath(id)}/${name}`));
  // By paths: git reads no tree then that is spoiled.
  const blobs = (ref: string) => {
    const input = names.map((name) => `${ref}:${name}\n`).join('');
    return gitBytes(dir, ['cat-file', '--batch-check'], { input }).toString().split('\n');
  };
  const v1 = blobs(V1_REF);
  const v2 = refs.map(blobs);
  const faults: string[] = [];
  names.forEach((path, n) => {
    const holders = v2.filter((answers) => answers[n] === v1[n]).length;
    if (!v1[n]?.includes(' blob ') || holders !== 1)
      faults.push(`${path} of a whole checkpoint is in ${holders} refs of V2`);
  });
  return faults.slice(0, 5);
}
