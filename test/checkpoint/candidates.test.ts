import { expect, it } from 'vitest';
import { candidateLines } from '../../src/checkpoint/candidates.ts';

it('lists ten candidates, and says how many more there are', () => {
  const names = Array.from({ length: 12 }, (_, i) => `c${i}`);
  expect(candidateLines(names.slice(0, 2))).toBe('\n  c0\n  c1');
  expect(candidateLines(names.slice(0, 10))).not.toContain('more');
  expect(candidateLines(names)).toBe(
    `${names
      .slice(0, 10)
      .map((name) => `\n  ${name}`)
      .join('')}\n  and 2 more`,
  );
});
