import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeTextFile } from '../../src/stores/text-file.ts';
import { baselineText, parseBaseline } from '../../src/verify/baseline/baseline-file.ts';
import { type GateOptions, judged } from '../../src/verify/baseline/judged-run.ts';
import type { Finding } from '../../src/verify/finding.ts';
import { tempDir } from '../fixtures/temp.ts';
import { A, B, BEHIND, FINDINGS, LOST, NOTED, WARNED } from '../ui/reports/samples.ts';
import { judgedOf, reportOf } from './reports.ts';

const GATE: GateOptions = { failOn: 'error', ignore: [], update: false };
const run = (findings: readonly Finding[], gate: Partial<GateOptions>, checkpoints?: readonly string[]) =>
  judged({ ...GATE, ...gate }, checkpoints === undefined ? {} : { checkpoints }, async () => reportOf(findings));
const codesIn = (file: string) => parseBaseline(readFileSync(file, 'utf8'), file).map(({ code }) => code);

describe('the text of a baseline', () => {
  it('is the same for the same findings in any order, one key a line, by checkpoint', () => {
    const { findings } = judgedOf(FINDINGS);
    const text = baselineText(findings);
    expect(baselineText([...findings].reverse())).toBe(text);
    expect(baselineText(parseBaseline(text, 'x'))).toBe(text);
    const { schemaVersion, findings: entries } = JSON.parse(text);
    expect(schemaVersion).toBe(1);
    expect(entries.map(({ checkpoint }: { checkpoint?: string }) => checkpoint)).toEqual([
      undefined,
      undefined,
      undefined,
      A,
      A,
      B,
    ]);
    expect(text).toContain(`    {
      "code": "FIELD_LOST",
      "checkpoint": "${A}",
      "session": "2",
      "path": "a3/b2c4d5e6f7/2/metadata.json",
      "field": "agent",
      "fingerprint": "${findings[0]?.fingerprint}"
    }`);
  });

  it.each([
    ['{', 'it is not JSON'],
    ['[]', ''],
    ['{"schemaVersion":2,"findings":[]}', 'schemaVersion'],
    ['{"schemaVersion":1,"findings":[{"code":"X","fingerprint":"1"}]}', 'findings.0.fingerprint'],
  ])('is refused where it is something else: %s', (text, why) => {
    expect(() => parseBaseline(text, 'b.json')).toThrow(
      expect.objectContaining({ code: 'BAD_BASELINE', exitCode: 2, message: expect.stringContaining(why) }),
    );
  });
});

describe('a run with a baseline', () => {
  it('refuses to write one where not all that it would name is held, and leaves the file', async () => {
    const baseline = join(tempDir(), 'b.json');
    await run([LOST], { baseline, update: true });
    const many = { ...LOST, checkpoint: B, more: 3 };
    await expect(run([many], { baseline, update: true })).rejects.toMatchObject({
      code: 'TOO_MANY_FINDINGS',
      exitCode: 2,
    });
    expect(codesIn(baseline)).toEqual(['FIELD_LOST']);
    const ignore = [{ code: 'FIELD_LOST', checkpoint: B } as const];
    expect((await run([many, WARNED], { baseline, ignore, failOn: 'warning', update: true })).gate).toMatchObject({
      passed: true,
      ignored: 4,
    });
  });

  it('that updates it passes, and so does the next one, until something new comes', async () => {
    const baseline = join(tempDir(), 'b.json');
    const updated = await run([LOST, WARNED, NOTED], { baseline, update: true });
    expect(updated.gate).toMatchObject({ passed: true, failing: 0, known: 1, resolved: [] });
    expect(updated.consistent).toBe(false);
    expect(codesIn(baseline)).toEqual(['FIELD_LOST']);
    const before = readFileSync(baseline);
    expect((await run([LOST, WARNED], { baseline })).gate.passed).toBe(true);
    const later = await run([BEHIND], { baseline });
    expect(later.gate).toMatchObject({ passed: false, failing: 1, known: 0, resolved: [{ code: 'FIELD_LOST' }] });
    expect(readFileSync(baseline)).toEqual(before);
  });

  it('takes in what fails alone, and leaves what was ignored out', async () => {
    const baseline = join(tempDir(), 'b.json');
    await run([LOST, WARNED, NOTED, BEHIND], {
      baseline,
      update: true,
      failOn: 'warning',
      ignore: [{ code: 'V2_BEHIND' }],
    });
    expect(codesIn(baseline)).toEqual(['GENERATION_TOO_LARGE', 'FIELD_LOST']);
  });

  it('keeps what the run did not look for, and drops what is gone', async () => {
    const baseline = join(tempDir(), 'b.json');
    const other = { ...LOST, checkpoint: B };
    await run([LOST, other, BEHIND], { baseline, update: true });
    const scoped = await run([], { baseline, update: true }, [A]);
    expect(scoped.gate.resolved).toEqual([]);
    expect(parseBaseline(readFileSync(baseline, 'utf8'), '').map(({ checkpoint }) => checkpoint)).toEqual([
      undefined,
      B,
    ]);
    await run([], { baseline, update: true });
    expect(codesIn(baseline)).toEqual([]);
  });

  it('is told before the run where the file is not there or is none', async () => {
    const baseline = join(tempDir(), 'b.json');
    const never = () => judged({ ...GATE, baseline }, {}, () => Promise.reject(new Error('it ran')));
    await expect(never()).rejects.toMatchObject({
      code: 'NO_BASELINE',
      hint: ['Write it: ', ['ckpt', 'verify', '--baseline', baseline, '--update-baseline']],
    });
    writeFileSync(baseline, 'null');
    await expect(never()).rejects.toMatchObject({ code: 'BAD_BASELINE' });
    mkdirSync(join(baseline, '..', 'folder'));
    await expect(run([], { baseline: join(baseline, '..', 'folder') })).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
  });
});

describe('writeTextFile', () => {
  it('makes folders, replaces in one step, and keeps modes and links', async () => {
    const dir = tempDir();
    const file = join(dir, 'a/b/report.txt');
    await writeTextFile(file, 'one');
    writeFileSync(file, 'old', { mode: 0o600 });
    const mode = statSync(file).mode;
    symlinkSync(file, join(dir, 'link'));
    await writeTextFile(join(dir, 'link'), 'two');
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(statSync(file).mode).toBe(mode);
    expect(readdirSync(join(dir, 'a/b'))).toEqual(['report.txt']);
    await expect(writeTextFile(join(file, 'x'), 'y')).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
    expect(readFileSync(file, 'utf8')).toBe('two');
  });
});
