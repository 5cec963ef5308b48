import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { tempDir } from '../fixtures/temp.ts';
import { ckpt } from './ckpt.ts';

let repo = '';

beforeAll(() => {
  repo = join(tempDir('file'), 'sample.git');
  expect(ckpt(['sample', repo]).code).toBe(0);
  expect(ckpt(['migrate', '--repo', repo]).code).toBe(0);
});

/** The files of the bundle that a run has loaded, by their names; Node lists them where it measures coverage. */
function filesLoadedBy(args: readonly string[]): string[] {
  const dir = tempDir();
  const { code, stderr } = ckpt(args, { env: { NODE_V8_COVERAGE: dir } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const urls = readdirSync(dir).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(dir, file), 'utf8')) as { result: Array<{ url: string }> };
    return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  });
  const paths = urls.map((url) => fileURLToPath(url).split(sep));
  return paths.filter((path) => path.includes('dist')).map((path) => path.at(-1) ?? '');
}

/** What only other runs need: the second engine, help, the live view, redaction, reports with libraries of their own. */
const OTHERS = /isomorphic|^help|^jsx-|live|run-log|pino|browse|redact|finder|secret|sarif|junit/;

// Each file takes a millisecond of a start, which hooks and CI jobs pay every time.
test.each([
  [['verify'], 8],
  [['migrate'], 8],
  [['migrate', '--dry-run'], 8],
  [['dual-write'], 10],
  [['status'], 17],
])('%j loads few files, and none that only other runs need', (args, most) => {
  const files = filesLoadedBy([...args, '--repo', repo, '--engine', 'native', '--quiet']);
  expect(files).toContain('main.js');
  expect(files.filter((file) => OTHERS.test(file))).toEqual([]);
  expect(files.length).toBeLessThanOrEqual(most);
});

test('nothing that a start loads makes a segmenter', () => {
  const loaded = filesLoadedBy(['dual-write', '--repo', repo, '--engine', 'native', '--quiet']);
  const dist = join(import.meta.dirname, '../../dist');
  const texts = loaded.map((name) => readFileSync(join(dist, ...(name === 'main.js' ? [] : ['chunks']), name), 'utf8'));
  expect(
    texts
      .join('')
      .match(/^.*new Intl\.Segmenter.*$/gm)
      ?.map((line) => line.trim()),
  ).toEqual([expect.stringMatching(/^const segmenter = \{ segment: /), expect.stringMatching(/^graphemes \?\?= /)]);
});

test('the isomorphic engine is loaded where it is asked for', () => {
  expect(filesLoadedBy(['migrate', '--repo', repo, '--engine', 'isomorphic', '--quiet'])).toContain(
    'isomorphic-repository.js',
  );
});
