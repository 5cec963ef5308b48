import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { git } from '../fixtures/git.ts';
import { A, B } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1Builder } from '../fixtures/v1-builder.ts';
import { migrateIn } from '../migrate/support.ts';
import { editJson } from '../verify/damage.ts';
import { MAIN } from '../verify/sabotages.ts';
import { action, documents, pathWith, ROOT, type RunStep, runScript, shellBlocks } from './shell.ts';

const dir = tempDir('file');
const origins = { good: join(dir, 'good.git'), bad: join(dir, 'bad.git') };
const bare = (name: string) => `file://${join(dir, name)}`;
let tools = '';
let toolsWithoutGit = '';

/**
 * Servers as GitHub and GitLab are: bare, with filters allowed, with a code branch `main`, the V1 branch, and the V2 refs.
 * In `bad`, checkpoint A has lost a field in V2. And a repository of ckpt's own, built.
 */
beforeAll(async () => {
  const v1 = new V1Builder();
  for (const id of [A, B]) v1.checkpoint(id, { sessions: [{ transcript: `{"text":"${'x'.repeat(3000)}"}\n` }] });
  v1.write(origins.good);
  await migrateIn(origins.good);
  const tree = git(origins.good, 'mktree');
  git(origins.good, 'update-ref', 'refs/heads/main', git(origins.good, 'commit-tree', '-m', 'Code', tree));
  git(origins.good, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  for (const key of ['allowFilter', 'allowAnySHA1InWant']) git(origins.good, 'config', `uploadpack.${key}`, 'true');
  cpSync(origins.good, origins.bad, { recursive: true });
  editJson(origins.bad, MAIN, `${shardPath(A)}/0/metadata.json`, (value) => {
    delete value.created_at;
  });
  const ckpt = join(dir, 'ckpt');
  mkdirSync(ckpt);
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(ROOT, part), join(ckpt, part), { recursive: true });
  git(ckpt, 'init', '-q');
  git(ckpt, 'add', '--force', '.');
  git(ckpt, 'commit', '-q', '-m', 'ckpt');
  tools = pathWith(join(dir, 'tools'), ['bash', 'sh', 'git', 'node', 'rm', 'env', 'uname']);
  toolsWithoutGit = pathWith(join(dir, 'tools-without-git'), ['bash', 'sh', 'node']);
});

/** A clone as actions/checkout makes it, with `fetch-depth: 0` and `filter: blob:none`. */
function checkout(origin: keyof typeof origins): string {
  const clone = join(tempDir(), 'clone');
  git(dir, 'clone', '-q', '--filter=blob:none', bare(`${origin}.git`), clone);
  return clone;
}

const absentBlobs = (clone: string) =>
  git(clone, 'rev-list', '--objects', '--all', '--missing=print').match(/^\?/gm) ?? [];
const runsOf = (steps: readonly RunStep[]) => steps.filter(({ run }) => run !== undefined);

/** Runs the action's steps as a runner does: each by itself, inputs in the place of expressions, outputs from the file. */
function runAction(clone: string, inputs: Readonly<Record<string, string>> = {}) {
  const temp = tempDir();
  const files = { GITHUB_OUTPUT: join(temp, 'output'), GITHUB_STEP_SUMMARY: join(temp, 'summary') };
  const all: Record<string, string> = {};
  for (const [name, { default: value }] of Object.entries<{ default: string }>(action.inputs)) all[name] = value;
  Object.assign(all, inputs);
  const fill = (text: string) => text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name) => String(all[name]));
  const base = { GITHUB_ACTION_PATH: join(dir, 'ckpt'), RUNNER_TEMP: temp, ...files };
  let last = { code: 0 as number | null, stdout: '', stderr: '' };
  for (const step of runsOf(action.runs.steps)) {
    if (step.if !== undefined && all.fetch !== 'true') continue;
    expect(step.run).not.toContain('${{'); // an expression in a script is an injection
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(value)]));
    last = runScript(clone, step.run, tools, { ...base, ...env });
    if (last.code !== 0) break;
  }
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const outputs = Object.fromEntries(
    read(files.GITHUB_OUTPUT)
      .split('\n')
      .map((line) => line.split(/=(.*)/)),
  );
  return { ...last, outputs, summary: read(files.GITHUB_STEP_SUMMARY) };
}

