import { defineConfig } from 'vitest/config';

// .ci/run asks for the results as a file too, to count them.
const report = process.env.CKPT_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/setup/build.ts'],
    pool: 'forks', // tests start processes and change the working directory
    maxWorkers: 2, // also on two cores, where vitest would take one: tests mostly wait for what they start
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
