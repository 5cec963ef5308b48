/**
 * `npm run check:real [DIR] [-- --if-present]`: migrates and verifies each real repository in DIR (`*.git.tar.gz`; by default
 * `../shared/data/real` beside the checkout) with both engines, through the built program, and compares what came out with
 * V1 by the `git` program alone. No code of `src/` is used: this is the second opinion. Where there are vectors of git-refs for a
 * repository (`vectors-refs/NAME.txt` beside DIR), it is migrated to git-refs and back as well, also where it lies in `layouts`
 * beside DIR. Exits 0 where every check holds, 1
 * where one does not, 2 for wrong usage. A folder that is not there fails, unless `--if-present` is given.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CheckFailed, hasFailed, outcome, report, same } from './check-report.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PROGRAM = join(ROOT, 'bin', 'ckpt.js');
const ENGINES = ['native', 'isomorphic'] as const;
const V1 = 'refs/heads/entire/checkpoints/v1';
const V2 = 'refs/entire/checkpoints/v2/';
const MAIN = `${V2}main`;
const CURRENT = `${V2}full/current`;

/** What the table in docs/format.md sends to `full/*`, as a path from the root. */
const FULL_PATH =
  /^[0-9a-f]{2}\/[0-9a-f]{10}\/(?:\d+\/(?:full\.jsonl(?:\.\d{3,})?|full\.log|content_hash\.txt)$|(?:.+\/)?tasks\/)/;
const SUMMARY_PATH = /^[0-9a-f]{2}\/[0-9a-f]{10}\/metadata\.json$/;

interface File {
  readonly mode: string;
  readonly id: string;
}

interface Vector {
  readonly main: string;
  readonly current: string;
}

process.exitCode = main();

