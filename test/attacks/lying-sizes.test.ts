import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CKPT, ckpt } from '../commands/ckpt.ts';
import { missize } from '../fixtures/damaged-objects.ts';
import { cleanEnvironment, git, refs } from '../fixtures/git.ts';
import { BOTH_ENGINES, share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { mktree, plant, smallBlob, V1 } from './plant.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';
const CHECKPOINT = '1ba10412649a';
const FOLDER = '1b/a10412649a';
/** Long enough for any machine: git and the program would wait for each other for ever. */
const LONGEST = 120_000;
/** Beyond what is read at once, in either engine. */
const LARGE = 3 << 20;

const OBJECTS: ReadonlyArray<[name: string, revision: string]> = [
  ["V1's tip", V1],
  ["the commit before V1's tip", `${V1}~1`],
  ["V1's root tree", `${V1}^{tree}`],
  ['the tree of a session', `${V1}:${FOLDER}/0`],
  ['a summary', `${V1}:${FOLDER}/metadata.json`],
  ['the metadata of a session', `${V1}:${FOLDER}/0/metadata.json`],
  ['a prompt', `${V1}:${FOLDER}/0/prompt.txt`],
  ['a hash', `${V1}:${FOLDER}/0/content_hash.txt`],
  ['a small transcript', `${V1}:${FOLDER}/0/tasks/toolu_sample01/agent-a1b2c3.jsonl`],
  ['a large transcript', `${V1}:${FOLDER}/0/full.jsonl`],
  ["V2's tip", MAIN],
  ["V2's root tree", `${MAIN}^{tree}`],
  ["a summary of V2's own", `${MAIN}:${FOLDER}/metadata.json`],
  ['the tip of full/current', CURRENT],
  ['the root tree of full/current', `${CURRENT}^{tree}`],
];

const COMMANDS = [
  'verify',
  'verify --deep',
  'migrate',
  'migrate --to refs',
  'list',
  `show ${CHECKPOINT}`,
  'status',
  'repair',
  'dual-write',
  'verify --from v1 --to refs',
  `diff ${CHECKPOINT}`,
];

/** What a command came to: its exit code, and the codes of its findings or of its error. */
interface Outcome {
  readonly code: number | null;
  readonly words: readonly string[];
}

function outcomeOf(dir: string, command: string, engine: string): Outcome {
  const run = spawnSync(process.execPath, [CKPT, ...command.split(' '), '--engine', engine, '--json'], {
    cwd: dir,
    env: cleanEnvironment(),
    encoding: 'utf8',
    timeout: LONGEST,
    killSignal: 'SIGKILL',
  });
  expect(run.signal, `${command} with ${engine} hangs`).toBeNull();
  const { error = null, findings = [] } = JSON.parse(run.stdout);
  const words = findings.map(({ code, checkpoint }: Record<string, string>) => `${code} ${checkpoint ?? ''}`);
  return { code: run.status, words: error === null ? words.sort() : [error.code] };
}

describe('an object whose file says another size than it has', () => {
  let sample = '';

  beforeAll(() => {
    sample = join(tempDir('file'), 'repo');
    ckpt(['sample', sample]);
    const large = smallBlob(sample, `${'{"type":"user","message":{"content":"x"}}\n'.repeat(LARGE / 40)}`);
    const session = git(sample, 'ls-tree', `${V1}:${FOLDER}/0`).split('\n');
    const others = session.filter((line) => !line.endsWith('\tfull.jsonl'));
    plant(sample, `${FOLDER}/0`, mktree(sample, [...others, `100644 blob ${large}\tfull.jsonl`]));
    ckpt(['migrate'], { cwd: sample });
  });

  const cases = OBJECTS.flatMap(([name, revision]) =>
    [1, 60, -3].flatMap((by) => COMMANDS.map((command) => ({ name, revision, by, command }))),
  );

  test.each(share(cases, 41))('$command, $by bytes more: $name', ({ revision, by, command }) => {
    const outcomes = BOTH_ENGINES.map((engine) => {
      const dir = join(tempDir(), 'repo');
      cpSync(sample, dir, { recursive: true });
      const before = refs(dir);
      missize(dir, git(dir, 'rev-parse', revision), by);
      const outcome = outcomeOf(dir, command, engine);
      if (/^(verify|list|show|status|diff)/.test(command)) expect(refs(dir)).toEqual(before);
      if (command === 'verify --deep') expect(outcome.code).toBe(1);
      return outcome;
    });
    expect(outcomes.at(-1)).toEqual(outcomes[0]);
  });
});
