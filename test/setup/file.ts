import { relative } from 'node:path';
import { expect } from 'vitest';

// The name of the test file, which decides on its engine (test/fixtures/scale.ts): relative, so that it is the same on every machine.
process.env.CKPT_TEST_FILE = relative(process.cwd(), expect.getState().testPath ?? '').replaceAll('\\', '/');