function main(): number {
  let options: { values: { 'if-present'?: boolean | undefined }; positionals: string[] };
  try {
    options = parseArgs({ options: { 'if-present': { type: 'boolean' } }, allowPositionals: true });
    if (options.positionals.length > 1) throw new TypeError('more than one folder given');
  } catch (error) {
    console.error(`${(error as Error).message}\nusage: npm run check:real -- [DIR] [--if-present]`);
    return 2;
  }
  const dir = resolve(options.positionals[0] ?? join(ROOT, '..', 'shared', 'data', 'real'));
  if (!existsSync(dir)) {
    console.error(
      `${dir} does not exist: ${options.values['if-present'] ? 'nothing to check' : 'name the folder with the *.git.tar.gz'}`,
    );
    return options.values['if-present'] ? 0 : 1;
  }
  if (!existsSync(join(ROOT, 'dist', 'main.js'))) {
    console.error('The program is not built. Run: npm run build');
    return 1;
  }
  const archives = readdirSync(dir)
    .filter((name) => name.endsWith('.git.tar.gz'))
    .sort();
  if (archives.length === 0) {
    console.error(`${dir} has no *.git.tar.gz`);
    return 1;
  }
  const vectors = readVectors(join(dir, '..', 'README.md'));
  const temp = mkdtempSync(join(tmpdir(), 'ckpt-check-real-'));
  const vectorsOfRefs = readRefsVectors(join(dir, '..', 'vectors-refs'));
  try {
    for (const [name, expected] of vectorsOfRefs) {
      const archive = [dir, join(dir, '..', 'layouts')]
        .map((home) => join(home, `${name}.git.tar.gz`))
        .find(existsSync);
      if (archive !== undefined) checkRefs(archive, name, temp, expected);
    }
    for (const archive of archives)
      checkArchive(join(dir, archive), archive.slice(0, -'.git.tar.gz'.length), temp, vectors);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
  console.log(`\n${archives.length} repositories, ${ENGINES.length} engines: ${outcome()}`);
  return hasFailed() ? 1 : 0;
}

function checkArchive(archive: string, name: string, temp: string, vectors: ReadonlyMap<string, Vector>): void {
  const refsOf = new Map<string, string>();
  for (const engine of ENGINES) {
    const check = (what: string, run: () => string) => report(`${name} · ${engine} · ${what}`, run);
    const home = join(temp, `${name}-${engine}`);
    mkdirSync(home);
    run('tar', ['-xzf', archive, '-C', home]);
    const repo = join(home, readdirSync(home)[0] as string);
    const before = { refs: refs(repo), missing: missing(repo), v1: git(repo, 'rev-parse', V1) };

    const migrated = check('migrate', () => ckpt('migrate', repo, engine));
    if (migrated) {
      const after = refs(repo);
      refsOf.set(engine, v2Refs(repo));
      check('V1 and all other refs stay', () => {
        const others = after.split('\n').filter((line) => !line.includes(` ${V2}`));
        same(others.join('\n'), before.refs, 'refs');
        return `V1 at ${before.v1.slice(0, 12)}`;
      });
      check('test vectors', () => {
        const vector = vectors.get(name);
        if (vector === undefined) return 'none for this repository';
        same(git(repo, 'rev-parse', MAIN), vector.main, 'main');
        same(git(repo, 'rev-parse', CURRENT), vector.current, 'full/current');
        return 'main and full/current';
      });
      check('verify', () => ckpt('verify', repo, engine));
      check('verify --deep', () => compareDeep(repo, engine, before.missing));
      check('migrate again', () => {
        const objects = git(repo, 'count-objects', '-v');
        const ms = ckpt('migrate', repo, engine);
        same(refs(repo), after, 'refs');
        same(git(repo, 'count-objects', '-v'), objects, 'objects');
        return `nothing moved, ${ms}`;
      });
      check('git fsck', () => {
        same(missing(repo).join('\n'), before.missing.join('\n'), 'missing objects');
        return `${before.missing.length} objects absent, as before`;
      });
      check('files', () => compareFiles(repo));
      check('history', () => compareHistory(repo));
    }
    rmSync(home, { recursive: true, force: true });
  }
  report(`${name} · both engines · the same V2 refs`, () => {
    const [native, isomorphic] = ENGINES.map((engine) => refsOf.get(engine));
    if (native === undefined || isomorphic === undefined) throw new CheckFailed('nothing to compare');
    same(isomorphic, native, 'V2 refs');
    return `${native.split('\n').length} refs`;
  });
}

/** Migrates V1 to git-refs: each ref is at the commit, with the tree, that the vectors have; and V1 comes out of them again. */
function checkRefs(archive: string, name: string, temp: string, expected: readonly string[]): void {
  for (const engine of ENGINES) {
    const home = join(temp, `${name}-refs-${engine}`);
    mkdirSync(home);
    run('tar', ['-xzf', archive, '-C', home]);
    const repo = join(home, readdirSync(home)[0] as string);
    const v1 = git(repo, 'rev-parse', V1);
    report(`${name} · ${engine} · V1 to git-refs`, () => {
      ckptOutput(repo, engine, 'migrate', '--from', 'v1', '--to', 'refs');
      const lines = git(repo, 'for-each-ref', '--format=%(refname) %(objectname) %(tree)', 'refs/entire/checkpoints/');
      const found = new Set(lines.split('\n'));
      same(expected.filter((line) => !found.has(line)).join('\n'), '', 'refs that are not as the vectors have them');
      return `${expected.length} refs, commits and trees`;
    });
    report(`${name} · ${engine} · again, and back to V1`, () => {
      const before = refs(repo);
      ckptOutput(repo, engine, 'migrate', '--from', 'v1', '--to', 'refs');
      same(refs(repo), before, 'refs');
      git(repo, 'update-ref', '-d', V1);
      ckptOutput(repo, engine, 'migrate', '--from', 'refs', '--to', 'v1');
      // A second V1 (`refs/entire/checkpoints/v1`) may have had a checkpoint more, which comes on top.
      same(git(repo, 'merge-base', V1, v1), v1, 'V1');
      return `nothing moved, V1 at ${v1.slice(0, 12)}`;
    });
    rmSync(home, { recursive: true, force: true });
  }
}

/** Lines `<ref> <commit> <tree>` by repository. */
function readRefsVectors(dir: string): Map<string, readonly string[]> {
  if (!existsSync(dir)) return new Map();
  const files = readdirSync(dir).filter((name) => name.endsWith('.txt'));
  return new Map(
    files.map((name) => [name.slice(0, -'.txt'.length), readFileSync(join(dir, name), 'utf8').trim().split('\n')]),
  );
}

/** `--deep` has read what is there, has no error, and says of the tip's objects that `git fsck` misses that V1 lacks them too. */
function compareDeep(repo: string, engine: string, missing: readonly string[]): string {
  const report = JSON.parse(ckptOutput(repo, engine, 'verify', '--deep'));
  const findings = report.findings as Array<{ code: string; severity: string; message: string }>;
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new CheckFailed(`errors: ${JSON.stringify(errors.slice(0, 3))}`);
  const gone = findings.filter(({ code }) => code === 'V1_OBJECT_GONE').map(({ message }) => message);
  const atTip = new Set([...files(repo, V1).values()].map(({ id }) => id));
  const absent = missing.map((line) => line.split(' ')[2] ?? '').filter((id) => atTip.has(id));
  const unsaid = absent.filter((id) => !gone.some((text) => text.includes(id)));
  same(unsaid.join('\n'), '', 'absent objects that are not said');
  const { transcriptCount, objectCount = 0 } = report.deep as Record<string, number>;
  if (objectCount === 0) throw new CheckFailed('it read no object');
  return `${transcriptCount} transcripts, ${objectCount} objects, ${absent.length} absent, in V1 as well`;
}

/** Every V1 file is at exactly one place in V2, the right one, with its mode and blob; and V2 has nothing else. */
function compareFiles(repo: string): string {
  const expected = files(repo, V1);
  const found = new Map<string, { ref: string; file: File }>();
  for (const ref of v2Refs(repo)
    .split('\n')
    .map((line) => line.slice(line.indexOf(' ') + 1))) {
    for (const [path, file] of files(repo, ref)) {
      if (path === 'generation.json' && /\d{13}$/.test(ref)) continue;
      const other = found.get(path);
      if (other !== undefined) throw new CheckFailed(`${path} is on ${other.ref} and on ${ref}`);
      if (!expected.has(path)) throw new CheckFailed(`${path} is on ${ref}, and not in V1`);
      found.set(path, { ref, file });
    }
  }
  const summaries: Array<[string, string, string]> = [];
  for (const [path, file] of expected) {
    const place = found.get(path);
    if (place === undefined) throw new CheckFailed(`${path} is nowhere in V2`);
    if (FULL_PATH.test(path) !== (place.ref !== MAIN)) throw new CheckFailed(`${path} is on ${place.ref}`);
    same(place.file.mode, file.mode, `mode of ${path}`);
    if (place.file.id === file.id) continue;
    if (!SUMMARY_PATH.test(path))
      throw new CheckFailed(`${path} is ${file.id} in V1 and ${place.file.id} on ${place.ref}`);
    summaries.push([path, file.id, place.file.id]);
  }
  const contents = readBlobs(
    repo,
    summaries.flatMap(([, old, now]) => [old, now]),
  );
  for (const [path, old, now] of summaries) {
    const [v1, v2] = [old, now].map((id) => JSON.parse(contents.get(id) as string)) as [unknown, unknown];
    same(JSON.stringify(v2), JSON.stringify(withoutTranscripts(v1)), `value of ${path}`);
  }
  return `${expected.size} files once each, ${summaries.length} summaries edited and equal but for the transcripts`;
}

/** Every V1 commit has one image on `main`, with its author, committer, dates, subject and parents. */
function compareHistory(repo: string): string {
  const fields = [
    '%H',
    '%P',
    '%an',
    '%ae',
    '%ad',
    '%cn',
    '%ce',
    '%cd',
    '%s',
    '%(trailers:key=Ckpt-V1-Commit,valueonly,separator=%x20)',
  ];
  const log = (ref: string) =>
    git(repo, 'log', '--date=raw', '--encoding=ISO-8859-1', `--format=${fields.join('%x1f')}%x1e`, ref)
      .split('\x1e')
      .map((record) => record.replace(/^\n/, '').split('\x1f'))
      .filter((record) => record.length > 1);
  const images = log(MAIN);
  const v1Of = new Map(images.map((record) => [record[0] as string, record[9] as string]));
  const expected = new Map(log(V1).map((record) => [record[0] as string, record]));
  const seen = new Set<string>();
  for (const [id, parents, ...rest] of images) {
    const v1 = rest.pop() as string;
    const original = expected.get(v1);
    if (original === undefined)
      throw new CheckFailed(`commit ${id} is the image of ${v1 || 'nothing'}, which V1 lacks`);
    if (seen.has(v1)) throw new CheckFailed(`${v1} has two images`);
    seen.add(v1);
    same(rest.join('\n'), original.slice(2, 9).join('\n'), `commit ${id}`);
    const mapped = (parents as string).split(' ').map((parent) => v1Of.get(parent) ?? '');
    same(mapped.join(' '), original[1] as string, `parents of ${id}`);
  }
  same(String(seen.size), String(expected.size), 'number of commits');
  return `${seen.size} commits, one image each`;
}

function withoutTranscripts(summary: unknown): unknown {
  const sessions = (summary as { sessions?: unknown } | null)?.sessions;
  if (Array.isArray(sessions)) {
    for (const session of sessions as Array<Record<string, unknown>>) {
      delete session.transcript;
      delete session.content_hash;
    }
  }
  return summary;
}

function files(repo: string, ref: string): Map<string, File> {
  const lines = gitRaw(repo, ['ls-tree', '-r', '-z', '--full-tree', ref]).toString('latin1').split('\0').slice(0, -1);
  return new Map(
    lines.map((line) => {
      const [meta, path] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)];
      const [mode, , id] = meta.split(' ') as [string, string, string];
      return [path, { mode, id }];
    }),
  );
}

