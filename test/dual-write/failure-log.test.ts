import { expect, it } from 'vitest';
import { messageWithCauses } from '../../src/dual-write/failure-log.ts';

it('gives each reason once', () => {
  const syntax = new Error('Unexpected end of JSON input');
  const settings = new Error(`settings.json can't be read: ${syntax.message}`, { cause: syntax });
  expect(messageWithCauses(settings)).toBe("settings.json can't be read: Unexpected end of JSON input");
  expect(messageWithCauses(new Error('no V2', { cause: settings }))).toBe(`no V2 (${settings.message})`);
  expect(messageWithCauses('a word')).toBe('a word');
});
