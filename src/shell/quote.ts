/** A text as one word of a POSIX shell, quoted where that takes it for something else otherwise. */
export function shellWord(text: string): string {
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(text) ? text : quoted(text);
}

/** A text in single quotes: one word of sh, bash or zsh, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command as text: its words as a POSIX shell takes them. */
export function commandText(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
