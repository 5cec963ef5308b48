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

/** Whether the text calls the mirror by a line that somebody wrote by hand. */
export function callsMirror(text: string): boolean {
  return hasCommand(text, /\bckpt\b.*\bdual-write\b/);
}

/** Whether the text calls `ckpt push`. */
export function callsPush(text: string): boolean {
  return hasCommand(text, /\bckpt\b.*(?<!\bgit)\s+push(?![\w-])/);
}

function hasCommand(text: string, command: RegExp): boolean {
  return text.split('\n').some((line) => !/^\s*#/.test(line) && command.test(line));
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? '';
}
