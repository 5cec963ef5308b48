import { widthOf } from '../clip.ts';
import type { ShownView } from './state.ts';

/** What stands at the bottom: a key and what it does, the most important first. */
type Hint = readonly [key: string, does: string];

const ALWAYS: readonly Hint[] = [
  ['?', 'help'],
  ['q', 'quit'],
];

/** The keys that mean something now, as many as there is room for; help and quit are always among them. */
export function keyBar(
  view: ShownView | undefined,
  mode: 'typing' | 'found' | 'nothing' | 'all',
  columns: number,
): string {
  if (mode === 'typing')
    return fitted(
      [
        ['Enter', 'keep'],
        ['Esc', 'end search'],
        ['Ctrl-C', 'quit'],
      ],
      [],
      columns,
    );
  if (mode === 'nothing')
    return fitted(
      [
        ['Esc', 'show all'],
        ['/', 'search'],
        ['v', 'layout'],
      ],
      ALWAYS,
      columns,
    );
  return fitted(hintsFor(view, mode === 'found'), ALWAYS, columns);
}

function hintsFor(view: ShownView | undefined, isFound: boolean): readonly Hint[] {
  const back: Hint = ['Esc', isFound && view === undefined ? 'show all' : 'back'];
  switch (view?.kind) {
    case undefined:
      return [
        ['Enter', 'open'],
        isFound ? back : ['/', 'search'],
        ['j k', 'move'],
        ['d', 'difference'],
        ['v', 'layout'],
        ['o', 'commit'],
        ...(isFound ? ([['/', 'search']] as const) : []),
      ];
    case 'checkpoint':
      return [
        ['Enter', 'read'],
        back,
        ['Tab', 'session'],
        ['d', 'difference'],
        ['v', 'layout'],
        ['o', 'commit'],
        ['j k', 'scroll'],
      ];
    case 'transcript':
      return [
        back,
        ...(isFound ? ([['n N', 'matches']] as const) : []),
        ['Enter', 'open'],
        ['/', 'search'],
        ['] [', 'prompts'],
        ['e', 'open all'],
        ['h', 'bookkeeping'],
        ['Tab', 'session'],
        ['o', 'commit'],
      ];
    case 'diff':
    case 'commit':
    case 'help':
      return [back, ['PgUp PgDn', 'page'], ['j k', 'scroll']];
  }
}

function fitted(hints: readonly Hint[], always: readonly Hint[], columns: number): string {
  const text = (count: number) =>
    [...hints.slice(0, count), ...always].map(([key, does]) => `${key} ${does}`).join('  ');
  let count = hints.length;
  while (count > 0 && widthOf(text(count)) > columns) count -= 1;
  return text(count);
}
