import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBlock, findBlock, removeBlock } from '../../src/hooks/block.ts';

const LINES = 'run the mirror\n';
const OPENING = '# >>> ckpt hooks 1 >>> added by ckpt hooks install, taken out by ckpt hooks uninstall\n';
const BLOCK = `${OPENING}${LINES}# <<< ckpt hooks <<<\n`;

/** Hooks of lines that matter to the block, in any order and with any line ends, also halves of blocks. */
const hooks = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom(
          '',
          '#!/bin/sh',
          'exit 0',
          'exec foo "$@"',
          'foo && exit 1',
          'foo \\',
          '} || exit',
          'fi',
          '# end',
        ),
        fc.constantFrom(OPENING.trimEnd(), '# <<< ckpt hooks <<<', '# >>> ckpt hooks 7 +created >>>'),
        fc.string({ unit: 'binary' }),
      ),
      fc.constantFrom('\n', '\n', '\r\n', ''),
    ),
  )
  .map((lines) => lines.map(([line, end]) => line + end).join(''))
  .filter((text) => findBlock(text) === undefined);

describe('the block in a hook', () => {
  it('comes and goes without a trace, whatever the hook is', () => {
    fc.assert(
      fc.property(hooks, (text) => {
        const added = addBlock(text, LINES);
        expect(added).toContain(LINES);
        expect(removeBlock(added)).toBe(text);
        expect(addBlock(added, LINES)).toBe(added);
        // Another version of the lines takes the place of the old one, and leaves as little behind.
        const updated = addBlock(added, 'other\nlines\n');
        expect(updated).not.toContain(LINES);
        expect(addBlock(updated, LINES)).toBe(added);
        expect(removeBlock(updated)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('makes the file where there is none, and removes it again unless something was added', () => {
    const made = addBlock(undefined, LINES);
    expect(made).toBe(`#!/bin/sh\n${BLOCK.replace(' 1 >>>', ' 1 +created >>>')}`);
    expect(removeBlock(made)).toBeUndefined();
    expect(removeBlock(made.replaceAll('\n', '\r\n'))).toBeUndefined();
    expect(removeBlock(`${made}mine\n`)).toBe('#!/bin/sh\nmine\n');
    expect(removeBlock(addBlock('#!/bin/sh\n', LINES))).toBe('#!/bin/sh\n');
  });

  it.each([
    ['at the end', '#!/bin/sh\nfoo\n', `#!/bin/sh\nfoo\n${BLOCK}`],
    ['before an exit', '#!/bin/sh\nfoo\nexit 0\n', `#!/bin/sh\nfoo\n${BLOCK}exit 0\n`],
    ['before an exit without line feed', 'foo\nexit 0', `foo\n${BLOCK}exit 0`],
    ['before an exit with CRLF', 'foo\r\nexit 0\r\n', `foo\r\n${BLOCK}exit 0\r\n`],
    [
      'before an exit with things after it',
      'foo\n  exit $?  # done\n\n# end\n',
      `foo\n${BLOCK}  exit $?  # done\n\n# end\n`,
    ],
    [
      'before an exec over several lines',
      'foo\nexec bar \\\n  --baz \\\n  "$@"\n',
      `foo\n${BLOCK}exec bar \\\n  --baz \\\n  "$@"\n`,
    ],
    ['before a list that ends with exit', 'foo\nbar &&\n  exit 1\n', `foo\n${BLOCK}bar &&\n  exit 1\n`],
    ['before a line that has an exit', 'foo\nbar; exit 1\n', `foo\n${BLOCK}bar; exit 1\n`],
    [
      'before what ends with a compound command',
      '#!/bin/sh\ncase x in\n  a) b ;;\nesac; exit 0\n',
      `#!/bin/sh\n${BLOCK}case x in\n  a) b ;;\nesac; exit 0\n`,
    ],
    ['before a function that may end it', 'f() {\n  exit 1\n}\n', `${BLOCK}f() {\n  exit 1\n}\n`],
    ['before a text that looks like an end', 'echo "\nexit 0"\n', `${BLOCK}echo "\nexit 0"\n`],
    ['before a condition', '#!/bin/sh\n[ x ] || exit 0\nfoo\n', `#!/bin/sh\n${BLOCK}[ x ] || exit 0\nfoo\n`],
    ['before what any failure ends', '#!/bin/sh -e\nfoo\n', `#!/bin/sh -e\n${BLOCK}foo\n`],
    ['before what any failure ends, by set', '#!/bin/sh\nset -eu\nfoo\n', `#!/bin/sh\n${BLOCK}set -eu\nfoo\n`],
    [
      "behind Entire's call, whatever ends before it",
      '#!/bin/sh\n[ x ] || exit 0\nentire hooks git post-commit\n',
      `#!/bin/sh\n[ x ] || exit 0\nentire hooks git post-commit\n${BLOCK}`,
    ],
    ['not after a word that begins with exit', 'exit_code 3\n', `exit_code 3\n${BLOCK}`],
    ['after the shebang of what stops in the middle', '#!/bin/sh\nfoo \\', `#!/bin/sh\n${BLOCK}foo \\`],
  ])('goes %s', (_, text, expected) => {
    expect(addBlock(text, LINES)).toBe(expected);
  });

  it('is found again with CRLF, and its halves are not', () => {
    const windows = addBlock('foo', LINES).replaceAll('\n', '\r\n');
    expect(removeBlock(windows)).toBe('foo');
    expect(removeBlock(addBlock('foo\r', LINES))).toBe('foo\r');
    expect(findBlock(`${OPENING}mine\n`)).toBeUndefined();
    expect(removeBlock(`${OPENING}mine\n${BLOCK}`)).toBe(`${OPENING}mine\n`);
  });
});
