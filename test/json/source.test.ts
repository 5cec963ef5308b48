import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSource, prettyJson } from '../../src/json/source.ts';
import { JSON_FORMS, jsonForm } from './forms.ts';

const parse = (text: string) => JsonSource.parse(Buffer.from(text));

describe('the source of a JSON value', () => {
  it('is laid out as JSON.stringify lays out the value, whatever its form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), jsonForm, (value, form) => {
        const source = parse(JSON_FORMS[form](value));
        expect(source.pretty().toString()).toBe(prettyJson(source.value).toString());
        expect(source.layOut(undefined).toString()).toBe(JSON.stringify(source.value));
        expect(source.value).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps digits, spellings, doubled names and the order of names that look like numbers', () => {
    const text = '{"n":12345678901234567890,"x":1e400,"m":-0,"h":"\\u003c","2":1.0,"1":{"a":1,"a":2}}';
    expect(parse(text).layOut(undefined).toString()).toBe(text);
    expect(JsonSource.object(parse(text).members()).bytes.toString()).toBe(text);
    expect(parse(text).at('1', 'a')?.value).toBe(2);
    expect(parse(text).at('n')?.bytes.toString()).toBe('12345678901234567890');
    expect(parse(text).at('n', 'x')).toBeUndefined();
  });

  it('says how deep it is', () => {
    expect(parse('1').depth).toBe(0);
    expect(parse('{"a":[[],"[["]}').depth).toBe(3);
    expect(parse('['.repeat(5000) + ']'.repeat(5000)).depth).toBe(5000);
  });

  it.each(['', '{', '\ufeff{}', '[1,]'])('is not %j', (text) => {
    expect(() => parse(text)).toThrow(SyntaxError);
  });
});
