import { expect, test } from 'vitest';
import { systemCodeIn } from '../../src/git/native/system-words.ts';

test.each([
  ['fatal: write error: No space left on device\nfatal: index-pack failed', 'ENOSPC'],
  ['error: unable to create temporary file: Read-only file system', 'EROFS'],
  ['remote: fatal: write error: No space left on device\nfatal: the remote end hung up unexpectedly', undefined],
  ['git@host: Permission denied (publickey).', undefined],
])('%s', (stderr, code) => {
  expect(systemCodeIn(stderr)).toBe(code);
});
