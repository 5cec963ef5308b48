/** The characters of the view. Each state has one of its own, so that nothing is said by colour alone. */
export interface Symbols {
  readonly done: string;
  readonly running: string;
  readonly pending: string;
  readonly warning: string;
  readonly barDone: string;
  readonly barLeft: string;
}

/** For terminals that show more than ASCII, and for those that do not. */
export function symbolsFor(hasSymbols: boolean): Symbols {
  if (hasSymbols) return { done: '✓', running: '▸', pending: '·', warning: '!', barDone: '━', barLeft: '─' };
  return { done: 'x', running: '>', pending: '.', warning: '!', barDone: '#', barLeft: '-' };
}
