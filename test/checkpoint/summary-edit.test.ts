import { describe, expect, it } from 'vitest';
import { parseSessionMetadata, type SessionMetadata } from '../../src/checkpoint/metadata.ts';
import {
  metadataWithSummary,
  notEditable,
  type SummaryFacts,
  summaryListing,
  summaryWith,
} from '../../src/checkpoint/summary-edit.ts';
import { SUMMARY_FORMS, summaryJson } from '../fixtures/v1-builder.ts';

const ID = 'a3b2c4d5e6f7';
const own = (session: string, more: object = {}) => ({
  metadata: `/a3/b2c4d5e6f7/${session}/metadata.json`,
  transcript: `/a3/b2c4d5e6f7/${session}/full.jsonl`,
  content_hash: `/a3/b2c4d5e6f7/${session}/content_hash.txt`,
  prompt: `/a3/b2c4d5e6f7/${session}/prompt.txt`,
  ...more,
});

function facts(sessions: readonly object[], more: Partial<SummaryFacts> = {}): SummaryFacts {
  return {
    checkpointId: ID,
    paths: own('0'),
    listed: [own('0')],
    sessions: sessions.map((metadata) => ({
      metadata: { ...metadata },
      content: Buffer.from(JSON.stringify(metadata)),
    })),
    written: sessions[0] as SessionMetadata,
    ...more,
  };
}

const text = (content: Buffer | undefined) => content?.toString('utf8');

describe('summaryWith, for a new checkpoint', () => {
  it('takes version, strategy and branch from the session, in the usual order', () => {
    const session = {
      cli_version: '0.6.3',
      strategy: 'manual-commit',
      branch: 'main',
      checkpoints_count: 2,
      files_touched: ['b.ts', 'a.ts'],
      token_usage: { input_tokens: 1, output_tokens: 2, api_call_count: 3 },
    };
    expect(text(summaryWith(undefined, facts([session])))).toBe(`{
  "cli_version": "0.6.3",
  "checkpoint_id": "a3b2c4d5e6f7",
  "strategy": "manual-commit",
  "branch": "main",
  "checkpoints_count": 2,
  "files_touched": [
    "a.ts",
    "b.ts"
  ],
  "sessions": [
    {
      "metadata": "/a3/b2c4d5e6f7/0/metadata.json",
      "transcript": "/a3/b2c4d5e6f7/0/full.jsonl",
      "content_hash": "/a3/b2c4d5e6f7/0/content_hash.txt",
      "prompt": "/a3/b2c4d5e6f7/0/prompt.txt"
    }
  ],
  "token_usage": {
    "input_tokens": 1,
    "cache_creation_tokens": 0,
    "cache_read_tokens": 0,
    "output_tokens": 2,
    "api_call_count": 3
  }
}
`);
  });

  it.each([
    [['9007199254740993'], '9007199254740993'],
    [['9007199254740993', '1', '-3'], '9007199254740991'],
    [['123456789012345678901234567890', '0.5'], '1234567890123456789012345678905e-1'],
    [['1E400'], '1E400'],
    [['1e400', '-1e400', '7'], '7'],
    [['1e999999999', '1'], '1e999999999'],
    [['1e-999999999', '1', '-0'], '1'],
    [['0.1', '0.2'], '0.3'],
    [['1e3', '2.0'], '1002'],
  ])('adds up %j to the last digit', (numbers, total) => {
    const sessions = numbers.map((number) => {
      const content = Buffer.from(`{"checkpoints_count":${number},"token_usage":{"output_tokens":${number}}}`);
      return { metadata: parseSessionMetadata(content), content };
    });
    const made = text(summaryWith(undefined, { ...facts([{}]), sessions })) ?? '';
    expect(made).toContain(`"checkpoints_count": ${total},`);
    expect(made).toContain(`"output_tokens": ${total},`);
    expect(JSON.parse(made).token_usage.input_tokens).toBe(0);
    expect(text(summaryWith(Buffer.from(made), { ...facts([{}]), sessions }))).toBe(made);
  });

  it('leaves out what no session says', () => {
    const made = JSON.parse(text(summaryWith(undefined, facts([{}], { listed: [own('0'), own('2')] }))) ?? '');
    expect(made).toEqual({
      checkpoint_id: ID,
      checkpoints_count: 0,
      files_touched: [],
      sessions: [own('0'), own('2')],
    });
  });
});

