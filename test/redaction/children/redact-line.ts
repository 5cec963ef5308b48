// Redacts one line of JSON of so many MB; prints by how many MB the process grew at most.

import { findSecrets } from '../../../src/redaction/finder.ts';
import { redactStream } from '../../../src/redaction/redact-stream.ts';
import { peakMemory } from '../../fixtures/peak-memory.ts';

const [part = '', megabytes = ''] = process.argv.slice(2);

async function* line() {
  yield Buffer.from('{"a":"');
  const block = Buffer.from(part.repeat(Math.floor(65_536 / part.length)));
  for (let length = 0; length < Number(megabytes) * 1e6; length += block.length) yield block;
  yield Buffer.from('"}\n');
}

const before = peakMemory();
for await (const _ of redactStream(line(), 'jsonl', findSecrets, () => undefined));
process.stdout.write(String((peakMemory() - before) / 1000));
