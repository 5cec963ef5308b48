import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSessionMetadata, parseSummary } from '../../src/checkpoint/metadata.ts';
import { sessionFacts, summaryFacts } from '../../src/checkpoint/metadata-facts.ts';

const value = fc.jsonValue({ maxDepth: 1 });
const paths = fc.dictionary(fc.constantFrom('metadata', 'transcript', 'prompt', 'unknown'), value, {
  noNullPrototype: true,
});
const sessions = fc.oneof(fc.array(fc.oneof(paths, value)), value);

/** The result, or the kind of error. */
function outcome<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return (error as Error).name;
  }
}

/** The texts among the members, which are all that a survey looks at, in no particular order. */
const textsOf = (list: readonly object[] | undefined) =>
  list?.map((entry) =>
    Object.values(entry)
      .filter((member) => typeof member === 'string')
      .sort(),
  );

test('of a summary a survey sees what the schema gives', () => {
  fc.assert(
    fc.property(fc.oneof(fc.record({ sessions }, { requiredKeys: [] }), value), (json) => {
      const content = Buffer.from(JSON.stringify(json));
      const whole = outcome(() => ({ sessions: textsOf(parseSummary(content).sessions) }));
      expect(outcome(() => ({ sessions: textsOf(summaryFacts(content).sessions) }))).toEqual(whole);
    }),
    { numRuns: 500 },
  );
});

test("of a session's metadata a survey sees what the schema gives", () => {
  const text = fc.oneof(fc.string(), value);
  fc.assert(
    fc.property(fc.record({ session_id: text, created_at: text }, { requiredKeys: [] }), (json) => {
      const content = Buffer.from(JSON.stringify(json));
      const { session_id, created_at } = parseSessionMetadata(content);
      expect(sessionFacts(content)).toEqual({ session_id, created_at });
    }),
    { numRuns: 300 },
  );
});
