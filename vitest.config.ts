import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { IS_LONG, IS_THOROUGH, RUNS } from './test/fixtures/scale.ts';

// .ci/run asks for the results as a file too, to count them.
const report = process.env.CKPT_TEST_REPORT;

/**
 * What `npm run test:fast` leaves out whole: processes that are killed or contend, a terminal, all of the documents, and files whose
 * first test alone is a story of a hundred processes.
 */
const SLOW = [
  'test/**/{crash,concurrency,race}.test.ts',
  'test/{api,attacks,ci,docs,golden,live,rules,stress}/**',
  'test/commands/{completion,diff,examples,fetch-hints,last-resort,loaded-files,no-network,prune,repair,rotate,try,usage}.test.ts',
  'test/dual-write/{background,beside-v2-client,best-effort,stop-hook,workflow}.test.ts',
  'test/fixtures/arbitraries.test.ts',
  'test/hooks/{beside-entire,renamed,replay}.test.ts',
  'test/inspect/{browse/browse-source,status-absent,status-archives}.test.ts',
  'test/migrate/{carry-over,properties,between/diverged}.test.ts',
  'test/prune/{ages,properties}.test.ts',
  'test/remote/{lost-archive,model,options,plan-push,prune-remote,restored,setup,size,unite-v2}.test.ts',
  'test/repair/{foreign,later}.test.ts',
  'test/stores/replace-mode.test.ts',
  'test/verify/{deep-scope,remote}.test.ts',
];

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
    globalSetup: ['test/setup/build.ts', 'test/setup/children.ts', 'test/setup/memory.ts'],
    setupFiles: ['test/setup/file.ts', 'test/setup/processes.ts', 'test/setup/temp.ts'],
    exclude: IS_THOROUGH ? [] : SLOW,
    isolate: false, // modules are loaded once for all files of a worker
    experimental: { fsModuleCache: !IS_THOROUGH }, // what is transformed once stays so, between runs and between workers
    pool: 'forks', // tests start processes and change the working directory
    maxWorkers: 3, // also on two cores, where vitest would take one: tests mostly wait for what they start
    // Only what hangs takes so long: a test must not fail where the machine is busy.
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
