import type { ProgressListener } from '../../src/checkpoint/progress.ts';
import type { EngineName, Repository } from '../../src/git/repository.ts';
import { type ListOptions, listCheckpoints } from '../../src/inspect/list-checkpoints.ts';
import { openPart, type Part } from '../../src/inspect/open-part.ts';
import { type Named, type ShowOptions, showCheckpoint } from '../../src/inspect/show-checkpoint.ts';
import { repositoryStatus } from '../../src/inspect/status.ts';
import { withRepository } from '../migrate/support.ts';

/** What `ckpt show` prints about a checkpoint of the repository in `dir`. */
export function showIn(dir: string, id: Named, options: ShowOptions = {}, engine: EngineName = 'native') {
  return withRepository(dir, engine, (repo) => showCheckpoint(repo, id, options));
}

/** The bytes of a part. */
export function partIn(dir: string, id: string, part: Part, options: ShowOptions = {}, engine: EngineName = 'native') {
  return withRepository(dir, engine, async (repo) => {
    const pieces: Buffer[] = [];
    for await (const piece of await openPart(repo, id, part, options)) pieces.push(piece);
    return Buffer.concat(pieces);
  });
}

/** What `ckpt list` prints. */
export function listIn(dir: string, options: ListOptions = {}, engine: EngineName = 'native') {
  return withRepository(dir, engine, (repo: Repository) => listCheckpoints(repo, options));
}

const program = { path: '/opt/ckpt', node: '/opt/node', onPath: true };

/** The status of the repository in `dir`; `now` is the day of the fixtures' sessions, so that nothing is past a retention. */
export function statusIn(
  dir: string,
  { engine = 'native', now = '2025-01-10T00:00:00Z', maxCheckpoints = 100, env: more = {} } = {},
  onEvent: ProgressListener = () => undefined,
) {
  const env = { HOME: dir, PATH: process.env.PATH, ...more };
  return withRepository(dir, engine as EngineName, (repo) =>
    repositoryStatus(repo, { program, env, now: new Date(now), maxCheckpoints, onEvent }),
  );
}