describe('action.yml', () => {
  it('has what GitHub demands of a composite action, and outputs that its step gives', () => {
    expect(action).toMatchObject({
      name: 'ckpt verify',
      description: expect.any(String),
      runs: { using: 'composite' },
    });
    for (const step of runsOf(action.runs.steps)) expect(step).toMatchObject({ shell: 'bash' });
    for (const { description } of [
      ...Object.values<{ description: string }>(action.inputs),
      ...Object.values<{ description: string }>(action.outputs),
    ]) {
      expect(description).toBeTruthy();
    }
    const page = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');
    for (const name of Object.keys(action.outputs)) expect(page).toContain(`\`${name}\``);
    const { steps } = documents[0].jobs.verify;
    for (const name of Object.keys(steps[1].with)) expect(Object.keys(action.inputs)).toContain(name);
  });

  it('passes where the layouts agree: it installs nothing, fetches the refs without transcripts, and tells its outputs', () => {
    const clone = checkout('good');
    const { code, stdout, stderr, outputs, summary } = runAction(clone);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^CONSISTENT: /);
    expect(outputs).toMatchObject({ passed: 'true', consistent: 'true', failing: '0' });
    expect(JSON.parse(readFileSync(outputs.report, 'utf8')).counts.checkpoints).toBe(2);
    expect(summary).toContain('## ✅ ckpt verify');
    expect(absentBlobs(clone).length).toBeGreaterThanOrEqual(2);
    expect(existsSync(join(tools, 'npm-calls'))).toBe(false);
  });

  it('says so where it is a version without a built program', () => {
    const program = join(dir, 'ckpt/dist/main.js');
    renameSync(program, `${program}.away`);
    const { code, stdout } = runAction(checkout('good'));
    renameSync(`${program}.away`, program);
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^::error::.* use a release.*\n$/) });
  });

  it('fails where they differ, with annotations, a summary and a further report', () => {
    const clone = checkout('bad');
    const { code, stdout, outputs, summary } = runAction(clone, {
      format: 'sarif',
      output: 'v.sarif',
      args: `${A} ${B}`,
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^::error title=ckpt FIELD_LOST::${A} session 0: `));
    expect(outputs).toMatchObject({ passed: 'false', consistent: 'false', failing: '1' });
    expect(summary).toContain('### error `FIELD_LOST` (1)');
    expect(JSON.parse(readFileSync(join(clone, 'v.sarif'), 'utf8')).runs[0].results).toHaveLength(1);
  });

  it('takes fail-on, a baseline, and args; an error of usage is its exit code, without outputs', () => {
    const clone = checkout('bad');
    expect(runAction(clone, { args: '--baseline b.json --update-baseline' }).code).toBe(0);
    expect(runAction(clone, { baseline: 'b.json' })).toMatchObject({
      code: 0,
      outputs: { passed: 'true', consistent: 'false' },
    });
    expect(runAction(clone, { args: '--ignore FIELD_LOST', 'fail-on': 'note' })).toMatchObject({ code: 1 });
    const wrong = runAction(clone, { args: '--nope' });
    expect(wrong).toMatchObject({ code: 2, outputs: { '': undefined } });
    const { code, outputs } = runAction(checkout('good'), { fetch: 'false', format: 'junit' });
    expect({ code, outputs }).toMatchObject({ code: 1, outputs: { failing: '1' } }); // V2_MISSING: nothing was fetched
  });
});

describe('docs/ci.md', () => {
  it('has a workflow by hand that runs', () => {
    const { steps } = documents[1].jobs.verify;
    for (const [origin, expected] of [
      ['good', 0],
      ['bad', 1],
    ] as const) {
      const clone = checkout(origin);
      symlinkSync(join(dir, 'ckpt'), join(clone, '.ckpt')); // what the second checkout of the job does
      const codes = runsOf(steps).map(({ run }) => runScript(clone, run, tools).code);
      expect(codes).toEqual([0, 0, expected]);
      expect(JSON.parse(readFileSync(join(clone, 'ckpt.sarif'), 'utf8')).runs[0].results).toHaveLength(expected);
    }
    for (const job of [documents[0], documents[1]].map(({ jobs }) => jobs.verify)) {
      expect(job.steps[0]).toMatchObject({
        uses: 'actions/checkout@v4',
        with: { 'fetch-depth': 0, filter: 'blob:none' },
      });
    }
  });

  it('has a pipeline for GitLab that runs, also in a clone that GitLab made whole', () => {
    const job = documents[2]['verify-checkpoints'];
    expect(job.variables.GIT_DEPTH).toBe(0);
    const clone = join(tempDir(), 'clone');
    git(dir, 'clone', '-q', '--single-branch', bare('bad.git'), clone);
    const env = { CKPT_REPOSITORY: bare('ckpt') };
    const codes = [...job.before_script, ...job.script].map((line: string) => runScript(clone, line, tools, env).code);
    expect(codes).toEqual([0, 0, 0, 1]);
    expect(absentBlobs(clone).length).toBeGreaterThanOrEqual(2);
    const { junit, codequality } = job.artifacts.reports;
    expect(readFileSync(join(clone, junit), 'utf8')).toContain('<failure ');
    expect(JSON.parse(readFileSync(join(clone, codequality), 'utf8'))).toHaveLength(1);
    expect(readFileSync(join(tools, 'npm-calls'), 'utf8')).toContain(`${join(clone, '.ckpt')}: npm run build\n`);
  });

  it('has a configuration for the pre-commit framework that names hooks of this package', () => {
    const offered = parse(readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8'));
    const [{ hooks }] = documents[3].repos;
    expect(offered.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(hooks.map(({ id }: { id: string }) => id)),
    );
    expect(hooks).toHaveLength(2);
  });

  it('has steps for a pull request that run: what its commits name is in both layouts, or the job fails', () => {
    const [step] = documents[4];
    expect(step.env).toEqual({
      BASE: expect.stringContaining('github.event.pull_request.base.sha'),
      HEAD: expect.stringContaining('github.event.pull_request.head.sha'),
    });
    const job = documents[5]['verify-merge-request'];
    expect(documents[2]).toHaveProperty(job.extends);
    const [, fetch] = runsOf(documents[1].jobs.verify.steps);
    for (const [id, expected] of [
      [A, 0],
      ['ffffffffffff', 1],
    ] as const) {
      const clone = checkout('good');
      symlinkSync(join(dir, 'ckpt'), join(clone, '.ckpt'));
      expect(runScript(clone, fetch?.run ?? '', tools).code).toBe(0);
      git(clone, 'commit', '-q', '--allow-empty', '-m', `Work\n\nEntire-Checkpoint: ${id}`);
      const [BASE = '', HEAD = ''] = git(clone, 'rev-parse', 'HEAD~1', 'HEAD').split('\n');
      const run = runScript(clone, step.run, tools, { BASE, HEAD });
      expect(run.code).toBe(expected);
      expect(run.stdout.includes('::error ')).toBe(expected === 1);
      const variables = { CI_MERGE_REQUEST_DIFF_BASE_SHA: BASE, CI_COMMIT_SHA: HEAD };
      for (const line of job.script) expect(runScript(clone, line, tools, variables).code).toBe(expected);
      expect(readFileSync(join(clone, 'junit.xml'), 'utf8').includes('<failure ')).toBe(expected === 1);
      expect(runAction(clone, { commits: `${BASE}..${HEAD}` }).code).toBe(expected);
    }
  });

  it('has a nightly proof that names a checkpoint which never reached the remote', () => {
    const script = shellBlocks[0] ?? '';
    for (const [id, expected] of [
      [A, 0],
      ['ffffffffffff', 1],
    ] as const) {
      const folder = tempDir();
      writeFileSync(join(folder, 'ckpt.sh'), `#!/bin/sh\nexec node "${dir}/ckpt/bin/ckpt.js" "$@"\n`, { mode: 0o755 });
      mkdirSync(join(folder, 'bin'));
      renameSync(join(folder, 'ckpt.sh'), join(folder, 'bin/ckpt'));
      const remote = join(folder, 'remote.git');
      git(folder, 'clone', '-q', '--bare', bare('good.git'), remote);
      git(remote, 'fetch', '-q', 'origin', '+refs/entire/*:refs/entire/*');
      const work = join(folder, 'work');
      git(folder, 'clone', '-q', remote, work);
      git(work, 'commit', '-q', '--allow-empty', '-m', `Work\n\nEntire-Checkpoint: ${id}`);
      git(work, 'push', '-q', 'origin', 'HEAD:refs/heads/feature');
      const { code } = runScript(folder, script, `${join(folder, 'bin')}:${tools}`, {
        URL: `file://${remote}`,
      });
      expect({ id, code }).toEqual({ id, code: expected });
      const report = readFileSync(join(folder, 'proof/arrived.xml'), 'utf8');
      expect(report.includes(id)).toBe(expected === 1);
    }
  });

  it('has a job for a container without git that runs where there is no git', () => {
    const [, prepare = '', check = ''] = shellBlocks;
    for (const [origin, expected] of [
      ['good', 0],
      ['bad', 1],
    ] as const) {
      const folder = tempDir();
      symlinkSync(join(dir, 'ckpt'), join(folder, 'ckpt'));
      expect(runScript(folder, prepare, tools, { REPOSITORY: bare(`${origin}.git`) }).code).toBe(0);
      expect(runScript(folder, 'git --version', toolsWithoutGit).code).toBe(127);
      const { code, stdout, stderr } = runScript(folder, check, toolsWithoutGit);
      expect({ code, stderr }).toEqual({ code: expected, stderr: '' });
      expect(stdout).toMatch(expected === 0 ? /^CONSISTENT: / : /^INCONSISTENT: 1 error\./);
      expect(stdout).toContain(' with isomorphic.');
      expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain(`failures="${expected}"`);
    }
  });

  it('without git, a clone that lacks what verify reads is not a pass: each summary is named, and what to fetch', () => {
    const folder = tempDir();
    symlinkSync(join(dir, 'ckpt'), join(folder, 'ckpt'));
    runScript(folder, (shellBlocks[1] ?? '').replace('blob:limit=1m', 'blob:none'), tools, {
      REPOSITORY: bare('good.git'),
    });
    const { code, stdout } = runScript(folder, shellBlocks[2] ?? '', toolsWithoutGit);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^INCONSISTENT: 2 errors\.\n/);
    expect(stdout).toContain('error METADATA_ABSENT (2): ');
    expect(stdout).toContain(
      'What to do: In a partial clone, run `ckpt verify --fetch --engine native --repo checkpoints.git`',
    );
  });

  it('has a command for a baseline that runs', () => {
    const clone = checkout('bad');
    const [, fetch, verify] = runsOf(documents[1].jobs.verify.steps);
    symlinkSync(join(dir, 'ckpt'), join(clone, '.ckpt'));
    runScript(clone, fetch?.run ?? '', tools);
    writeFileSync(join(clone, 'ckpt'), '#!/usr/bin/env bash\nexec node .ckpt/bin/ckpt.js "$@"\n', { mode: 0o755 });
    expect(runScript(clone, shellBlocks[3] ?? '', `${clone}:${tools}`).code).toBe(0);
    expect(runScript(clone, `${verify?.run} --baseline ckpt-baseline.json`, tools).code).toBe(0);
    expect(shellBlocks).toHaveLength(4);
  });
});