describe('summaryWith, for a checkpoint that is there', () => {
  const before = {
    cli_version: '0.5.0',
    checkpoint_id: ID,
    strategy: 'manual-commit',
    branch: 'main',
    checkpoints_count: 1,
    files_touched: ['a.ts'],
    sessions: [own('0')],
    token_usage: {
      input_tokens: 5,
      cache_creation_tokens: 0,
      cache_read_tokens: 0,
      output_tokens: 1,
      api_call_count: 1,
    },
    combined_attribution: { agent: 0.5 },
  };
  const first = { checkpoints_count: 1, files_touched: ['a.ts'], token_usage: before.token_usage };

  it.each(SUMMARY_FORMS.filter((form) => form !== 'transcriptOnly' && form !== 'duplicateKeys'))(
    'changes no byte of a summary that says all of it already (%s)',
    (form) => {
      const content = Buffer.from(summaryJson(before, form));
      expect(text(summaryWith(content, facts([first])))).toBe(content.toString());
    },
  );

  it('adds up counts and tokens, and joins the files in the order of their bytes', () => {
    const second = {
      checkpoints_count: 3,
      files_touched: ['z.ts', 'a.ts', 'Ü.ts', 'B.ts'],
      token_usage: { input_tokens: 10, cache_read_tokens: 4, output_tokens: 2, api_call_count: 1, more: 1 },
    };
    const content = summaryWith(Buffer.from(summaryJson(before)), facts([first, second], { paths: own('1') }));
    expect(text(content)).toBe(
      summaryJson({
        ...before,
        checkpoints_count: 4,
        files_touched: ['B.ts', 'a.ts', 'z.ts', 'Ü.ts'],
        sessions: [own('0'), own('1')],
        token_usage: {
          input_tokens: 15,
          cache_creation_tokens: 0,
          cache_read_tokens: 4,
          output_tokens: 3,
          api_call_count: 2,
        },
      }),
    );
  });

  it('keeps what it does not know, byte for byte', () => {
    const unknown =
      '"big": 12345678901234567890, "tiny": 1.10e+400,\n   "html": "\\u003cb\\u003e", "nested": {"a" : [ 1,2 ]},';
    const content = `{${unknown} "checkpoints_count": 1, "files_touched": [], "sessions": []}`;
    const after =
      text(summaryWith(Buffer.from(content), facts([{ checkpoints_count: 7, files_touched: ['x'] }]))) ?? '';
    expect(after).toContain(unknown);
    expect(JSON.parse(after)).toMatchObject({ checkpoints_count: 7, files_touched: ['x'], sessions: [own('0')] });
  });

  it('keeps numbers that it need not change', () => {
    const content =
      '{"checkpoints_count": 1.0, "files_touched": [], "sessions": [], "token_usage": {"input_tokens": 9007199254740993}}';
    const session = Buffer.from(
      '{"checkpoints_count": 1e0, "token_usage": {"input_tokens": 9007199254740993.0, "api_call_count": 1}}',
    );
    const sessions = [{ metadata: parseSessionMetadata(session), content: session }];
    const after = text(summaryWith(Buffer.from(content), { ...facts([{}]), sessions })) ?? '';
    expect(after).toContain('"checkpoints_count": 1.0');
    expect(after).toContain('"input_tokens": 9007199254740993');
  });

  it('takes what is gone out of the entry, and leaves what it is not told of', () => {
    const entry = own('0', { context: '/x/context.md', compact_transcript: '/x/transcript.jsonl' });
    const content = Buffer.from(summaryJson({ ...before, sessions: [own('4'), entry] }));
    const paths = {
      metadata: own('0').metadata,
      transcript: undefined,
      content_hash: undefined,
      context: undefined,
      prompt: '',
    };
    const { sessions } = JSON.parse(text(summaryWith(content, facts([first], { paths }))) ?? '');
    expect(sessions).toEqual([
      own('4'),
      { metadata: own('0').metadata, prompt: '', compact_transcript: '/x/transcript.jsonl' },
    ]);
  });

  it.each([undefined, null, 'x', 7, {}])('makes a list of sessions where there is %j', (sessions) => {
    const content = Buffer.from(summaryJson({ ...before, sessions }));
    expect(JSON.parse(text(summaryWith(content, facts([first]))) ?? '')).toEqual({ ...before, sessions: [own('0')] });
  });

  it('keeps entries that point at nothing, and such that are not objects', () => {
    const sessions = [null, 5, { metadata: '/76/74/76/74/0/metadata.json' }];
    const content = Buffer.from(summaryJson({ ...before, sessions }));
    const after = JSON.parse(text(summaryWith(content, facts([first]))) ?? '');
    expect(after.sessions).toEqual([...sessions, own('0')]);
  });

  it('copes with token usage that is not an object', () => {
    const content = Buffer.from(summaryJson({ ...before, token_usage: 'none' }));
    expect(JSON.parse(text(summaryWith(content, facts([first]))) ?? '')).toEqual(before);
  });
});

