import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { IS_LONG, IS_THOROUGH, RUNS } from './test/fixtures/scale.ts';

// .ci/run asks for the results as a file too, to count them.
const report = process.env.CKPT_TEST_REPORT;

/** What `npm run test:fast` leaves out: processes that are killed or contend, a terminal, all of the documents: minutes by themselves. */
const SLOW = ['test/**/{crash,concurrency,race}.test.ts', 'test/{ci,docs,live}/**', 'test/{golden,rules}/**'];

/** The test files that do more in the long run, but for the golden stories, which `npm run golden` has all of. */
function withLongForm(): string[] {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).map(
    (name) => `test/${name.replaceAll('\\', '/')}`,
  );
  const tests = files.filter((name) => /\.test\.tsx?$/.test(name) && !name.startsWith('test/golden/'));
  return tests.filter((name) =>
    /\b(?:(?:share|runs|tried|assertProperty|conformsTo)\(|(?:IS_LONG|ENGINES)\b)/.test(readFileSync(name, 'utf8')),
  );
}

const TIMEOUT_MS = 300_000 * RUNS;

export default defineConfig({
  test: {
    include: IS_LONG ? withLongForm() : ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/setup/build.ts', 'test/setup/children.ts'],
    setupFiles: ['test/setup/file.ts', 'test/setup/temp.ts'],
    exclude: IS_THOROUGH ? [] : SLOW,
    isolate: IS_THOROUGH, // modules are loaded once for all files
    pool: 'forks', // tests start processes and change the working directory
    maxWorkers: 3, // also on two cores, where vitest would take one: tests mostly wait for what they start
    // Only what hangs takes so long: a test must not fail where the machine is busy.
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
