import { relative } from 'node:path';
import { expect } from 'vitest';
import { enterFile } from '../fixtures/scale.ts';

enterFile(relative(process.cwd(), expect.getState().testPath ?? '').replaceAll('\\', '/'));
