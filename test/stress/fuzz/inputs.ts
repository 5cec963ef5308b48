import fc from 'fast-check';

/** One change of a content. `at` and `length` are parts of it, of a thousand. */
interface Edit {
  readonly kind: 'cut' | 'repeat' | 'flip' | 'insert' | 'replace' | 'truncate';
  readonly at: number;
  readonly length: number;
  readonly what: Buffer;
}

const DEPTH = 20_000;

/** What parsers, regular expressions and terminals are sensitive to. */
const WORDS: readonly Buffer[] = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\u',
    '\\ud800',
    '\0',
    '\ufeff',
    '\r',
    '\n',
    '\r\n',
    '\t',
    '/',
    '//',
    '/*',
  ],
  ...['null', 'true', '0', '-0', '1e400', '-1e-400', '9007199254740993', '12345678901234567890.5', '1'.repeat(5_000)],
  ...[
    '{}',
    '[]',
    '""',
    '"__proto__":',
    '"constructor":',
    '"toString"',
    '"sessions":',
    '"checkpoint_id":',
    '"created_at":',
  ],
  ...[
    '..',
    '../',
    '/../../x',
    '.git',
    '-rf',
    '--upload-pack=x',
    '\u001b[2J',
    '\u009b',
    '\u202e',
    '::add-mask::x',
    '##vso[x]',
  ],
  ...['[', '{"a":', '[{"a":', '"\\"'].map((opening) => opening.repeat(DEPTH)),
  ...['"', '\\', '\n', ' ', '/'].map((sign) => sign.repeat(DEPTH)),
  ...[
    'tree ',
    'parent ',
    'author ',
    'gpgsig ',
    '40000 ',
    '100644 ',
    '160000 ',
    '120000 ',
    '0 ',
    '777777777777 ',
    '40000 ..\0',
  ],
  ...[
    'Entire-Checkpoint: ',
    'Ckpt-V1-Commit: ',
    'Key: v\n x',
    '--- >8 ---',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:60Z',
  ],
]
  .map((text) => Buffer.from(text))
  .concat([Buffer.from([0xff]), Buffer.from([0xc3]), Buffer.from([0xff, 0xfe, 0x7b, 0x00]), Buffer.alloc(20)]);

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('cut', 'repeat', 'flip', 'insert', 'insert', 'replace', 'truncate'),
  at: fc.nat(1000),
  length: fc.oneof({ weight: 4, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.nat(1000) }),
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)) },
  ),
});

/** One of these contents with some changes: mostly near to what a reader expects, now and then nothing but noise. */
export function spoiled(contents: readonly (Buffer | string)[]): fc.Arbitrary<Buffer> {
  const whole = contents.map((content) => Buffer.from(content));
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .record({ content: fc.constantFrom(...whole), edits: fc.array(edit, { minLength: 1, maxLength: 4 }) })
        .map(({ content, edits }) => edits.reduce(applied, content)),
    },
    { weight: 1, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
  );
}

function applied(content: Buffer, { kind, at, length, what }: Edit): Buffer {
  const start = Math.floor((content.length * at) / 1000);
  const end = Math.min(content.length, start + 1 + Math.floor((content.length * length) / 1000));
  const [before, middle, after] = [content.subarray(0, start), content.subarray(start, end), content.subarray(end)];
  switch (kind) {
    case 'cut':
      return Buffer.concat([before, after]);
    case 'repeat':
      return Buffer.concat([before, middle, middle, after]);
    case 'flip':
      return Buffer.concat([before, middle.map((byte) => byte ^ (1 << (at % 8))), after]);
    case 'insert':
      return Buffer.concat([before, what, middle, after]);
    case 'replace':
      return Buffer.concat([before, what, after]);
    case 'truncate':
      return before;
  }
}

const NAMES = [
  'metadata.json',
  '0',
  '00',
  '1',
  '007',
  '9999999999999',
  'full.jsonl',
  'full.jsonl.001',
  'prompt.txt',
  'tasks',
].concat([
  '',
  '.',
  '..',
  '.git',
  'a/b',
  '../x',
  '-rf',
  '\xff',
  '\x1b[2J',
  '::add-mask::x',
  '__proto__',
  'constructor',
  'x'.repeat(5_000),
]);
const MODES = ['40000', '040000', '100644', '100755', '100664', '120000', '160000', '0', '777777777777', 'x'];

/**
 * A tree that can be read as one: entries of any name, mode and id (of these, 40 hex digits each) before, after and among those that it
 * had, in any order, twice, or not at all.
 */
export function spoiledTree(before: readonly Entry[], ids: readonly string[]): fc.Arbitrary<Buffer> {
  const entry = fc.record({
    mode: fc.constantFrom(...MODES),
    name: fc.constantFrom(...NAMES),
    id: fc.constantFrom(...ids, 'ab'.repeat(20)),
  });
  const kept = fc.shuffledSubarray([...before]);
  return fc
    .tuple(fc.oneof(fc.constant([...before]), kept), fc.array(entry, { maxLength: 4 }), fc.boolean())
    .map(([old, added, isFirst]) => {
      const entries = isFirst ? [...added, ...old] : [...old, ...added];
      return Buffer.concat(
        entries.map(({ mode, name, id }) =>
          Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
        ),
      );
    });
}

interface Entry {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}
