import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CKPT } from '../commands/ckpt.ts';
import { clientStream, clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { DUAL, ENGINES, expectVerified, failureLog, lastRun, newRepository, run, writeSettings } from './dual-write.ts';

const SESSION = '019f9261-846e-7fc0-b843-e0464227f290';
const EVENT = JSON.stringify({
  session_id: SESSION,
  transcript_path: '/home/ann/.claude/projects/x/019f9261.jsonl',
  hook_event_name: 'Stop',
  stop_hook_active: false,
});
const ULID = '01M05HSEZPVP31RB5K4R9BFJCH';

/** A repository with V2 in step, and a checkpoint that the turn under way has made. */
function inTurn(...words: string[]): string {
  const dir = newRepository(DUAL);
  clientWrite(dir, { id: idOf('before'), session: SESSION });
  clientWrite(dir, { id: idOf('before'), session: SESSION, finalize: true });
  clientWrite(dir, { id: idOf('of another session') });
  for (const word of words) clientWrite(dir, { id: idOf(word), session: SESSION });
  expect(run(dir, ['dual-write']).code).toBe(0);
  return dir;
}

/** A process of other software that writes these, each after some time: a stream a write. */
function slowWriter(dir: string, streams: readonly string[], seconds = 0.5): Promise<void> {
  const folder = tempDir();
  const steps = streams.map((stream, i) => {
    writeFileSync(join(folder, `${i}`), stream);
    return `sleep ${seconds}; git fast-import --quiet <'${join(folder, `${i}`)}'`;
  });
  const child = spawn('sh', ['-ec', steps.join('\n')], { cwd: dir, env: cleanEnvironment(), stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`the writer ended with ${code}`))));
  });
}

/** A mirror that an agent starts as one of the commands of its event. */
function stopHook(dir: string, engine: string, { input = EVENT, timeout = 60 } = {}) {
  const args = ['dual-write', '--hook', 'claude-code', '--json', '--engine', engine, '--timeout', `${timeout}`];
  const child = spawn(process.execPath, [CKPT, ...args], { cwd: dir, env: cleanEnvironment() });
  child.stdin.write(input);
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  return {
    end: () => child.stdin.end(),
    result: new Promise<{ code: number | null; awaited: string; v2: string }>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        const { awaited, v2 } = JSON.parse(stdout);
        resolve({ code, awaited, v2 });
      });
    }),
  };
}

/** V2 has all of V1. */
async function expectInStep(dir: string): Promise<void> {
  const { coverage, problems, pending } = JSON.parse(run(dir, ['status', '--json']).stdout);
  expect(coverage).toEqual({ relation: 'same', counts: { commits: 0, checkpoints: 0 } });
  expect(problems.filter(({ code }: { code: string }) => code.startsWith('V2_'))).toEqual([]);
  expect(pending).toEqual([]);
  await expectVerified(dir);
}

