import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LARGEST_READ } from '../../src/git/errors.ts';
import { openRepository } from '../../src/git/open.ts';
import { ckpt } from '../commands/ckpt.ts';
import { cleanEnvironment, git, gitBytes, initRepository, refs } from '../fixtures/git.ts';
import { peakSaid, sayingPeak } from '../fixtures/peak-memory.ts';
import { BOTH_ENGINES, ENGINES, IS_LONG, IS_THOROUGH } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { mktree, plant, smallBlob, V1 } from './plant.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const CHECKPOINT = '1ba10412649a';
const FOLDER = '1b/a10412649a';
const MIB = 2 ** 20;

/** A sample in whose V1 a file has another content. */
function sampleWith(path: string, content: string): string {
  const dir = join(tempDir(), 'sample');
  ckpt(['sample', dir]);
  const [folder, name] = [dirname(path), path.slice(path.lastIndexOf('/') + 1)];
  const others = git(dir, 'ls-tree', `${V1}:${folder}`)
    .split('\n')
    .filter((line) => !line.endsWith(`\t${name}`));
  plant(dir, folder, mktree(dir, [...others, `100644 blob ${smallBlob(dir, content)}\t${name}`]));
  return dir;
}

/** A JSON object of so many bytes, as compressible as can be. */
function objectOf(bytes: number): string {
  const [start, end] = ['{"sessions": [], "session_id": "s", "pad": "', '"}'];
  return start + 'a'.repeat(bytes - start.length - end.length) + end;
}

function run(dir: string, command: string, engine: string) {
  const { code, stdout, stderr } = ckpt([...command.split(' '), '--engine', engine, '--json'], {
    cwd: dir,
    env: sayingPeak(),
  });
  return { code, result: JSON.parse(stdout), peak: peakSaid(stderr) };
}

const DOCUMENTS: ReadonlyArray<[path: string, code: string]> = [
  [`${FOLDER}/metadata.json`, 'V1_BAD_SUMMARY'],
  [`${FOLDER}/0/metadata.json`, 'V1_BAD_METADATA'],
];

describe.runIf(IS_THOROUGH).each(ENGINES)('a document larger than any that is read whole (%s)', (engine) => {
  test.each(DOCUMENTS)('%s is carried over by its id, and named', (path, code) => {
    const dir = sampleWith(path, objectOf(LARGEST_READ.blob + 1));
    const id = git(dir, 'rev-parse', `${V1}:${path}`);
    const migrated = run(dir, 'migrate', engine);
    expect(migrated.code).toBe(0);
    expect(git(dir, 'rev-parse', `${MAIN}:${path}`)).toBe(id);
    const checked = run(dir, 'verify', engine);
    expect(checked).toMatchObject({ code: 0, result: { counts: { checkpoints: 12 } } });
    const found = checked.result.findings.filter((one: { code: string }) => one.code === code);
    expect(found).toMatchObject([{ severity: 'note', checkpoint: CHECKPOINT, path }]);
    expect(found[0].message).toMatch(/has 134217729 bytes: .*more than 128 MiB/);
    const shown = run(dir, `show ${CHECKPOINT}`, engine);
    expect(shown.code).toBe(0);
    for (const { peak } of [migrated, checked, shown]) expect(peak).toBeLessThan(200_000);
  });
});

test.runIf(IS_LONG).each(BOTH_ENGINES)('a summary of 127 MB is read, in memory that is known (%s)', (engine) => {
  const dir = sampleWith(`${FOLDER}/metadata.json`, objectOf(127 * MIB));
  for (const command of ['migrate', 'migrate --to refs', 'verify --deep', `show ${CHECKPOINT}`]) {
    const { code, peak } = run(dir, command, engine);
    expect({ command, code }).toEqual({ command, code: 0 });
    expect(peak, command).toBeLessThan(1_000_000);
  }
  expect(run(dir, 'verify', engine).result.findings).not.toContainEqual({ code: 'V1_BAD_SUMMARY' });
});

