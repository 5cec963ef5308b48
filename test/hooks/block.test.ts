import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBlock, findBlock, removeBlock } from '../../src/hooks/block.ts';

const LINES = 'run the mirror\n';
const OPENING = '# >>> ckpt hooks 1 >>> added by ckpt hooks install, taken out by ckpt hooks uninstall\n';
const BLOCK = `${OPENING}${LINES}# <<< ckpt hooks <<<\n`;
const ENTIRE = 'entire hooks git post-commit || true\n';

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
          ENTIRE.trimEnd(),
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
    ['to the beginning, behind the first line', '#!/bin/sh\nfoo\n', `#!/bin/sh\n${BLOCK}foo\n`],
    ['to the beginning, without a first line', 'foo\nexit 0', `${BLOCK}foo\nexit 0`],
    ['before a function that may end it', 'f() {\n  exit 1\n}\n', `${BLOCK}f() {\n  exit 1\n}\n`],
    ['before what stops in the middle', '#!/bin/sh\nfoo \\', `#!/bin/sh\n${BLOCK}foo \\`],
    ["behind Entire's call", `#!/bin/sh\n${ENTIRE}`, `#!/bin/sh\n${ENTIRE}${BLOCK}`],
    [
      "behind Entire's call, whatever ends before it",
      `#!/bin/sh\n[ x ] || exit 0\n${ENTIRE}`,
      `#!/bin/sh\n[ x ] || exit 0\n${ENTIRE}${BLOCK}`,
    ],
    ['behind a call by a variable', '"$ENTIRE_BIN" hooks git x\n', `"$ENTIRE_BIN" hooks git x\n${BLOCK}`],
    ['before what only says its name', 'echo the entire suite\n', `${BLOCK}echo the entire suite\n`],
    ['then before an exit', `${ENTIRE}exit 0\n`, `${ENTIRE}${BLOCK}exit 0\n`],
    ['then before an exit without line feed', `${ENTIRE}exit 0`, `${ENTIRE}${BLOCK}exit 0`],
    [
      'then before an exit with things after it',
      `${ENTIRE}  exit $?  # done\n\n# end\n`,
      `${ENTIRE}${BLOCK}  exit $?  # done\n\n# end\n`,
    ],
    [
      'then before an exec over several lines',
      `${ENTIRE}exec bar \\\n  --baz \\\n  "$@"\n`,
      `${ENTIRE}${BLOCK}exec bar \\\n  --baz \\\n  "$@"\n`,
    ],
    ['then before a list that ends with exit', `${ENTIRE}bar &&\n  exit 1\n`, `${ENTIRE}${BLOCK}bar &&\n  exit 1\n`],
    ['then before a line that has an exit', `${ENTIRE}bar; exit 1\n`, `${ENTIRE}${BLOCK}bar; exit 1\n`],
    ['then behind a text that looks like an end', `${ENTIRE}echo "\nexit 0"\n`, `${ENTIRE}echo "\nexit 0"\n${BLOCK}`],
    ['then not before a word that begins with exit', `${ENTIRE}exit_code 3\n`, `${ENTIRE}exit_code 3\n${BLOCK}`],
    ['then before all of what stops in the middle', `#!/bin/sh\n${ENTIRE}foo \\`, `#!/bin/sh\n${BLOCK}${ENTIRE}foo \\`],
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
