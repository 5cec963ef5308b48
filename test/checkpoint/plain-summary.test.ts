import { describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { plainOfRefsSummary, plainOfSplitSummary } from '../../src/checkpoint/plain-summary.ts';
import { refsSummary } from '../../src/checkpoint/refs-summary.ts';
import { withoutTranscriptFields } from '../../src/checkpoint/summary.ts';
import { SUMMARY_FORMS, summaryJson } from '../fixtures/v1-builder.ts';

const ID = '76b2c4d5e6f7' as CheckpointId;
const path = (name: string) => `/76/b2c4d5e6f7/${name}`;
const session = (number: number) => ({
  metadata: path(`${number}/metadata.json`),
  transcript: path(`${number}/full.jsonl`),
  content_hash: path(`${number}/content_hash.txt`),
  prompt: path(`${number}/prompt.txt`),
});
const SUMMARY = {
  checkpoint_id: ID,
  note: 'ünïcode "/0/x"',
  files_touched: ['/0/a', 'sessions'],
  sessions: [session(0), session(2)],
  deep: { sessions: [{ metadata: '/0/metadata.json' }] },
};
const names = () => ({ transcript: 'full.jsonl', contentHash: 'content_hash.txt' });
const value = (content: Buffer) => JSON.parse(content.toString());

describe('plainOfSplitSummary', () => {
  const there = SUMMARY_FORMS.filter(
    (form) => !['transcriptFirst', 'transcriptLast', 'transcriptOnly', 'duplicateKeys', 'escapedKeys'].includes(form),
  );
  it.each(there)('gives the bytes back that the way to V2 has cut: %s', (form) => {
    const content = Buffer.from(summaryJson(SUMMARY, form));
    expect(plainOfSplitSummary(withoutTranscriptFields(content), ID, names).toString()).toBe(content.toString());
  });

  it('names what is there alone, and under the names of V1', () => {
    const sessions = [
      { metadata: path('0/metadata.json'), prompt: '' },
      {
        metadata: path('1/metadata.json'),
        transcript: path('1/raw_transcript'),
        content_hash: path('1/raw_transcript_hash.txt'),
      },
      { metadata: path('2/metadata.json'), transcript: path('2/full.jsonl') },
    ];
    const files = (name: string) =>
      name === '0' ? { transcript: 'full.log', contentHash: undefined } : name === '1' ? names() : undefined;
    const plain = plainOfSplitSummary(Buffer.from(summaryJson({ sessions })), ID, files);
    expect(plain.toString()).toBe(
      summaryJson({
        sessions: [
          { metadata: path('0/metadata.json'), transcript: path('0/full.log'), prompt: '' },
          {
            metadata: path('1/metadata.json'),
            transcript: path('1/full.jsonl'),
            content_hash: path('1/content_hash.txt'),
          },
          { metadata: path('2/metadata.json'), transcript: path('2/full.jsonl') },
        ],
      }),
    );
  });
});

describe('plainOfRefsSummary', () => {
  it.each(SUMMARY_FORMS)(
    'gives the values back that the way to git-refs has changed, and there again its bytes: %s',
    (form) => {
      const there = refsSummary(Buffer.from(summaryJson(SUMMARY, form)), ID).content;
      const back = plainOfRefsSummary(there, ID);
      expect(value(back)).toEqual(value(Buffer.from(summaryJson(SUMMARY, form))));
      expect(refsSummary(back, ID).content.toString()).toBe(there.toString());
    },
  );

  it('leaves what is not a path from the folder, and a doubled path has both of its fronts again', () => {
    const sessions = [
      { metadata: path(`76/b2c4d5e6f7/0/metadata.json`), prompt: '', x: 'y', tmp: '/tmp/0/x', n: 1, o: { p: '/0/x' } },
    ];
    const content = Buffer.from(summaryJson({ sessions }));
    expect(value(plainOfRefsSummary(refsSummary(content, ID).content, ID))).toEqual({ sessions });
    for (const text of ['', '[]', 'x', '{"sessions":{"a":"/0/x"}}', '{"sessions":["/0/x"]}']) {
      expect(plainOfRefsSummary(Buffer.from(text), ID).toString()).toBe(text);
    }
  });
});
