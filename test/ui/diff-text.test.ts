import { describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import type { RefName } from '../../src/git/object-id.ts';
import { diffText } from '../../src/ui/diff-text.ts';
import type { CheckpointDiff } from '../../src/verify/diff/diff-checkpoint.ts';
import { runOf } from './run.ts';

const checkpoint = 'a3b2c4d5e6f7' as CheckpointId;
const main = 'refs/entire/checkpoints/v2/main' as RefName;
const ESC = '\u001b';

const DIFF: CheckpointDiff = {
  checkpoint,
  from: 'v1',
  to: 'v2',
  same: false,
  layouts: ['v1', 'v2'],
  renumbered: [{ from: '2', to: '1' }],
  files: [
    { part: 'content hash', path: '0/content_hash.txt', ref: main, change: 'lost' },
    {
      part: 'prompts',
      path: '0/prompt.txt',
      targetPath: `0/${ESC}[31mprompt.txt`,
      ref: main,
      change: 'changed',
      patch: `--- a\n+++ b\n@@ -1,2 +1,2 @@\n same\n-old ${ESC}[2J\n+new\n`,
      isCut: true,
      note: 'a note',
    },
  ],
};

describe('the text of a difference', () => {
  it('says what each file is, and shows the lines', () => {
    expect(diffText(DIFF, runOf('diff', checkpoint, '-C', "it's"))).toMatchInlineSnapshot(`
      "Checkpoint a3b2c4d5e6f7: 2 files differ between V1 and V2.
      Session 2 of V1 is session 1 in V2.

      content hash 0/content_hash.txt: in V1 alone, refs/entire/checkpoints/v2/main

      prompts 0/prompt.txt (in V2 0/\\x1b[31mprompt.txt): differs, refs/entire/checkpoints/v2/main
        a note
      --- a
      +++ b
      @@ -1,2 +1,2 @@
       same
      -old \\x1b[2J
      +new
        There is more to it: compare the whole of it with \`ckpt show a3b2c4d5e6f7 -C 'it'\\''s'\`.
      "
    `);
  });

  it('has the same words with colours, and nothing of the repository paints', () => {
    const coloured = diffText(DIFF, runOf(), true);
    expect(coloured).toContain(`${ESC}[32m+new${ESC}[39m`);
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(diffText(DIFF, runOf()));
  });

  it('says that there is none, or which layout has the checkpoint', () => {
    const none: CheckpointDiff = { ...DIFF, same: true, renumbered: [], files: [] };
    expect(diffText(none, runOf())).toBe('Checkpoint a3b2c4d5e6f7: V2 has what V1 gives it.\n');
    expect(diffText({ ...none, same: false, layouts: ['v1'] }, runOf())).toContain('V1 has it, V2 does not.');
    expect(diffText({ ...none, same: false, layouts: ['v2'] }, runOf())).toContain('V2 has it, V1 does not.');
    const refs: CheckpointDiff = { ...none, from: 'refs', to: 'v1', layouts: ['v1', 'v2', 'refs'] };
    expect(diffText(refs, runOf('diff', checkpoint, '--repo=../p'))).toBe(
      `Checkpoint ${checkpoint}: V1 has what git-refs give it.\n\nNot compared: V2. ckpt diff ${checkpoint} --to v2 --repo=../p\n`,
    );
  });
});
