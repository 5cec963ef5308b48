/** The shells that understand the block. fish, csh and PowerShell do not. */
const SHELLS = /^(?:ba|da|a|k|mk|pdk|z|ya)?sh(?:\.exe)?$/;

/**
 * Whether a hook is a script that sh reads. Without a `#!` line it is: git hands such a hook to sh. A file with a zero byte
 * is a program.
 */
export function isShellScript(text: string): boolean {
  if (text.includes('\0')) return false;
  const shebang = /^#![ \t]*([^\r\n]*)/.exec(text)?.[1];
  if (shebang === undefined) return true;
  const words = shebang.split(/[ \t]+/).filter((word, index) => index === 0 || !/^-|=/.test(word));
  const [program = '', argument = ''] = words.map(baseName);
  // `/usr/bin/env sh` and `/bin/busybox sh` name the shell in the second place.
  return SHELLS.test(program === 'env' || program === 'busybox' ? argument : program);
}

/** Commands that say a line, or do nothing with it. */
const ONLY_SAYS = /^(?:echo|printf|:|true|false)(?=\s|$)/;

/** Ends a script for certain: not an `exec` that has redirections alone. */
const ENDS = /^(?:exit\b|exec\s+(?![\d&<>]))/;

/** A call of `ckpt dual-write`; `$c` is how the line that install prints calls it. */
const MIRROR = /(?:\bckpt\b|\$c\b).*\bdual-write\b/s;
const PUSH = /(?:\bckpt\b|\$c\b).*(?<!\bgit)\s+push(?![\w-])/s;

/**
 * Whether the text calls the mirror by a line that somebody wrote by hand. Of a shell script, what stands in a comment, in a text that is printed,
 * or after an `exit` is none; whether a condition holds can't be read. Whoever is in doubt says no: two mirrors do no harm, none does.
 */
export function callsMirror(text: string): boolean {
  return hasCommand(text, MIRROR);
}

/** The same of `ckpt push`. */
export function callsPush(text: string): boolean {
  return hasCommand(text, PUSH);
}

function hasCommand(text: string, pattern: RegExp): boolean {
  if (!isShellScript(text)) return text.split('\n').some((line) => !/^\s*(?:#|\/\/)/.test(line) && pattern.test(line));
  for (const { command, isAtMargin } of commandsIn(withoutHereDocuments(text))) {
    if (pattern.test(command) && !ONLY_SAYS.test(command)) return true;
    if (isAtMargin && ENDS.test(command)) return false;
  }
  return false;
}

/** A word of a script in quotes, an escaped character, a comment, or what ends a command; a line may go on after a backslash. */
const PARTS = /'[^']*'?|"(?:[^"\\]|\\.)*"?|\\\r?\n|\\.|(?<![^\s;&|(){}])#[^\n]*|[\n;&|(){}]/gs;

/** The simple commands of a script, and whether each begins where its line does. */
function* commandsIn(text: string): Generator<{ readonly command: string; readonly isAtMargin: boolean }> {
  let start = 0;
  const until = (end: number) => {
    const command = text.slice(start, end);
    return { command: command.trim(), isAtMargin: (start === 0 || text[start - 1] === '\n') && !/^\s/.test(command) };
  };
  for (const { 0: part, index } of text.matchAll(PARTS)) {
    if (part.startsWith('#')) {
      yield until(index);
      start = index + part.length;
    } else if (/^[\n;&|(){}]$/.test(part)) {
      yield until(index);
      start = index + 1;
    }
  }
  yield until(text.length);
}

/** A script without the texts that its commands read (`<<EOF`). */
function withoutHereDocuments(text: string): string {
  const kept: string[] = [];
  let end: string | undefined;
  for (const line of text.split('\n')) {
    if (end !== undefined) {
      if (line.replace(/^\t+/, '').trimEnd() === end) end = undefined;
      continue;
    }
    kept.push(line);
    if (!/^\s*#/.test(line))
      end = /(?<!<)<<-?\s*(?:'([^']+)'|"([^"]+)"|\\?([\w-]+))/.exec(line)?.slice(1).find(Boolean);
  }
  return kept.join('\n');
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? '';
}
