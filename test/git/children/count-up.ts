/**
 * `count-up.ts <engine> <times> <own ref>`: counts `refs/count` up, one commit a step, by compare and retry, and moves its own
 * ref to the same commit in the same transaction. The engine `git` is plain `git update-ref`, which moves `refs/count` alone.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseCommit, serializeCommit } from '../../../src/git/commit.ts';
import { RefConflictError, RefLockedError } from '../../../src/git/errors.ts';
import { type ObjectId, toObjectId } from '../../../src/git/object-id.ts';
import { type EngineChoice, openRepository } from '../../../src/git/open.ts';
import type { Repository } from '../../../src/git/repository.ts';

const REF = 'refs/count';
const [engine = '', times = '', ownRef = ''] = process.argv.slice(2);

async function stepOf(repo: Repository): Promise<void> {
  const old = (await repo.resolveRef(REF)) as ObjectId;
  const [object] = await repo.readObjects([old]);
  const commit = parseCommit(object?.content ?? Buffer.alloc(0));
  const writer = repo.objectWriter();
  const message = `${Number(commit.message) + 1}\n`;
  const id = writer.add('commit', serializeCommit({ ...commit, parents: [old], message }));
  await writer.flush();
  const own = (await repo.resolveRef(ownRef)) ?? null;
  await repo.updateRefs(
    [
      { ref: REF, old, new: id },
      { ref: ownRef, old: own, new: id },
    ],
    'count',
  );
}

function stepOfGit(): boolean {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  const old = toObjectId(git('rev-parse', REF));
  const message = `${Number(git('log', '-1', '--format=%s', old)) + 1}`;
  const id = git('commit-tree', `${old}^{tree}`, '-p', old, '-m', message);
  try {
    git('update-ref', REF, id, old);
    return true;
  } catch (error) {
    // Moved by another one, or locked for longer than git waits (0.1 s).
    if (/cannot lock ref/.test(String((error as { stderr?: string }).stderr))) return false;
    throw error;
  }
}

const repo = engine === 'git' ? undefined : await openRepository({ dir: '.', engine: engine as EngineChoice });
for (let done = 0; done < Number(times); ) {
  try {
    if (repo !== undefined) await stepOf(repo);
    else if (!stepOfGit()) continue;
    done++;
  } catch (error) {
    if (!(error instanceof RefConflictError || error instanceof RefLockedError)) throw error;
  }
  await delay(Math.random() * 5);
}
await repo?.close();
