import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CkptError } from '../../src/checkpoint/errors.ts';
import { EXIT } from '../../src/commands/exit-codes.ts';
import { describeFailure, renderFailure } from '../../src/commands/failure.ts';
import { newRun } from '../../src/commands/run-context.ts';
import { GitError } from '../../src/git/errors.ts';
import type { EngineName } from '../../src/git/repository.ts';
import { migrateText } from '../../src/ui/migrate-text.ts';
import { verifyText } from '../../src/ui/verify-text.ts';
import { judge } from '../../src/verify/baseline/judge-findings.ts';
import { verify } from '../../src/verify/verify.ts';
import { builtChild } from '../fixtures/child.ts';
import { cleanEnvironment, git, gitBytes, refs } from '../fixtures/git.ts';
import { reference } from '../fixtures/reference.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { A, B, badInputScenarios, hugeMetadata, impossibleScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { runOf } from '../ui/run.ts';
import { blob, editTip, entryAt, textAt } from '../verify/damage.ts';
import { ABOUT, RULES } from '../verify/reports.ts';
import { BOTH_ENGINES, complaints, ENGINES, expectConsistent, migrateIn, v2Refs, withRepository } from './support.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';

const newDir = () => join(tempDir(), 'repo');
const verifyIn = (dir: string, engine: EngineName = 'native') => withRepository(dir, engine, (repo) => verify(repo));

/** What a command says about the error that something ends with; anything but a foreseen error fails the test. */
async function failureOf(attempt: Promise<unknown>) {
  const error = await attempt.then(
    () => expect.fail('this should not be possible'),
    (reason: unknown) => reason,
  );
  expect(error instanceof CkptError || error instanceof GitError, String((error as Error).stack)).toBe(true);
  const failure = describeFailure(error);
  const context = newRun({ argv: ['migrate'], json: false, verbose: false, version: '1.2.3' });
  expect(renderFailure(failure, error, context)).not.toMatch(/\n\s+at /);
  return failure;
}

describe.each(ENGINES)('bad input, %s', (engine) => {
  test.each(Object.keys(badInputScenarios))('%s is carried over, and the rest is migrated', async (name) => {
    const dir = newDir();
    await badInputScenarios[name as keyof typeof badInputScenarios](dir);
    const before = complaints(dir);
    const { refs: expected } = reference(dir);
    await migrateIn(dir, { engine });
    expect(v2Refs(dir)).toEqual(expected);
    await expectConsistent(dir, { engine });
    expect(complaints(dir)).toEqual(before);
    expect(textAt(dir, MAIN, `${shardPath(B)}/metadata.json`)).toContain(B);
    const transcript = `${shardPath(B)}/0/full.jsonl`;
    expect(entryAt(dir, CURRENT, transcript)).toEqual(entryAt(dir, V1_REF, transcript));
  });

  test.each([
    ['refAtBlob', 'BAD_REF', EXIT.impossible, `${V1_REF} points at`],
    ['refAtTree', 'BAD_REF', EXIT.impossible, 'is a tree, not a commit'],
    ['absentCommit', 'BAD_REF', EXIT.impossible, 'is absent from this repository'],
    ['absentTree', 'BAD_OBJECT', EXIT.failed, shardPath(A)],
    ['malformedTree', 'BAD_OBJECT', EXIT.failed, shardPath(A)],
    ['malformedCommit', 'BAD_REF', EXIT.impossible, 'is a malformed commit'],
    ['shallow', 'SHALLOW_HISTORY', EXIT.impossible, 'cut off'],
  ] as const)('%s can not be migrated: %s, exit code %i', async (name, code, exitCode, words) => {
    const dir = newDir();
    await impossibleScenarios[name](dir);
    const failure = await failureOf(migrateIn(dir, { engine }));
    expect(failure).toMatchObject({ code, exitCode });
    expect(failure.message).toContain(words);
    if (name !== 'absentTree' && name !== 'malformedTree') expect(failure.hint).toBeDefined();
    expect(refs(dir, 'refs/entire/')).toEqual({});
  });

  test('a tree that is absent from what V1 has got since is named, and leaves V2 as it was', async () => {
    const dir = newDir();
    const { tip, v1 } = await impossibleScenarios.absentTree(dir);
    git(dir, 'update-ref', V1_REF, String(v1.chain()[0]));
    await migrateIn(dir, { engine });
    git(dir, 'update-ref', V1_REF, tip);
    const before = refs(dir);
    const failure = await failureOf(migrateIn(dir, { engine }));
    expect(failure).toMatchObject({ code: 'BAD_OBJECT', exitCode: EXIT.failed });
    expect(failure.message).toContain(shardPath(A));
    expect((await verifyIn(dir, engine)).findings.map(({ code }) => code)).toEqual(['V2_BEHIND']);
    expect(refs(dir)).toEqual(before);
  });

  test('a main at a blob is an error of its own; --rebuild replaces it and keeps it', async () => {
    const dir = newDir();
    await badInputScenarios.emptySummary(dir);
    await migrateIn(dir, { engine });
    const good = v2Refs(dir);
    const bad = blob(dir, 'no commit');
    git(dir, 'update-ref', MAIN, bad);
    for (const attempt of [() => migrateIn(dir, { engine }), () => verifyIn(dir, engine)]) {
      const failure = await failureOf(attempt());
      expect(failure).toMatchObject({ code: 'BAD_REF', exitCode: EXIT.impossible });
      expect(failure.message).toContain(`${MAIN} points at ${bad}, which is a blob`);
      expect(failure.hint).toContain('--rebuild');
    }
    expect(refs(dir, MAIN)).toEqual({ [MAIN]: bad });
    const { backup } = await migrateIn(dir, { engine, rebuild: true });
    expect(v2Refs(dir)).toEqual(good);
    expect(Object.values(refs(dir, String(backup)))).toContain(bad);
    await expectConsistent(dir, { engine });
  });

  test('a full/current at a blob stops the next run with its name, and --rebuild replaces it', async () => {
    const dir = newDir();
    const v1 = new V1Builder();
    v1.checkpoint(A);
    v1.write(dir);
    await migrateIn(dir, { engine });
    git(dir, 'update-ref', CURRENT, blob(dir, 'no commit'));
    v1.checkpoint(B);
    v1.write(dir, { init: false });
    const before = refs(dir);
    expect(await failureOf(migrateIn(dir, { engine }))).toMatchObject({ code: 'BAD_OBJECT', exitCode: EXIT.failed });
    expect(refs(dir)).toEqual(before);
    const { findings } = await verifyIn(dir, engine);
    expect(findings.map(({ code }) => code)).toEqual(['V2_BEHIND', 'GENERATION_UNREADABLE', 'TRANSCRIPT_MISSING']);
    await migrateIn(dir, { engine, rebuild: true });
    await expectConsistent(dir, { engine });
  });
});

