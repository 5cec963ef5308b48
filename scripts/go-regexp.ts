/** What follows `(?`: flags for the rest of the group or for one group of its own, or the kind of a group. */
const FLAGS = /^\(\?([is]*)(?:-([is]+))?([:)])/;
const CLASS_NAMES: Readonly<Record<string, string>> = {
  '[:alnum:]': 'A-Za-z0-9',
  '[:alpha:]': 'A-Za-z',
  '[:digit:]': '0-9',
};

interface Flags {
  readonly i: boolean;
  readonly s: boolean;
}

/**
 * A regular expression of Go (RE2) in the words of JavaScript's without flags: `(?i)` and its like, which hold for a part only, are
 * spelled out. For what gitleaks uses of the syntax, ASCII alone.
 */
export function toJavaScript(go: string): string {
  let out = '';
  let flags: Flags = { i: false, s: false };
  const outer: Flags[] = [];
  for (let at = 0; at < go.length; ) {
    const rest = go.slice(at);
    const group = FLAGS.exec(rest);
    if (group !== null) {
      const [all, on = '', off = '', end] = group;
      if (end === ':') outer.push(flags);
      flags = {
        i: (flags.i || on.includes('i')) && !off.includes('i'),
        s: (flags.s || on.includes('s')) && !off.includes('s'),
      };
      out += end === ':' ? '(?:' : '';
      at += all.length;
    } else if (rest.startsWith('(')) {
      outer.push(flags);
      const [all = '('] = /^\((?:\?P?<\w+>|\?[:=!])?/.exec(rest) ?? [];
      out += all.replace(/\?P?<\w+>/, '');
      at += all.length;
    } else if (rest.startsWith(')')) {
      flags = outer.pop() ?? flags;
      out += ')';
      at += 1;
    } else if (rest.startsWith('[')) {
      const [all = '['] = /^\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]/.exec(rest) ?? [];
      out += flags.i ? foldClass(plainClass(all)) : plainClass(all);
      at += all.length;
    } else if (rest.startsWith('\\')) {
      const [all = '\\'] = /^\\(?:x[0-9a-fA-F]{2}|.)/.exec(rest) ?? [];
      out += all === '\\z' ? '$' : all;
      at += all.length;
    } else {
      const letter = rest.charAt(0);
      out += letter === '.' && flags.s ? '[\\s\\S]' : flags.i ? folded(letter) : letter;
      at += 1;
    }
  }
  new RegExp(out);
  return out;
}

function plainClass(text: string): string {
  return text.replace(/\[:\w+:\]/g, (name) => CLASS_NAMES[name] ?? name);
}

function folded(letter: string): string {
  return /[A-Za-z]/.test(letter) ? `[${letter.toLowerCase()}${letter.toUpperCase()}]` : letter;
}

function foldClass(text: string): string {
  return text.replace(/\\x[0-9a-fA-F]{2}|\\.|([A-Za-z])-([A-Za-z])|[A-Za-z]/g, (all, from?: string, to?: string) => {
    if (all.startsWith('\\')) return all;
    if (from === undefined || to === undefined) return `${all.toLowerCase()}${all.toUpperCase()}`;
    return `${from.toLowerCase()}-${to.toLowerCase()}${from.toUpperCase()}-${to.toUpperCase()}`;
  });
}
