import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeDocument } from '../../src/dual-write/write-document.ts';
import type { EngineName } from '../../src/git/repository.ts';
import { CKPT } from '../commands/ckpt.ts';
import { cleanEnvironment, git, refs, removeDir } from '../fixtures/git.ts';
import { reference, V1_BRANCH, V2_MAIN } from '../fixtures/reference.ts';
import { runs, share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { contentHash, shardPath, transcriptText } from '../fixtures/v1-builder.ts';
import type { Kill as StepKill, Steps } from '../migrate/children/kill.ts';
import { startChild } from '../migrate/children/start.ts';
import { gitIsGone, locks, runCases } from '../migrate/crash-support.ts';
import { complaints, v2Refs, withRepository } from '../migrate/support.ts';
import type { KilledWriteJob } from './children/write-killed.ts';
import {
  BOTH_ENGINES,
  checkpointId,
  DUAL,
  documentOf,
  ENGINES,
  expectVerified,
  fileOf,
  filesOf,
  newRepository,
  write,
} from './dual-write.ts';

/** The killed write is the third: it fills a generation, so that several refs of V2 move. */
const maxCheckpoints = 3;
const DOCUMENT = JSON.stringify(documentOf(3, { context: 'notes' }));
const FOLDER = `${shardPath(checkpointId(3))}/0`;
const CHILD = new URL('children/write-killed.ts', import.meta.url);
const options = { timeoutMs: 60_000, maxCheckpoints, env: cleanEnvironment() };

type Kill = (dir: string, engine: EngineName) => Promise<{ pid: number; signal: NodeJS.Signals | null }>;

let prepared: string;
beforeAll(() => {
  prepared = newRepository(DUAL, 'file');
  for (const n of [1, 2]) write(prepared, documentOf(n), ['--max-checkpoints', '3']);
});

/** What V1 must have after a write that was not cut off, and what V2 may have after one that was. */
async function expectWhole(dir: string, about: string): Promise<{ v1: boolean; v2: boolean }> {
  const [before, now] = [refs(prepared), refs(dir)];
  const isWritten = now[V1_BRANCH] !== before[V1_BRANCH];
  if (isWritten) {
    expect(git(dir, 'rev-parse', `${V1_BRANCH}^`), about).toBe(before[V1_BRANCH]);
    expect(filesOf(dir, V1_BRANCH, FOLDER), about).toEqual([
      'content_hash.txt',
      'context.md',
      'full.jsonl',
      'metadata.json',
      'prompt.txt',
    ]);
    expect(fileOf(dir, V1_BRANCH, `${FOLDER}/full.jsonl`), about).toBe(transcriptText('t3').trimEnd());
    expect(fileOf(dir, V1_BRANCH, `${FOLDER}/content_hash.txt`), about).toBe(contentHash(transcriptText('t3')));
  }
  const v2 = v2Refs(dir);
  const isMirrored = v2[V2_MAIN] !== before[V2_MAIN];
  if (isMirrored) {
    const { main, archives } = reference(dir, { maxCheckpoints });
    expect(v2, about).toMatchObject({ [V2_MAIN]: main, [archives[0]?.ref as string]: archives[0]?.id });
  } else expect(v2, about).toEqual(v2Refs(prepared));
  expect(complaints(dir), about).toEqual([]);
  return { v1: isWritten, v2: isMirrored };
}

async function runCase(
  engine: EngineName,
  kill: Kill,
  about: string,
): Promise<{ killed: boolean; v1: boolean; v2: boolean }> {
  const temp = tempDir();
  const dir = join(temp, 'repo');
  cpSync(prepared, dir, { recursive: true });
  const { pid, signal } = await kill(dir, engine);
  await delay(30);
  if (engine === 'native') await gitIsGone(dir, pid);
  const found = await expectWhole(dir, about);

  // The next write, of any engine, is not held up, and closes the gap.
  const next = BOTH_ENGINES[about.length % 2] as EngineName;
  const content = JSON.stringify(documentOf(4));
  const result = await withRepository(dir, next, (repo) =>
    writeDocument(repo, { content, folder: dir, finalize: false }, options),
  );
  expect(result, about).toMatchObject({ v2: 'ok', warnings: [] });
  expect(locks(dir), about).toEqual([]);
  expect(v2Refs(dir)[V2_MAIN], about).toBe(reference(dir, { maxCheckpoints }).main);
  await expectVerified(dir, { maxCheckpoints });
  removeDir(temp);
  return { killed: signal === 'SIGKILL', ...found };
}

type Case = readonly [EngineName, Kill, string];
const runAll = (cases: readonly Case[]) => runCases(cases, (one) => runCase(...one));

function atStep(kill: StepKill): Kill {
  return async (dir, engine) => {
    const job: KilledWriteJob = { dir, engine, document: DOCUMENT, maxCheckpoints, kill };
    const end = await startChild(job, CHILD);
    expect(end, JSON.stringify(kill)).toMatchObject({ signal: 'SIGKILL', stderr: '' });
    return end;
  };
}

/** Kills the built program so many milliseconds after its start; `group`: with the git programs that it has started. */
function killAfter(ms: number, group: boolean): Kill {
  return (dir, engine) => {
    const args = ['dual-write', '--from', '-', '--engine', engine, '--max-checkpoints', `${maxCheckpoints}`];
    const child = spawn(process.execPath, [CKPT, ...args], {
      cwd: dir,
      env: cleanEnvironment(),
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    child.stdin.on('error', () => {});
    child.stdin.end(DOCUMENT);
    const timer = setTimeout(() => {
      try {
        process.kill(group ? -(child.pid as number) : (child.pid as number), 'SIGKILL');
      } catch {
        // it was done before
      }
    }, ms);
    return new Promise((resolve) => {
      child.once('exit', (_code, signal) => {
        clearTimeout(timer);
        resolve({ pid: child.pid as number, signal });
      });
    });
  };
}

describe.each(ENGINES)('a killed write (%s)', (engine) => {
  it('at any step', async () => {
    const dir = join(tempDir(), 'repo');
    cpSync(prepared, dir, { recursive: true });
    const job: KilledWriteJob = { dir, engine, document: DOCUMENT, maxCheckpoints };
    const { stdout, stderr } = await startChild(job, CHILD);
    expect(stderr).toBe('');
    const steps = JSON.parse(stdout) as Steps;
    expect(steps).toMatchObject({ updateRefs: 2 }); // one for V1, one for V2
    const kills = [
      ...[1, 2].flatMap((n) =>
        (['before', 'after'] as const).map((when) => ({ when, call: 'updateRefs' as const, n })),
      ),
      ...Array.from({ length: steps.flush }, (_, i) => ({ when: 'after' as const, call: 'flush' as const, n: i + 1 })),
      { when: 'after' as const, call: 'listRefs' as const, n: steps.listRefs },
      { when: 'before' as const, call: 'readObjects' as const, n: Math.ceil(steps.readObjects / 2) },
    ];
    const some = kills.filter((kill) => kill.call === 'updateRefs' || share(kills, 7).includes(kill));
    const found = await runAll(some.map((kill) => [engine, atStep(kill), `${engine} ${JSON.stringify(kill)}`]));
    expect(found.every(({ killed }) => killed)).toBe(true);
    expect(found.filter(({ v2 }) => v2)).toHaveLength(1);
    expect(found.filter(({ v1 }) => v1).length).toBeGreaterThan(1);
    expect(found.filter(({ v1 }) => !v1).length).toBeGreaterThan(1);
  });

  it('at any time', async () => {
    // How long a write takes here and now
    const dir = join(tempDir(), 'repo');
    cpSync(prepared, dir, { recursive: true });
    const start = performance.now();
    await killAfter(60_000, false)(dir, engine);
    const whole = performance.now() - start;
    const count = runs(8);
    const cases = Array.from({ length: count }, (_, i) => {
      const ms = 60 + ((whole - 60) * (i === 0 ? 0 : i + Math.random())) / count;
      return [engine, killAfter(ms, i % 2 === 0), `${engine} ${i} after ${ms.toFixed(0)} ms`] as const;
    });
    const found = await runAll(cases);
    // Most of them hit the program at work; which ones is up to the clock. The first is killed while Node loads the program.
    expect(found.some(({ killed }) => killed)).toBe(true);
  });
});
