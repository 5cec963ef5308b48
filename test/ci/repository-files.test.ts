import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { tempDir } from '../fixtures/temp.ts';
import { ROOT } from './shell.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const WORKFLOWS = readdirSync(join(ROOT, '.github/workflows'));
const pkg = JSON.parse(read('package.json'));

describe('the workflows', () => {
  const hasActionlint = spawnSync('actionlint', ['--version']).status === 0;

  it.skipIf(!hasActionlint)('pass actionlint (skipped where it is not installed)', () => {
    const { status, stdout } = spawnSync('actionlint', ['-color=false'], { cwd: ROOT, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it.each(WORKFLOWS)('%s: each job has an end, few rights, and scripts without expressions', (name) => {
    const workflow = parse(read(`.github/workflows/${name}`));
    expect(workflow.permissions).toBeDefined();
    for (const job of Object.values<{ steps: { run?: string }[] }>(workflow.jobs)) {
      for (const { run = '' } of job.steps) expect(run).not.toContain('${{');
    }
  });

  it('run only scripts and files that are there', () => {
    for (const name of WORKFLOWS) {
      for (const [, script = ''] of read(`.github/workflows/${name}`).matchAll(/npm run ([\w:-]+)/g)) {
        expect(pkg.scripts).toHaveProperty([script]);
      }
    }
    expect(existsSync(join(ROOT, '.ci/run'))).toBe(true);
  });
});

describe('files for other programs', () => {
  it('the GitLab component is two documents: what it takes, and a job that takes no more', () => {
    const [spec, job] = parseAllDocuments(read('templates/verify.yml')).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS();
    });
    const used = [...read('templates/verify.yml').matchAll(/\$\[\[ inputs\.([\w-]+) \]\]/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(Object.keys(spec.spec.inputs)));
    expect(Object.keys(job)).toEqual(['ckpt-verify']);
  });

  it('the hooks for pre-commit call commands that there are', () => {
    const hooks: { entry: string; language: string }[] = parse(read('.pre-commit-hooks.yaml'));
    const commands = readdirSync(join(ROOT, 'src/commands'));
    for (const { entry, language } of hooks) {
      const [program, command] = entry.split(' ');
      expect({ program, language }).toEqual({ program: 'ckpt', language: 'node' });
      expect(commands).toContain(`${command}.ts`);
    }
  });

  it.each(['native', 'isomorphic'])('what the Dockerfile copies is the whole program (%s)', (engine) => {
    const dockerfile = read('Dockerfile');
    const copied = [...dockerfile.matchAll(/^COPY --from=build ((?:\/ckpt\/\S+ ?)+) \/ckpt\/\S*$/gm)];
    const paths = new Set(
      copied.flatMap(([, words = '']) => words.split(' ').map((path) => path.slice('/ckpt/'.length))),
    );
    expect(paths).toContain('dist');
    const dir = tempDir();
    for (const path of paths) cpSync(join(ROOT, path), join(dir, path), { recursive: true });
    // As in the images: one has git, and the other has Node alone.
    const env = { HOME: dir, PATH: engine === 'native' ? (process.env.PATH ?? '') : '/nonexistent' };
    for (const args of [
      ['sample', 's.git', '--quiet'],
      ['migrate', '--repo', 's.git', '--quiet'],
      ['verify', '--deep', '--repo', 's.git', '--quiet'],
    ]) {
      const { status, stderr } = spawnSync(process.execPath, ['bin/ckpt.js', ...args], {
        cwd: dir,
        env,
        encoding: 'utf8',
      });
      expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: '' });
    }
    expect(dockerfile.match(/^FROM .* AS (\w+)$/gm)).toHaveLength(3);
  });

  it('release-please starts from the version of the package', () => {
    expect(JSON.parse(read('.release-please-manifest.json'))).toEqual({ '.': pkg.version });
  });

  it('issue forms have what GitHub demands', () => {
    for (const name of ['bug.yml', 'wish.yml']) {
      const form = parse(read(`.github/ISSUE_TEMPLATE/${name}`));
      expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
      for (const { type, attributes } of form.body) {
        expect(['textarea', 'input', 'checkboxes']).toContain(type);
        expect(attributes.label).toBeTruthy();
      }
    }
  });
});
