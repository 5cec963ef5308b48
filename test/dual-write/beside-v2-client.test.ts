import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { clientStream, clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1_REF } from '../fixtures/v1-builder.ts';
import { DUAL, ENGINES, failureLog, newRepository, run, runAsync } from './dual-write.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';
const WRITES = IS_LONG ? 12 : 5;
const idOfWrite = (n: number) => idOf(`of the client ${n}`);
/** Each third checkpoint is in V2 alone, as where the client could not write V1. */
const isOnlyInV2 = (n: number) => n % 3 === 2;

/**
 * A script that does what a client of V2's time does after each commit: V1, then V2's `main` and `full/current`, ref by ref. It reads where a
 * ref is, and moves it without comparing once a run of ours has ended, which the file `ended` says: what came in between is out of the ref then.
 */
function v2Client(dir: string, ended: string): string {
  const folder = tempDir();
  const made = newRepository({});
  const steps: string[] = [];
  for (let n = 0; n < WRITES; n++) clientWrite(made, { id: idOfWrite(n), at: 1_750_000_000 + n });
  expect(run(made, ['migrate']).code).toBe(0);
  git(dir, 'fetch', '-q', made, `+${MAIN}:refs/made/main`, `+${CURRENT}:refs/made/current`);
  for (let n = 0; n < WRITES; n++) {
    const id = idOfWrite(n);
    const path = shardPath(id);
    const stream = clientStream(dir, { id, at: 1_750_000_000 + n }).replace(/^from .*$/m, `from ${V1_REF}^0`);
    writeFileSync(join(folder, `${n}`), stream);
    if (!isOnlyInV2(n)) steps.push(`git fast-import --quiet --force <'${join(folder, `${n}`)}'`);
    for (const [ref, from] of [
      [MAIN, 'refs/made/main'],
      [CURRENT, 'refs/made/current'],
    ] as const) {
      const subject = `Checkpoint: ${id}\n`;
      steps.push(
        `old=$(git rev-parse '${ref}')`,
        `printf 'commit refs/scratch\\ncommitter Ann <ann@example.com> ${1_750_000_000 + n} +0000\\ndata ${subject.length}\\nCheckpoint: ${id}\\n\\nfrom %s\\nM 040000 ${git(dir, 'rev-parse', `${from}:${path}`)} ${path}\\n\\n' "$old" | git fast-import --quiet --force`,
        `before=$(cat '${ended}'); until [ "$(cat '${ended}')" != "$before" ]; do sleep 0.02; done`,
        `until git update-ref '${ref}' refs/scratch 2>/dev/null; do sleep 0.05; done`,
      );
    }
  }
  return steps.join('\n');
}

it.each(ENGINES)(
  'a client that writes V2 itself, and moves refs without comparing: nothing is lost (%s)',
  async (engine) => {
    const dir = newRepository(DUAL);
    clientWrite(dir, { id: idOf('first'), at: 1_749_000_000 });
    expect(run(dir, ['dual-write', '--engine', engine]).code).toBe(0);
    let runs = 0;
    const counter = join(tempDir(), 'ended');
    writeFileSync(counter, '0');
    const client = spawn('sh', ['-ec', v2Client(dir, counter)], {
      cwd: dir,
      env: cleanEnvironment(),
      stdio: 'inherit',
    });
    onTestFinished(() => void client.kill());
    const ended = new Promise<number | null>((resolve) => client.once('close', resolve));
    let isRunning = true;
    ended.then(() => {
      isRunning = false;
    });
    while (isRunning) {
      const { code } = await runAsync(dir, ['dual-write', '--engine', engine]);
      expect(code).toBe(0);
      writeFileSync(counter, `${++runs}`);
    }
    expect(await ended).toBe(0);
    // What the client has taken out of a ref, the next run brings back.
    expect(run(dir, ['dual-write', '--engine', engine])).toEqual({ code: 0, stdout: '', stderr: '' });

    const here = new Set(git(dir, 'ls-tree', '-r', '--name-only', MAIN).split('\n'));
    const transcripts = new Set(git(dir, 'ls-tree', '-r', '--name-only', CURRENT).split('\n'));
    const all = [idOf('first'), ...Array.from({ length: WRITES }, (_, n) => idOfWrite(n))];
    for (const id of all) {
      const path = shardPath(id);
      expect([id, here.has(`${path}/metadata.json`), here.has(`${path}/0/metadata.json`)]).toEqual([id, true, true]);
      expect([id, transcripts.has(`${path}/0/full.jsonl`)]).toEqual([id, true]);
    }
    const { problems } = JSON.parse(run(dir, ['status', '--json']).stdout);
    const codes = problems.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(['CHECKPOINT_ONLY_IN_V2', 'HOOKS_MISSING']);
    const verified = JSON.parse(run(dir, ['verify', '--json']).stdout);
    expect(verified).toMatchObject({ ok: true, exitCode: 0 });
    expect(existsSync(join(dir, '.git/ckpt/dual-write.log')) ? failureLog(dir).map(({ code }) => code) : []).toEqual(
      [],
    );
  },
);
