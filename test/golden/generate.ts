import {
  type FileSpec,
  type SessionSpec,
  SUMMARY_FORMS,
  shardPath,
  transcriptText,
  V1Builder,
} from '../fixtures/v1-builder.ts';
import type { Random } from './random.ts';

/** Some in one folder, and in an order that is not that of their arrival. */
const IDS = [
  'a3b2c4d5e6f7',
  '00ffffffffff',
  'a30000000000',
  'ffffffffffff',
  '7c1de9a35b02',
  '0000000000ff',
  'a3b2c4d5e6f8',
  '123456789012',
  'eeeeeeeeeeee',
  '7c0000000001',
  'bead00000000',
  'c0ffee000000',
];

const AUTHORS = [
  'Ada <ada@example.com>',
  'Bela Ünïcode <bela@example.com>',
  'Cem <cem@example.com> 1600000000 +0530',
  'Dot <> 1750000000 -1130',
];

/** Messages with trailers, without, and without a last newline. */
const MESSAGES = ['', '\n', 'Subject\n\nKey: value', 'No newline', 'Subject\n\nBody\n\nA-1: b\n\n\n'];

/** Where files go that the layout does not know. */
const PATHS = [
  'vercel.json',
  'tasks/root.txt',
  'zz/notachk/0/full.jsonl',
  `${shardPath('a3b2c4d5e6f7')}/notes.md`,
  `${shardPath('a3b2c4d5e6f7')}/0/extra/tasks/t1/agent.jsonl`,
  `${shardPath('00ffffffffff')}/tasks/toolu_1/checkpoint.json`,
  `${shardPath('a30000000000')}/007/full.jsonl`,
  `${shardPath('a30000000000')}/0/full.jsonl.12`,
  `${shardPath('ffffffffffff')}/0/full.log`,
  `${shardPath('7c1de9a35b02')}/caf\xe9/\xff`,
  'a3/file',
];

/**
 * A V1 history: writes, finalizes, summary updates, unknown files, odd commits, side branches that are merged, now and then a
 * deletion. It asks nothing of `src`, nor of fast-check, so that neither can change what is generated.
 */
export function generateV1(random: Random, absentBlobs: boolean): V1Builder {
  const v1 = new V1Builder();
  v1.init();
  let side = 0;
  for (let left = 6 + random.below(30); left > 0; left--) {
    if (side > 0 && random.once(6)) {
      v1.checkout('v1').merge(`side-${side}`, {}, random.once(5) ? 'theirs first' : 'ours first');
      side = 0;
    } else if (side === 0 && random.once(10)) {
      side = left; // one name for each
      v1.branch(`side-${side}`);
    }
    v1.checkout(side > 0 && random.once(2) ? `side-${side}` : 'v1');
    step(v1, random, absentBlobs);
  }
  v1.checkout('v1');
  return v1;
}

/** The checkpoints of the current branch, in the order of the list above. */
export function checkpointsOf(v1: V1Builder): string[] {
  return IDS.filter((id) => v1.sessionNumbers(id).length > 0);
}

function step(v1: V1Builder, random: Random, absentBlobs: boolean): void {
  const kind = random.below(24);
  const id = random.pick(IDS);
  const numbers = v1.sessionNumbers(id);
  const form = random.once(3) ? random.pick(SUMMARY_FORMS) : 'usual';
  if (kind < 15 || (numbers.length === 0 && kind < 20)) {
    const number = Math.max(-1, ...numbers) + 1 + random.pick([0, 0, 0, 1, 3]);
    v1.checkpoint(id, { form, sessions: [session(random, number, absentBlobs)] }, { author: random.pick(AUTHORS) });
  } else if (kind < 18) {
    const number = random.pick(numbers);
    const pieces = random.once(3) ? { chunkBytes: 50 + random.below(400) } : {};
    v1.finalize(id, number, transcriptText(`final-${id}-${number}`, 1 + random.below(8)), pieces);
  } else if (kind < 20) {
    v1.updateSummary(id, { [`has_review_${random.below(9)}`]: random.below(9) }, form);
  } else if (kind < 22) {
    v1.commit({ message: 'Add a file\n', files: { [random.pick(PATHS)]: file(v1, random, absentBlobs) } });
  } else if (kind < 23 || numbers.length === 0) {
    const headers = random.some(['encoding ISO-8859-1', 'gpgsig -----BEGIN\n \n author x\n -----END', 'x-unknown 1']);
    v1.commit({ message: random.pick(MESSAGES), headers });
  } else if (random.once(3)) {
    v1.remove(id);
  }
}

function file(v1: V1Builder, random: Random, absentBlobs: boolean): FileSpec {
  const mode = random.pick(['100644', '100644', '100755', '120000', '160000', '40000']);
  if (mode === '160000') return { mode, id: 'c0ffee'.padEnd(40, '0') };
  if (mode === '40000') return { mode, id: v1.object('tree', Buffer.alloc(0)) };
  return { content: `content ${random.below(5)}`, mode, absent: absentBlobs && random.once(8) };
}

function session(random: Random, number: number, absentBlobs: boolean): SessionSpec {
  const sessionId = `0000000${random.below(4)}-aaaa-4bbb-8ccc-dddddddddddd`;
  const lines = random.below(6);
  return {
    number,
    sessionId,
    createdAt: createdAt(random),
    agent: random.pick(['Claude Code', 'Gemini CLI', 'Nobody Knows', null]),
    transcript: random.once(6) ? null : transcriptText(`${sessionId}-${number}`, lines),
    ...(random.once(4) ? { chunkBytes: 1 + random.below(400) } : {}),
    contentHash: random.pick(['right', 'right', 'wrong', 'none']),
    listing: random.pick(['usual', 'usual', 'dangling', 'doubled', 'emptyPrompt', 'unlisted']),
    ...(random.once(8) ? { tasks: { [`toolu_${lines}`]: 'usual' } } : {}),
    ...(random.once(8)
      ? { files: { 'new.bin': 'unknown\n', 'deep/er/x': 'y\n' }, fields: { [`field_${lines}`]: 1 } }
      : {}),
    absent:
      absentBlobs && random.once(7)
        ? random.some(['full.jsonl', 'prompt.txt', 'content_hash.txt', 'full.jsonl.001', 'metadata.json'])
        : [],
  };
}

/** Instants close to one another, written in many ways; now and then none, or one that nobody can read. */
function createdAt(random: Random): string | null {
  if (random.once(10))
    return random.pick(['', 'yesterday', '2025-02-30T00:00:00Z', '2025-01-01', '2025-01-01T00:00:00']);
  if (random.once(10))
    return random.pick(['0001-01-01T00:00:00Z', '1969-12-31T23:59:59.5Z', '1970-01-01T00:00:00Z', null]);
  const seconds = random.once(2) ? random.below(6) : random.below(140_000_000) - 100_000_000;
  const offset = random.pick([0, 0, 60, 330, -690, 845, -1]);
  const local = new Date((1_760_000_000 + seconds + offset * 60) * 1000).toISOString().slice(0, 19);
  const two = (value: number) => String(value).padStart(2, '0');
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const fraction = random.pick(['', '.5', '.25', '.123456', '.123456789', '.999999999', '.000000001', '.50']);
  return `${local}${fraction}${offset === 0 ? 'Z' : zone}`;
}