function readBlobs(repo: string, ids: readonly string[]): Map<string, string> {
  const out = gitRaw(repo, ['cat-file', '--batch'], `${ids.join('\n')}\n`);
  const contents = new Map<string, string>();
  for (let at = 0; at < out.length && ids.length > 0; ) {
    const end = out.indexOf(0x0a, at);
    const [id, type, size] = out.toString('latin1', at, end).split(' ') as [string, string, string];
    if (type !== 'blob') throw new CheckFailed(`${id} is ${type}`);
    contents.set(id, out.toString('utf8', end + 1, end + 1 + Number(size)));
    at = end + 2 + Number(size);
  }
  return contents;
}

/** Test vectors by repository, out of the table in the README beside the folder. */
function readVectors(path: string): Map<string, Vector> {
  if (!existsSync(path)) {
    console.error(`${path} does not exist: no test vectors`);
    return new Map();
  }
  const rows = readFileSync(path, 'utf8').matchAll(/^\| ([\w.-]+) \| `([0-9a-f]{40})` \| `([0-9a-f]{40})` \|$/gm);
  return new Map(
    [...rows].map(([, name, main, current]) => [name as string, { main: main as string, current: current as string }]),
  );
}

/** What `git fsck` says is missing, sorted. */
function missing(repo: string): string[] {
  const { stdout } = spawn('git', ['-C', repo, 'fsck', '--connectivity-only', '--no-dangling']);
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('missing '))
    .sort();
}

