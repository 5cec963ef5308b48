import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { CkptError } from '../../src/checkpoint/errors.ts';
import { JsonSource } from '../../src/json/source.ts';
import { redactStream } from '../../src/redaction/redact-stream.ts';
import { loadRedactor, MARKER, transcriptFormat } from '../../src/redaction/redactor.ts';
import { inChunks } from './json-texts.ts';
import { anySecret, oneOf, pem } from './secrets.ts';

const redactor = await loadRedactor();

describe('redactText', () => {
  it('leaves any text without secrets as it is, also lone surrogates', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(0xffff)), async (units) => {
        const text = String.fromCharCode(...units);
        expect(await redactor.redactText(text)).toEqual({ text, count: 0 });
      }),
    );
  });

  it('finds nothing a second time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(anySecret, fc.record({ text: fc.string() })), { maxLength: 5 }),
        async (parts) => {
          const { text } = await redactor.redactText(parts.map((part) => part.text).join(' '));
          expect(await redactor.redactText(text)).toEqual({ text, count: 0 });
        },
      ),
    );
  });

  it('counts', async () => {
    const text = `${oneOf('GitHub token').text}, ${oneOf('npm token').text}\n${pem('', 200)}\n`;
    expect(await redactor.redactText(text)).toEqual({ text: `${MARKER}, ${MARKER}\n${MARKER}\n`, count: 3 });
  });
});

describe('redactJson', () => {
  it('redacts values and keys, and keeps the shape', async () => {
    const { text } = oneOf('GitHub token');
    const source = JsonSource.of({ a: [`x ${text}`, 1, null], [text]: { deep: text } });
    const redacted = await redactor.redactJson(source);
    expect(redacted.source.value).toEqual({ a: [`x ${MARKER}`, 1, null], [MARKER]: { deep: MARKER } });
    expect(redacted.count).toBe(3);
  });

  it('gives back the very source where nothing was found', async () => {
    const source = JsonSource.of({ a: ['x'] });
    expect((await redactor.redactJson(source)).source).toBe(source);
  });

  it('keeps the digits and the order of the rest', async () => {
    const { text } = oneOf('GitHub token');
    const source = JsonSource.parse(Buffer.from(`{"b":12345678901234567890,"1":1e400,"t":"${text}","h":"\\u003c"}`));
    const redacted = await redactor.redactJson(source);
    expect(redacted.source.bytes.toString()).toBe(`{"b":12345678901234567890,"1":1e400,"t":"${MARKER}","h":"\\u003c"}`);
  });
});

describe('a failure', () => {
  const read = async (stream: AsyncIterable<Buffer>): Promise<void> => {
    for await (const _part of stream);
  };

  it('of the rules ends the stream with a typed error, and nothing is yielded', async () => {
    const find = () => {
      throw new Error('a rule is broken');
    };
    const onPart = vi.fn();
    const stream = redactStream(inChunks(Buffer.from('{"a":"b"}\n'), [4]), 'jsonl', find, () => {});
    const reading = (async () => {
      for await (const part of stream) onPart(part);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'REDACTION_FAILED', exitCode: 1 });
    await expect(reading).rejects.toBeInstanceOf(CkptError);
    expect(onPart).not.toHaveBeenCalled();
  });

  it('of rules that never come to an end is one too', async () => {
    const find = (bytes: Buffer) => [{ start: bytes.length - 5, end: bytes.length - 3, rule: 'any', isPlain: true }];
    await expect(
      read(redactStream(inChunks(Buffer.from('{"a":"bcd"}\n'), [4]), 'jsonl', find, () => {})),
    ).rejects.toThrow('over and over');
  });

  it('of the input goes through', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it has anything
    const input = async function* (): AsyncGenerator<Uint8Array> {
      throw new TypeError('no such file');
    };
    await expect(read(redactor.redactTranscript(input(), 'jsonl').output)).rejects.toThrow(TypeError);
  });
});

describe('transcriptFormat', () => {
  it.each([
    ['jsonl', '{"a":1}\n{"b":2}\n'],
    ['jsonl', '{"a":1}'],
    ['jsonl', '\ufeff{"a":1}\r\n{"b"'],
    ['jsonl', '{"a":"a line that is longer than the head'],
    ['json', '{\n  "messages": []\n}\n'],
    ['json', '[\n  1\n]'],
    ['json', '{ "a": 1,\n"b": 2 }'],
    ['text', ''],
    ['text', 'User: hello\n{"a":1}\n'],
    ['text', '[INFO] started\n'],
    ['text', '{braces}\nmore'],
  ])('%s: %j', (format, head) => {
    expect(transcriptFormat(Buffer.from(head))).toBe(format);
  });
});