describe.each(ENGINES)("the agent's Stop hook beside Entire's (%s)", (engine) => {
  it('V2 is in step after a turn, though the write comes while the mirror runs already', async () => {
    const dir = inTurn('a', 'b');
    const streams = ['a', 'b'].map((word) => ({ id: idOf(word), session: SESSION, finalize: true }));
    const first = clientStream(dir, streams[0] as { id: string });
    // The second stream goes on from what the first has made: its `from` is the branch then.
    const second = clientStream(dir, streams[1] as { id: string }).replace(/^from [0-9a-f]+$/m, (line) =>
      line.replace(/ .*/, ' refs/heads/entire/checkpoints/v1^0'),
    );
    const hook = stopHook(dir, engine);
    hook.end();
    const writer = slowWriter(dir, [first, second], 0.3);
    const [result] = await Promise.all([hook.result, writer]);
    // On a busy machine the writer may be the first.
    expect(['arrived', 'nothing']).toContain(result.awaited);
    expect(result).toMatchObject({ code: 0, v2: 'ok' });
    await expectInStep(dir);
  });

  it('waits for nothing where the write has arrived, or none is announced', async () => {
    const dir = inTurn('a');
    clientWrite(dir, { id: idOf('a'), session: SESSION, finalize: true });
    const other = EVENT.replace(SESSION, 'a-session-without-checkpoints');
    for (const input of [EVENT, other, '', 'no JSON', '[]', '{"session_id":7}']) {
      const hook = stopHook(dir, engine, { input });
      hook.end();
      const { awaited, ...rest } = await hook.result;
      expect({ input, ...rest }).toEqual({ input, code: 0, v2: 'ok' });
      expect(['nothing', null]).toContain(awaited);
    }
    await expectInStep(dir);
  });

  it('a write that never comes holds nobody up for longer than the limit, and is waited for once', async () => {
    const dir = inTurn('a');
    const hook = stopHook(dir, engine, { timeout: 8 });
    expect(await hook.result).toEqual({ code: 0, awaited: null, v2: 'ok' }); // stdin stays open: no event
    const second = stopHook(dir, engine, { timeout: 12 });
    second.end();
    expect(await second.result).toEqual({ code: 0, awaited: 'missed', v2: 'ok' });
    expect(lastRun(dir).outcome).toBe('ok');
    const third = stopHook(dir, engine);
    third.end();
    expect((await third.result).awaited).toBe('nothing');
    expect(failureLog(dir)).toEqual([]);
    await expectInStep(dir);
  });

  it('where git-refs are written first, their refs are looked at', async () => {
    const dir = newRepository();
    writeSettings(dir, { checkpoints: { primary: { type: 'git-refs' } }, strategy_options: DUAL });
    const document = { checkpoint_id: ULID, session_id: SESSION, transcript: { text: '{"type":"user"}\n' } };
    const input = JSON.stringify(document);
    expect(run(dir, ['dual-write', '--from', '-'], { input }).code).toBe(0);
    const ref = `refs/entire/checkpoints/${ULID.slice(-2)}/${ULID}`;
    const transcript = '{"type":"user"}\n{"type":"assistant"}\n';
    const subject = `Finalize transcript for Checkpoint: ${ULID}\n`;
    const stream = [
      `commit ${ref}`,
      'committer Ann <ann@example.com> 1790000000 +0000',
      `data ${subject.length}\n${subject}from ${git(dir, 'rev-parse', ref)}`,
      `M 100644 inline 0/full.jsonl\ndata ${transcript.length}\n${transcript}\n`,
    ];
    const hook = stopHook(dir, engine);
    hook.end();
    const [result] = await Promise.all([hook.result, slowWriter(dir, [stream.join('\n')])]);
    expect(['arrived', 'nothing']).toContain(result.awaited);
    expect(git(dir, 'log', '-1', '--format=%s', ref)).toBe(subject.trim());
    const file = `${ULID.slice(0, 2)}/${ULID.slice(2)}/0/full.jsonl`;
    expect(git(dir, 'cat-file', 'blob', `refs/entire/checkpoints/v2/full/current:${file}`)).toBe(transcript.trim());
  });
});

it('with hooks in the background Stop returns before the write, which a commit beside it does not miss either', async () => {
  const dir = inTurn('a', 'b');
  expect(run(dir, ['hooks', 'install', '--git', '--background']).code).toBe(0);
  const last = clientStream(dir, { id: idOf('b'), session: SESSION, finalize: true });
  const hook = stopHook(dir, 'native');
  hook.end();
  expect(await hook.result).toEqual({ code: 0, awaited: null, v2: 'background' });
  clientWrite(dir, { id: idOf('a'), session: SESSION, finalize: true });
  git(dir, 'commit', '-q', '--allow-empty', '-m', 'beside it');
  await slowWriter(dir, [last.replace(/^from [0-9a-f]+$/m, `from ${V1_REF}^0`)], 0.3);
  const isInStep = () => JSON.parse(run(dir, ['status', '--json']).stdout).coverage.relation === 'same';
  for (let tries = 0; !isInStep(); tries++) {
    expect(tries, 'V2 is not in step, and no worker is going to make it so').toBeLessThan(100);
    await sleep(200);
  }
  expect(failureLog(dir)).toEqual([]);
  await expectInStep(dir);
});

it('what Stop missed is one behind, which the next hook closes', async () => {
  const dir = inTurn('a');
  mkdirSync(join(dir, '.claude'));
  expect(run(dir, ['hooks', 'install']).code).toBe(0);
  const settings = JSON.parse(readFileSync(join(dir, '.claude/settings.json'), 'utf8'));
  expect(settings.hooks.Stop[0].hooks[0].command).toContain('--hook claude-code --repo');
  clientWrite(dir, { id: idOf('a'), session: SESSION, finalize: true });
  const status = run(dir, ['status']).stdout;
  expect(status).toContain('V2 is one behind; the next hook closes it');
  expect(status).toContain('Nothing needs attention.');
  expect(JSON.parse(run(dir, ['status', '--json']).stdout)).toMatchObject({
    pending: [{ layout: 'v2', checkpointCount: 1 }],
    problems: [],
    nextCommand: null,
  });
  git(dir, 'commit', '-q', '--allow-empty', '-m', 'next');
  await expectInStep(dir);
  // Without hooks nothing closes it: then it is something to do.
  expect(run(dir, ['hooks', 'uninstall']).code).toBe(0);
  clientWrite(dir, { id: idOf('b') });
  expect(run(dir, ['status']).stdout).toContain('V2 lacks one V1 commit');
});
