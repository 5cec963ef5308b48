import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../../src/checkpoint/instant.ts';
import { parseSearch, type Searchable } from '../../../src/inspect/browse/search-query.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const ONE: Searchable = {
  id: 'a3b2c4d5e6f7',
  branches: ['feature/login'],
  agents: ['claude code'],
  files: ['src/deep/auth.ts'],
  commits: ['0123456789 log in by token'],
  prompts: ['please add the login page'],
  newest: parseInstant('2026-01-30T09:30:00Z'),
};

describe('parseSearch', () => {
  it.each([
    '',
    'A3B2',
    'LOGIN auth',
    '"add the login"',
    '"add the log',
    'agent:claude branch:feature file:src/ text:token',
    'agent:"claude code"',
    'agent:',
    'since:2026-01-30 until:2026-01-30',
    'since:2026-01-30t09:00:00z',
    'since:2d',
    'text:"login page"',
  ])('finds by %j', (text) => expect(parseSearch(text, NOW)(ONE)).toBe(true));

  it.each([
    'login nowhere',
    '"login add"',
    'agent:login',
    'branch:auth',
    'file:login',
    'text:auth',
    'since:2026-01-31',
    'until:2026-01-29',
    'since:2026-0',
    'until:',
    'unknown:login',
  ])('does not find by %j', (text) => expect(parseSearch(text, NOW)(ONE)).toBe(false));

  it('finds what has no known time by no time', () => {
    for (const text of ['since:2000-01-01', 'until:2100-01-01']) {
      expect(parseSearch(text, NOW)({ ...ONE, newest: undefined })).toBe(false);
    }
  });
});
