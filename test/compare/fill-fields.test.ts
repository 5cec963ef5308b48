import { describe, expect, it } from 'vitest';
import type { Difference } from '../../src/compare/difference.ts';
import { fillFields } from '../../src/compare/fill-fields.ts';

const PLACE = { part: 'main', path: 'metadata.json' } as const;
const lost = (member: string, index?: number): Difference => ({
  ...PLACE,
  kind: 'field',
  change: 'lost',
  field: index === undefined ? member : `sessions[${index}].${member}`,
  member,
  weight: 'error',
  ...(index === undefined ? {} : { index }),
});
const fill = (theirs: string, ours: string, found: Difference[], moved: Array<[string, string]> = []) =>
  fillFields(Buffer.from(theirs), Buffer.from(ours), found, new Map(moved)).toString();

describe('what a summary of another writer lacks', () => {
  it('is filled in, with the numbers as they are spelled and the paths of where the session lies', () => {
    const entry = '{"metadata":"/a3/b2c4d5e6f7/0/metadata.json","size":12345678901234567890,"of":{"2":1.50,"1":1e400}}';
    const ours = `{"tokens":98765432109876543210,"sessions":[${entry}]}`;
    const theirs = '{"a":1,"b":2,"sessions":[]}';
    const found: Difference[] = [lost('tokens'), { ...PLACE, kind: 'listed session', index: 0 }];
    expect(fill(theirs, ours, found, [['0', '3']])).toBe(
      `{"a":1,"b":2,"sessions":[${entry.replace('/0/', '/3/')}],"tokens": 98765432109876543210}`,
    );
    expect(fill('{"a":1,"b":2}', ours, found.slice(1))).toBe(`{"a":1,"b":2,"sessions": [${entry}]}`);
  });

  it('is a member of an entry, beside the members that only they have', () => {
    const ours = '{"sessions":[{"metadata":"/a3/b2c4d5e6f7/0/metadata.json","size":12345678901234567890}]}';
    const theirs = '{"sessions":[null,{"metadata":"/a3/b2c4d5e6f7/0/metadata.json","own":0.10}]}';
    expect(fill(theirs, ours, [lost('size', 0)])).toBe(
      '{"sessions":[null,{"metadata":"/a3/b2c4d5e6f7/0/metadata.json","own":0.10,"size": 12345678901234567890}]}',
    );
  });

  it('stays as it is where it can not be edited', () => {
    expect(fill('{"a":1} // mine', '{"b":2}', [lost('b')])).toBe('{"a":1} // mine');
  });
});