describe.each(ENGINES)('a document of very many values (%s)', (engine) => {
  // Of 127 MB such a summary took 3.4 GB and 80 s, or the process ended in the middle.
  test('is carried over by its id, and named', () => {
    const path = `${FOLDER}/metadata.json`;
    const dir = sampleWith(path, `{"sessions": [${'[],'.repeat(3_000_000)}0]}`);
    const id = git(dir, 'rev-parse', `${V1}:${path}`);
    const migrated = run(dir, 'migrate', engine);
    expect(migrated.code).toBe(0);
    expect(git(dir, 'rev-parse', `${MAIN}:${path}`)).toBe(id);
    const checked = run(dir, 'verify', engine);
    expect(checked.code).toBe(0);
    const found = checked.result.findings.find((one: { code: string }) => one.code === 'V1_BAD_SUMMARY');
    expect(found.message).toContain('more than two million values');
    for (const { peak } of [migrated, checked, run(dir, 'migrate --to refs', engine)])
      expect(peak).toBeLessThan(200_000);
  });

  test('is read where a million files are in it', () => {
    const path = `${FOLDER}/metadata.json`;
    const dir = sampleWith(path, `{"files_touched": [${'"a",'.repeat(1_000_000)}"a"], "sessions": []}`);
    expect(run(dir, 'migrate', engine).code).toBe(0);
    const { findings } = run(dir, 'verify', engine).result;
    expect(findings.map(({ code }: { code: string }) => code)).not.toContain('V1_BAD_SUMMARY');
  });
});

test.each(BOTH_ENGINES)('a commit whose message is larger than any that is read is named (%s)', (engine) => {
  const dir = join(tempDir(), 'sample');
  ckpt(['sample', dir]);
  const message = Buffer.from(`Subject\n\n${'a'.repeat(LARGEST_READ.commit)}`);
  const id = gitBytes(dir, ['commit-tree', '-p', V1, `${V1}^{tree}`], { input: message })
    .toString()
    .trim();
  git(dir, 'update-ref', V1, id);
  const before = refs(dir);
  const { code, result, peak } = run(dir, 'migrate', engine);
  expect({ code, error: result.error }).toMatchObject({
    code: 1,
    error: { code: 'TOO_LARGE', message: expect.stringContaining(id), hint: expect.stringContaining('cat-file -s') },
  });
  expect(peak).toBeLessThan(150_000);
  expect(refs(dir)).toEqual(before);
});

describe('a settings file', () => {
  let dir = '';
  const write = (name: string, content: string) => writeFileSync(join(dir, '.entire', name), content);
  const errorOf = () => {
    const { stdout, stderr } = ckpt(['verify', '--json'], { cwd: dir, env: sayingPeak() });
    expect(peakSaid(stderr)).toBeLessThan(150_000);
    return JSON.parse(stdout).error;
  };

  beforeEach(() => {
    dir = initRepository({ dir: join(tempDir(), 'repo') });
    mkdirSync(join(dir, '.entire'));
  });

  afterEach(() => rmSync(join(dir, '.entire'), { recursive: true }));

  const files = ['settings.json', 'settings.local.json'];

  test.each(files)('%s of 1 MiB is read, a larger one is named', (name) => {
    write(name, objectOf(MIB));
    expect(errorOf()).not.toMatchObject({ code: 'BAD_SETTINGS' });
    write(name, objectOf(MIB + 1));
    const message = expect.stringMatching(new RegExp(`${name}.* has 1048577 bytes`));
    expect(errorOf()).toMatchObject({ code: 'BAD_SETTINGS', message });
  });

  test.runIf(process.platform !== 'win32').each(files)('%s that has no end is not read', (name) => {
    const path = join(dir, '.entire', name);
    const error = { code: 'BAD_SETTINGS', message: expect.stringContaining('not a regular file') };
    symlinkSync('/dev/zero', path);
    expect(errorOf()).toMatchObject(error);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(errorOf()).toMatchObject(error);
  });
});

test('the file of a ref that is larger than any is named, and not read', async () => {
  const dir = initRepository({ dir: join(tempDir(), 'repo') });
  const path = join(dir, '.git', 'refs', 'heads', 'large');
  const repo = await openRepository({ dir, engine: 'isomorphic', env: cleanEnvironment() });
  try {
    writeFileSync(path, `ref: refs/heads/${'a'.repeat(8 * 1024)}\n`);
    await expect(repo.resolveRef('refs/heads/large')).rejects.toThrow(
      /refs\/heads\/large is broken: its file has 8209/,
    );
    rmSync(path);
    symlinkSync('/dev/zero', path);
    await expect(repo.listRefs('refs/heads/')).rejects.toThrow(
      /refs\/heads\/large is broken: it is not a regular file/,
    );
  } finally {
    await repo.close();
  }
});