/** Control characters that a terminal would obey; line feeds are the layout of the text itself. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

test('control characters of a repository are not printed', async () => {
  const dir = newDir();
  await badInputScenarios.controlCharacters(dir);
  expect(textAt(dir, V1_REF, `${shardPath(A)}/metadata.json`)).toContain('\\u001b[2J');
  const v1Names = gitBytes(dir, ['ls-tree', '-r', '-z', '--name-only', V1_REF]).toString();
  const name = v1Names.split('\0').find((path) => CONTROL.test(path)) ?? '';
  expect(name).toContain('\u001b[2J');
  expect(migrateText(await migrateIn(dir), runOf('migrate'))).not.toMatch(CONTROL);

  const odd = 'extra\u001b[31m\u009b\u202e.txt';
  editTip(dir, MAIN, { [name]: null, [`${shardPath(A)}/0/${odd}`]: 'x' });
  const report = await verifyIn(dir);
  expect(report.findings.map(({ code, path }) => ({ code, path }))).toEqual([
    { code: 'FILE_EXTRA', path: `${shardPath(A)}/0/${odd}` },
    { code: 'FILE_MISSING', path: name },
  ]);
  const text = verifyText(judge(report, RULES), ABOUT);
  expect(text).not.toMatch(CONTROL);
  expect(text).not.toContain('\u202e');
  expect(text).toContain('name\\x1b[2J');
  expect(text).toContain('extra\\x1b[31m\\u009b\\u202e.txt');
});

test('a value that is nested too deep to be compared by fields is one finding', async () => {
  const dir = newDir();
  await badInputScenarios.deepSummary(dir);
  await migrateIn(dir);
  const path = `${shardPath(A)}/metadata.json`;
  editTip(dir, MAIN, { [path]: textAt(dir, MAIN, path).replace('[0]', '[1]') });
  const { findings } = await verifyIn(dir);
  const own = findings.filter(({ severity }) => severity === 'error');
  expect(own.map(({ code, path }) => ({ code, path }))).toEqual([{ code: 'FILE_CHANGED', path }]);
});

test.runIf(IS_LONG)(
  'a summary of 111 MB loses its two fields, in bounded time and memory, with both engines',
  async () => {
    const dir = newDir();
    const { tip } = await hugeMetadata(dir);
    const path = `${shardPath(A)}/metadata.json`;
    const text = textAt(dir, V1_REF, path);
    expect(text.length).toBeGreaterThan(111_000_000);
    const cut = ['transcript": "/a3/b2c4d5e6f7/0/full.jsonl', 'content_hash": "/a3/b2c4d5e6f7/0/content_hash.txt'];
    const projected = cut.reduce((rest, line) => rest.replace(`      "${line}",\n`, ''), text);
    expect(text.length - projected.length).toBeGreaterThan(90);
    const expected = gitBytes(dir, ['hash-object', '--stdin'], { input: projected }).toString().trim();

    for (const engine of BOTH_ENGINES) {
      for (const ref of Object.keys(v2Refs(dir))) git(dir, 'update-ref', '-d', ref);
      const args = [builtChild(new URL('children/measure.ts', import.meta.url)), dir, engine];
      const printed = execFileSync(process.execPath, args, {
        cwd: import.meta.dirname,
        env: cleanEnvironment(),
      });
      const { durationMs, peakMiB, ...outcome } = JSON.parse(printed.toString());
      expect(outcome).toEqual({ status: 'migrated', consistent: true, findings: 0 });
      expect(git(dir, 'rev-parse', `${MAIN}:${path}`)).toBe(expected);
      expect(git(dir, 'rev-parse', V1_REF)).toBe(tip);
      expect(peakMiB).toBeLessThan(1000);
      // What grows with the square of the length takes hours.
      expect(durationMs).toBeLessThan(240_000);
    }
  },
);
