/**
 * What the user can do about an error: a text, or its parts, of which a command is a list of words. Who prints it quotes the
 * words for a shell, and adds the repository that the user named.
 */
export type Hint = string | readonly (string | readonly string[])[];
