import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commitHeader, type ParsedCommit, parseCommit, serializeCommit } from '../../src/git/commit.ts';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { git, gitBytes, gitResult, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';

const latin1 = (options: fc.IntArrayConstraints) =>
  fc.uint8Array(options).map((bytes) => Buffer.from(bytes).toString('latin1'));
const line = latin1({ maxLength: 10 }).map((text) => text.replaceAll('\n', ' '));
const id = fc.constantFrom(...['a', 'b', 'c'].flatMap((digit) => [digit.repeat(40)])).map((text) => text as ObjectId);

const commit: fc.Arbitrary<ParsedCommit> = fc.record({
  tree: id,
  parents: fc.array(id, { maxLength: 3 }),
  headers: fc
    .array(
      fc.oneof(
        line.map((text) => `author ${text}`),
        line.map((text) => `committer ${text}`),
        fc.constant('encoding ISO-8859-1'),
        // A folded header may say anything, also what looks like another header.
        fc.array(line, { maxLength: 3 }).map((lines) => ['gpgsig -----BEGIN', ...lines, 'tree x', ''].join('\n ')),
        fc.constant(`mergetag object ${'d'.repeat(40)}\n type commit\n parent ${'e'.repeat(40)}`),
      ),
      { minLength: 1, maxLength: 4 },
    )
    // Parents come before all other headers.
    .map((list) => ['author A <a@b> 0 +0000', ...list]),
  message: latin1({ maxLength: 40 }),
});

test('a commit is read as it was written, and written as it was read', () => {
  fc.assert(
    fc.property(commit, (value) => {
      const content = serializeCommit(value);
      expect(parseCommit(content)).toEqual(value);
      expect(serializeCommit(parseCommit(content))).toEqual(content);
    }),
    { numRuns: 500 },
  );
});

test('commits that git made keep every byte', () => {
  const dir = initRepository({ dir: tempDir(), bare: true });
  const tree = git(dir, 'hash-object', '-w', '-t', 'tree', '--stdin');
  const messages = ['', '\n', 'Subject', 'Sübject\n\nBody\n\n\n', '\n\nTwo newlines first\n', 'a\r\nb\r\n'];
  let parents: string[] = [];
  for (const message of messages) {
    const args = ['-c', 'i18n.commitEncoding=ISO-8859-1', 'commit-tree', tree, ...parents.flatMap((p) => ['-p', p])];
    const made = gitBytes(dir, args, { input: Buffer.from(message, 'latin1') })
      .toString()
      .trim();
    const content = gitBytes(dir, ['cat-file', 'commit', made]);
    const parsed = parseCommit(content);
    expect(serializeCommit(parsed)).toEqual(content);
    expect(parsed).toMatchObject({ tree, parents });
    expect(commitHeader(parsed, 'encoding')).toBe('ISO-8859-1');
    expect(commitHeader(parsed, 'author')).toMatch(/^Ada Tester <ada@example.com> \d+ \+0000$/);
    expect(commitHeader(parsed, 'auth')).toBeUndefined();
    expect(gitResult(dir, ['fsck', '--strict']).status).toBe(0);
    expect(hashObject('sha1', 'commit', content)).toBe(made);
    parents = [made, ...parents].slice(0, 2);
  }
});

describe('unusual commits', () => {
  const tree = 'a'.repeat(40);

  test('without a message, or without the empty line', () => {
    for (const text of [`tree ${tree}\nauthor A\n\n`, `tree ${tree}\nauthor A\n`, `tree ${tree}\nauthor A`]) {
      expect(parseCommit(Buffer.from(text))).toEqual({ tree, parents: [], headers: ['author A'], message: '' });
    }
  });

  test('with ids of SHA-256', () => {
    const long = 'b'.repeat(64);
    expect(parseCommit(Buffer.from(`tree ${long}\nparent ${long}\nauthor A\n\nm`))).toMatchObject({
      tree: long,
      parents: [long],
    });
  });

  test('a parent in the message or in a signature is none', () => {
    const text = `tree ${tree}\nauthor A\ngpgsig x\n parent ${tree}\n\nparent ${tree}\n`;
    expect(parseCommit(Buffer.from(text)).parents).toEqual([]);
  });

  test.each([
    '',
    '\n',
    'author A\n\nm',
    'tree xyz\n\nm',
    `tree ${tree}\nparent abc\n\nm`,
    `tree ${tree.slice(1)}\n\nm`,
  ])('%j is not a commit', (text) => {
    expect(() => parseCommit(Buffer.from(text))).toThrow(RangeError);
  });
});
