import { afterAll, afterEach } from 'vitest';
import { removeTempDirs } from '../fixtures/temp.ts';

// In a file of its own, which runs before each test file, also where test files share their modules.
afterEach(() => removeTempDirs('test'));
afterAll(() => {
  removeTempDirs('test');
  removeTempDirs('file');
});
