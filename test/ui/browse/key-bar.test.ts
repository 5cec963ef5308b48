import { describe, expect, it } from 'vitest';
import { keyBar } from '../../../src/ui/browse/key-bar.ts';
import type { ShownView } from '../../../src/ui/browse/state.ts';
import { widthOf } from '../../../src/ui/clip.ts';

/** Only the kind of a view decides which keys are named. */
const viewOf = (kind: ShownView['kind']) => ({ kind }) as ShownView;

describe('the keys at the bottom of forty columns', () => {
  it.each(['checkpoint', 'transcript', 'diff', 'commit', 'help'] as const)(
    'lead back from a view of %s, to help, and out',
    (kind) => {
      for (const mode of ['all', 'found'] as const) {
        const keys = keyBar(viewOf(kind), mode, 40);
        expect(keys).toMatch(/\bEsc back\b.*\? help {2}q quit$/);
        expect(widthOf(keys)).toBeLessThanOrEqual(40);
      }
    },
  );

  it('show all again after a search, and end one', () => {
    expect(keyBar(undefined, 'found', 40)).toMatch(/Esc show all.*q quit$/);
    expect(keyBar(undefined, 'nothing', 40)).toMatch(/^Esc show all.*q quit$/);
    expect(keyBar(undefined, 'typing', 40)).toBe('Enter keep  Esc end search  Ctrl-C quit');
  });
});
