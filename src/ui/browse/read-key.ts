import type { Key } from './state.ts';

/** What Node's `readline` reports of a key press. */
export interface KeyPress {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly shift?: boolean | undefined;
  readonly sequence?: string | undefined;
}

const NAMES: Readonly<Record<string, Exclude<Key['name'], 'character'>>> = {
  up: 'up',
  down: 'down',
  pageup: 'pageUp',
  pagedown: 'pageDown',
  home: 'home',
  end: 'end',
  return: 'enter',
  enter: 'enter',
  escape: 'escape',
  backspace: 'backspace',
};

/** Keys with Ctrl: those of less and vi. */
const WITH_CTRL: Readonly<Record<string, Exclude<Key['name'], 'character'>>> = {
  c: 'interrupt',
  d: 'halfDown',
  u: 'halfUp',
  f: 'pageDown',
  b: 'pageUp',
};

/** The key that was pressed; `undefined` for one that means nothing here. */
export function readKey({ name, ctrl, meta, shift, sequence = '' }: KeyPress): Key | undefined {
  if (ctrl) {
    const held = WITH_CTRL[name ?? ''];
    return held === undefined ? undefined : { name: held };
  }
  if (name === 'tab') return { name: shift ? 'backTab' : 'tab' };
  const known = name === undefined ? undefined : NAMES[name];
  if (known !== undefined) return { name: known };
  // A control character, or what stands for a key that has no name here, is not text.
  return meta || sequence === '' || /\p{Cc}/u.test(sequence) ? undefined : { name: 'character', character: sequence };
}
