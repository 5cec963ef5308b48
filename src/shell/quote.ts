/** A text as one word of a POSIX shell, quoted where that takes it for something else otherwise. */
export function shellWord(text: string): string {
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(text) ? text : quoted(text);
}

/** A text in single quotes: one word of sh, bash or zsh, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
