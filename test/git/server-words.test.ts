import { expect, test } from 'vitest';
import { serverWords } from '../../src/git/network.ts';

test('what a server says is one line, without blanks, progress and credentials', () => {
  const said = [
    'Resolving deltas:  50% (1/2)\rResolving deltas: 100% (2/2), done.',
    'Counting objects: 12, done.',
    'error: GH006: Protected branch update failed for refs/heads/entire/checkpoints/v1.   ',
    '',
    'error: hook declined to update refs/heads/entire/checkpoints/v1',
    'See https://ann:not-for-logs@host/rules',
  ].join('\n');
  expect(serverWords(said)).toBe(
    'error: GH006: Protected branch update failed for refs/heads/entire/checkpoints/v1.; See https://host/rules',
  );
  expect(serverWords('Total: 100% (2/2)\n')).toBeUndefined();
  expect(serverWords('a line\n'.repeat(50))?.split('; ')).toHaveLength(10);
});