function refs(repo: string): string {
  return git(repo, 'for-each-ref', '--format=%(objectname) %(refname)');
}

function v2Refs(repo: string): string {
  return git(repo, 'for-each-ref', '--format=%(objectname) %(refname)', V2);
}

/** Runs the built program; returns the time that it took. */
function ckpt(command: string, repo: string, engine: string): string {
  const start = performance.now();
  ckptOutput(repo, engine, command);
  return `${Math.round(performance.now() - start)} ms`;
}

/** Runs the built program; returns the JSON document that it printed. */
function ckptOutput(repo: string, engine: string, command: string, ...flags: string[]): string {
  const args = [PROGRAM, command, ...flags, '--repo', repo, '--engine', engine, '--json'];
  const { status, stdout, stderr } = spawn(process.execPath, args);
  if (status !== 0)
    throw new CheckFailed(
      `exit code ${status}\n${stderr.toString().trim()}\n${stdout.toString().trim().slice(0, 2000)}`,
    );
  try {
    JSON.parse(stdout.toString());
  } catch {
    throw new CheckFailed(`--json printed what is not JSON: ${stdout.toString().slice(0, 200)}`);
  }
  return stdout.toString();
}

function git(repo: string, ...args: string[]): string {
  return gitRaw(repo, args).toString('latin1').replace(/\n$/, '');
}

function gitRaw(repo: string, args: string[], input = ''): Buffer {
  return run('git', ['-C', repo, '--no-replace-objects', ...args], input);
}

function run(program: string, args: string[], input = ''): Buffer {
  const { status, stdout, stderr } = spawn(program, args, input);
  if (status !== 0)
    throw new CheckFailed(`${program} ${args.join(' ')}: exit code ${status}: ${stderr.toString().trim()}`);
  return stdout;
}

function spawn(program: string, args: string[], input = ''): { status: number | null; stdout: Buffer; stderr: Buffer } {
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull };
  for (const [key, value] of Object.entries(process.env)) if (!/^(?:GIT_|CKPT_|LC_)/.test(key)) env[key] = value;
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, env, maxBuffer: 1 << 30 });
  if (error !== undefined && status === null) throw error;
  return { status, stdout, stderr };
}
