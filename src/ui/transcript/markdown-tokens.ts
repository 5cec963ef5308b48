import { marked, type Token } from 'marked';

/** Characters of a text that are read as Markdown: some texts of many more take seconds. */
const LONGEST = 20_000;
/** Levels of quotes, lists and emphasis in each other. Who has more did not write prose. */
const DEEPEST = 50;

/** The Markdown of a text. One that is too long, or in which too much lies in each other, is one paragraph of plain text. */
export function markdownTokens(text: string): readonly Token[] {
  const plain: readonly Token[] = [{ type: 'paragraph', raw: text, text, tokens: [{ type: 'text', raw: text, text }] }];
  if (text.length > LONGEST) return plain;
  try {
    const tokens = marked.lexer(text, { gfm: true });
    return isDeeper(tokens, DEEPEST) ? plain : tokens;
  } catch (error) {
    // The library reads what lies in each other by calling itself: thousands of levels fill the stack.
    if (error instanceof RangeError) return plain;
    throw error;
  }
}

function isDeeper(tokens: readonly Token[], most: number): boolean {
  if (most === 0) return tokens.length > 0;
  return tokens.some((token) => {
    const { tokens: inner = [], items = [] } = token as { tokens?: readonly Token[]; items?: readonly Token[] };
    return isDeeper([...inner, ...items], most - 1);
  });
}
