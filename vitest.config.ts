import { defineConfig } from 'vitest/config';

// .ci/run asks for the results as a file too, to count them.
const report = process.env.CKPT_TEST_REPORT;

const TIMEOUT_MS = 300_000 * Number(process.env.CKPT_RUNS ?? 1);

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/setup/build.ts'],
    pool: 'forks', // tests start processes and change the working directory
    maxWorkers: 2, // also on two cores, where vitest would take one: tests mostly wait for what they start
    // Only what hangs takes so long: a test must not fail where the machine is busy.
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