describe('a summary that can not be edited', () => {
  const json = summaryJson({ sessions: [own('0')], combined_attribution: { human_lines: 7 } });
  it.each<[string, Buffer]>([
    ['begins with a byte order mark', Buffer.from(`\ufeff${json}`)],
    ['is UTF-16 text', Buffer.from(`\ufeff${json}`, 'utf16le')],
    ['is not UTF-8 text', Buffer.from(json.replace('human', 'h\xfcman'), 'latin1')],
    ['has a NUL byte', Buffer.from(`${json}\0`)],
    ['has a comment or a comma too many', Buffer.from(`// x\n${json}`)],
    ['is not JSON', Buffer.from('{ not json')],
    ['is not a JSON object', Buffer.from('[]')],
  ])('is left, and says why: it %s', (why, content) => {
    expect(notEditable(content)).toBe(why);
    expect(summaryWith(content, facts([{ checkpoints_count: 5 }]))).toBe(content);
    expect(summaryListing(content, own('1'))).toBeUndefined();
    expect(() => metadataWithSummary(content, {})).toThrow(why);
  });
});

describe('summaryListing', () => {
  it('changes the paths of the session alone', () => {
    const before = { checkpoints_count: 99, files_touched: ['kept'], sessions: [own('0', { prompt: '' })] };
    const after = summaryListing(Buffer.from(summaryJson(before)), own('0'));
    expect(text(after)).toBe(summaryJson({ ...before, sessions: [own('0')] }));
  });

  it('is nothing where there is no summary that could be edited', () => {
    expect(summaryListing(undefined, own('0'))).toBeUndefined();
    expect(summaryListing(Buffer.from('no'), own('0'))).toBeUndefined();
  });
});

describe('metadataWithSummary', () => {
  it('adds a summary or replaces it, and changes nothing else', () => {
    const before = '{\n  "session_id": "x",\n  "big": 12345678901234567890,\n  "html": "\\u003c"\n}\n';
    const added = metadataWithSummary(Buffer.from(before), { intent: 'a' });
    expect(text(added)).toBe(
      '{\n  "session_id": "x",\n  "big": 12345678901234567890,\n  "html": "\\u003c",\n  "summary": {\n    "intent": "a"\n  }\n}\n',
    );
    expect(text(metadataWithSummary(added, { intent: 'b' }))).toBe(added.toString().replace('"a"', '"b"'));
  });
});
