import { expect, it } from 'vitest';
import { hangingWrap } from '../../src/ui/hanging-wrap.ts';

it('breaks at spaces, and indents what follows', () => {
  expect(hangingWrap('  refs/entire/main  0123456789  new', 20)).toEqual(['  refs/entire/main', '    0123456789  new']);
  expect(hangingWrap('abcdefghij', 4)).toEqual(['abcd', '  ef', '  gh', '  ij']);
  expect(hangingWrap('', 4)).toEqual(['']);
});

it('breaks a path that is too long behind a slash', () => {
  expect(hangingWrap('  refs/heads/entire/checkpoints/v1 at 77', 24)).toEqual([
    '  refs/heads/entire/',
    '    checkpoints/v1 at 77',
  ]);
});
