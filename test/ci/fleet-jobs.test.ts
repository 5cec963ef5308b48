import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/commands/table.ts';
import { parseShard } from '../../src/fleet/shard.ts';
import { git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ROOT } from './shell.ts';

const PAGE = readFileSync(join(ROOT, 'docs/fleet.md'), 'utf8');
const JOBS = ['GitLab', 'Kubernetes', 'GitHub Actions'] as const;
const SCHEMAS = {
  GitLab: 'gitlab-ci.schema.json',
  Kubernetes: 'kubernetes-job.schema.json',
  'GitHub Actions': 'github-workflow.schema.json',
};

/** The job below a heading of the page. */
function textOf(name: string): string {
  const part = PAGE.split(/^### /m).find((text) => text.startsWith(`${name}\n`)) ?? '';
  return /```yaml\n([\s\S]*?)```/.exec(part)?.[1] ?? '';
}

/** What a vendor's schema has against a job: nothing where it fits. */
function faultsOf(name: keyof typeof SCHEMAS, job: unknown): unknown[] {
  const schema = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/schemas', SCHEMAS[name]), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return validate(job) ? [] : (validate.errors ?? []);
}

/** Every text in a job: commands are among them. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const words =
    Array.isArray(value) && value.every((one) => typeof one === 'string') ? [`ckpt ${value.join(' ')}`] : [];
  return [...words, ...Object.values(value).flatMap(textsIn)];
}

describe.each(JOBS)('the job for %s in docs/fleet.md', (name) => {
  const job = parse(textOf(name));

  it("fits its vendor's schema", () => {
    expect(faultsOf(name, job)).toEqual([]);
  });

  it('calls commands and flags that there are', async () => {
    const calls = textsIn(job).flatMap((text) => [...text.matchAll(/\bckpt(?:\.js)? (fleet [a-z]+)([^)\n]*)/g)]);
    expect(calls.length).toBeGreaterThan(0);
    for (const [, command = '', rest = ''] of calls) {
      const flags = (await COMMANDS[command]?.())?.default.flags ?? {};
      const named = [...rest.matchAll(/--([a-z-]+)/g)].map(([, flag = '']) => flag);
      expect({ command, unknown: named.filter((flag) => !(flag in flags)) }).toEqual({ command, unknown: [] });
    }
  });
});

describe('the jobs', () => {
  it('are refused by the schemas where they are wrong', () => {
    const gitlab = parse(textOf('GitLab'));
    expect(faultsOf('GitLab', { ...gitlab, 'verify-fleet': { ...gitlab['verify-fleet'], parallel: 'x' } })).not.toEqual(
      [],
    );
    const job = parse(textOf('Kubernetes'));
    expect(faultsOf('Kubernetes', { ...job, spec: { ...job.spec, completionModes: 'Indexed' } })).not.toEqual([]);
    expect(faultsOf('Kubernetes', { ...job, spec: { ...job.spec, completions: '16' } })).not.toEqual([]);
    const workflow = parse(textOf('GitHub Actions'));
    expect(faultsOf('GitHub Actions', { ...workflow, jobs: { x: { steps: 1 } } })).not.toEqual([]);
  });

  it('deal out as many shards as they start', () => {
    const { spec } = parse(textOf('Kubernetes'));
    const { args } = spec.template.spec.containers[0];
    const shard = args[args.indexOf('--shard') + 1];
    const last = { JOB_COMPLETION_INDEX: String(spec.completions - 1) };
    expect(parseShard(shard, last)).toEqual({ index: spec.completions, total: spec.completions });
    expect(spec.completionMode).toBe('Indexed');
    const gitlab = parse(textOf('GitLab'))['verify-fleet'];
    expect(gitlab.script.join()).toContain('--shard auto ');
    expect(gitlab.parallel).toBeGreaterThan(1);
  });

  const hasActionlint = spawnSync('actionlint', ['--version']).status === 0;
  it.skipIf(!hasActionlint)('pass actionlint (skipped where it is not installed)', () => {
    const dir = tempDir();
    git(dir, 'init', '--quiet');
    mkdirSync(join(dir, '.github/workflows'), { recursive: true });
    writeFileSync(join(dir, '.github/workflows/fleet.yml'), textOf('GitHub Actions'));
    const { status, stdout } = spawnSync('actionlint', ['-color=false'], { cwd: dir, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
