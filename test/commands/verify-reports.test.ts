import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { reportTargets, type TargetFlag, wantsJson } from '../../src/commands/report-targets.ts';
import { refs } from '../fixtures/git.ts';
import { A, B } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1Builder } from '../fixtures/v1-builder.ts';
import { migrateIn } from '../migrate/support.ts';
import { editJson } from '../verify/damage.ts';
import { MAIN } from '../verify/sabotages.ts';
import { ckpt } from './ckpt.ts';

/** A V2 whose checkpoint A has lost a field; V1 has an oddity, which is a note. */
const dir = join(tempDir('file'), 'repo');
const run = (args: readonly string[], options?: Parameters<typeof ckpt>[1]) =>
  ckpt(['verify', '--repo', dir, ...args], options);

beforeAll(async () => {
  const v1 = new V1Builder();
  v1.init();
  v1.checkpoint(A, { sessions: [{}] });
  v1.checkpoint(B, { sessions: [{ transcript: null }] });
  v1.write(dir);
  await migrateIn(dir);
  editJson(dir, MAIN, `${shardPath(A)}/0/metadata.json`, (value) => {
    delete value.created_at;
  });
});

describe('ckpt verify --format', () => {
  it.each([
    ['text', /^INCONSISTENT: 1 error\.\n/],
    ['json', /^\{\n {2}"schemaVersion": 2,\n/],
    ['junit', /^<\?xml .*\n<testsuites name="ckpt verify"/],
    ['sarif', /^\{.*sarif-2\.1\.0/],
    ['github', /^::error title=ckpt FIELD_LOST::a3b2c4d5e6f7 session 0: /],
    ['gitlab', /^\[\n {2}\{\n {4}"type": "issue"/],
    ['markdown', /^## ❌ ckpt verify\n/],
  ])('%s goes to stdout, or to a file', (format, beginning) => {
    const { code, stdout, stderr } = run(['--format', format]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(beginning);
    expect(stdout.endsWith('\n')).toBe(true);
    const file = join(tempDir(), 'reports', 'report');
    expect(run(['--format', format, '-o', file])).toEqual({ code: 1, stdout: '', stderr: '' });
    const stable = (text: string) => text.replace(/\d+ ms|"durationMs": \d+|time="[\d.]+"/g, 'TIME');
    expect(stable(readFileSync(file, 'utf8'))).toBe(stable(stdout));
  });

  it('makes several reports in one run, and --json is one of them', () => {
    const [junit, sarif] = [join(tempDir(), 'junit.xml'), join(tempDir(), 'v.sarif')];
    const { stdout } = run(['--format', 'junit', '--output', junit, '--json', '--format=sarif', `--output=${sarif}`]);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      engine: { version: expect.any(String) },
      gate: { failing: 1 },
    });
    expect(readFileSync(junit, 'utf8')).toContain('<failure ');
    expect(JSON.parse(readFileSync(sarif, 'utf8')).runs[0].tool.driver.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('github adds the summary of the job to what its file has', () => {
    const summary = join(tempDir(), 'summary.md');
    writeFileSync(summary, 'before\n');
    run(['--format', 'github'], { env: { GITHUB_STEP_SUMMARY: summary } });
    expect(readFileSync(summary, 'utf8')).toMatch(/^before\n## ❌ ckpt verify\n[\s\S]*FIELD_LOST/);
    run(['--format', 'text'], { env: { GITHUB_STEP_SUMMARY: summary } });
    expect(readFileSync(summary, 'utf8').match(/ckpt verify\n/g)).toHaveLength(1);
    expect(run(['--format', 'github'], { env: { GITHUB_STEP_SUMMARY: '' } }).code).toBe(1);
  });

  it('says what it could not write, and to where', () => {
    const { code, stderr } = run(['--format', 'junit', '--output', join(dir, 'HEAD', 'x.xml')]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${join(dir, 'HEAD', 'x.xml')} cannot be written: `);
  });

  it('json tells an error as JSON, as --json does', () => {
    const { code, stdout, stderr } = ckpt(['verify', '--format', 'json', '--repo', tempDir()]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'NOT_A_REPOSITORY' });
  });
});

describe('ckpt verify --fail-on, --ignore', () => {
  it.each([
    [['--fail-on', 'error'], 1],
    [['--ignore', 'FIELD_LOST'], 0],
    [['--ignore', `FIELD_LOST:${A}`], 0],
    [['--ignore', `FIELD_LOST:${B}`], 1],
    [['--ignore', 'FIELD_LOST', '--fail-on', 'warning'], 0],
    [['--ignore', 'FIELD_LOST', '--fail-on', 'note'], 1],
    [['--ignore', 'FIELD_LOST', '--ignore', 'V1_NO_TRANSCRIPT', '--fail-on', 'note'], 0],
    [['--fail-on', 'note', B], 1],
    [['--ignore', 'FIELD_LOST', B, A], 0],
  ])('%j ends with %i, and says the truth about the layouts', (args, code) => {
    const result = run([...args, '--json']);
    expect(result.code).toBe(code);
    const report = JSON.parse(result.stdout);
    expect(report.ok).toBe(code === 0);
    expect(report.counts.errors).toBe(args.at(-1) === B ? 0 : 1);
  });

  it.each([
    [['--ignore', 'FIELD_LOSS'], 'there is no code FIELD_LOSS', 'Did you mean: --ignore FIELD_LOST'],
    [['--ignore', 'field_lost'], 'there is no code field_lost', 'Did you mean: --ignore FIELD_LOST'],
    [['--ignore', 'xyzzyxyzzyxyzzy'], 'there is no code xyzzyxyzzyxyzzy', 'docs/findings.md lists the codes.'],
    [['--ignore', 'FIELD_LOST:abc'], 'abc is not a checkpoint ID', 'Name a whole one'],
    [['--format', 'html'], '--format is one of text, json, ', 'Add --help'],
    [['--fail-on', 'never'], '--fail-on is one of error, warning, note, and not never', 'Add --help'],
    [['--format', 'junit', '--format', 'sarif'], 'two reports would go to stdout', '--format sarif --output FILE'],
    [['--format', 'junit', '-o', 'x', '--format', 'sarif', '-o', 'x'], 'two reports would go to x', 'Name another'],
    [['--format', 'junit', '-o', 'x', '-o', 'y'], '--output y has no format of its own', '--format junit --output y'],
    [['--update-baseline'], '--update-baseline needs --baseline', 'Add --help'],
  ])('%j is wrong usage', (args, message, hint) => {
    const { code, stdout, stderr } = run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(existsSync('x')).toBe(false);
  });
});

describe('ckpt verify --baseline', () => {
  it('is written, lets what is known pass, and is told of what is gone', () => {
    const before = refs(dir);
    const baseline = join(tempDir(), 'known.json');
    const missing = run(['--baseline', baseline]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain(`hint: Write it: ckpt verify --baseline ${baseline} --update-baseline`);

    expect(run(['--baseline', baseline, '--update-baseline', '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
    const text = readFileSync(baseline, 'utf8');
    expect(JSON.parse(text).findings).toMatchObject([{ code: 'FIELD_LOST', checkpoint: A, field: 'created_at' }]);
    for (const engine of ['native', 'isomorphic']) {
      const { code, stdout } = run(['--baseline', baseline, '--engine', engine]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^INCONSISTENT: 1 error\.\nPASSED: .*; 1 finding known by .*known\.json\.\n/);
      run(['--baseline', baseline, '--update-baseline', '--engine', engine]);
      expect(readFileSync(baseline, 'utf8')).toBe(text);
    }
    writeFileSync(
      baseline,
      text.replace(/"fingerprint": "."/g, '"fingerprint": "').replace(/[0-9a-f]{32}/, 'f'.repeat(32)),
    );
    const gone = run(['--baseline', baseline]);
    expect(gone.code).toBe(1);
    expect(gone.stdout).toContain('1 finding of');
    expect(gone.stdout).toContain('is not found any more: --update-baseline takes it out.');
    writeFileSync(baseline, '{}');
    expect(run(['--baseline', baseline]).stderr).toContain(`ckpt verify: ${baseline} is not a baseline: `.slice(13));
    expect(refs(dir)).toEqual(before);
  });
});

describe('reportTargets', () => {
  const flags = (text: string) =>
    text.split(' ').map((word): TargetFlag => {
      if (word === 'json!') return { flag: 'json' };
      return word.startsWith('>')
        ? { flag: 'output', value: word.slice(1) }
        : { flag: 'format', value: word as 'text' };
    });

  it.each([
    ['text', [{ format: 'text' }]],
    ['>f', [{ format: 'text', file: 'f' }]],
    ['>f junit', [{ format: 'junit', file: 'f' }]],
    ['junit >a text sarif >b', [{ format: 'junit', file: 'a' }, { format: 'text' }, { format: 'sarif', file: 'b' }]],
    ['json! json', [{ format: 'json' }]],
    ['json! >f text', [{ format: 'json', file: 'f' }, { format: 'text' }]],
  ])('%s', (text, targets) => {
    expect(reportTargets(flags(text))).toEqual(targets);
    expect(reportTargets([])).toEqual([{ format: 'text' }]);
  });

  it.each([
    ['--json', true],
    ['--format json', true],
    ['--format=json', true],
    ['--format json --output f', false],
    ['--format json -o f --format text', false],
    ['--format junit --output f --json', true],
    ['--json --format text', true],
    ['', false],
    ['--format text', false],
  ])('an error of "%s" is told as JSON: %s', (args, json) => {
    expect(wantsJson(args.split(' '))).toBe(json);
  });
});
