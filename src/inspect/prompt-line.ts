import { PROMPT_SEPARATOR } from '../checkpoint/files.ts';
import { readPrompt } from '../transcripts/prompt.ts';

/** Bytes of a prompt that are looked at for its line. */
const LOOKED_AT = 4096;
/** Characters of it that are kept. */
const KEPT = 200;

/** What agents and people begin with whatever they are about: it sets no checkpoint apart. */
const SAYS_NOTHING =
  /^(?:(?:please )?(?:implement|execute|follow) (?:the|this)(?: following)? plan[:.]?|(?:y|yes|no|ok|okay|sure|go|go ahead|do it|make it so|next|next is|continue|proceed|try again|retry|commit|push|commit(?: and |, | ?\/ ?)push|thanks|thank you|hi|hello)[.!?]*|this session is being continued from a previous conversation.*|\[request interrupted by user.*\]|<\/?[a-z][\w-]*>|```\w*|[-=*_#\s]+)$/i;

/**
 * The first line of what was typed that says what is wanted, of at most 200 characters: not a phrase that any prompt may begin with, nor a
 * tag alone; without the marks of a heading. Where nothing was typed, what the agent's program put in (a task that ended); where no line
 * is better, the first; `undefined` where there is none.
 */
export function tellingLine(content: Buffer): string | undefined {
  const text = new TextDecoder('utf-8').decode(content.subarray(0, LOOKED_AT), { stream: true });
  const prompts = text.split(PROMPT_SEPARATOR).map(readPrompt);
  const ordered = (['prompt', 'note', 'hidden'] as const).flatMap((kind) => prompts.filter((one) => one.kind === kind));
  const lines = ordered
    .flatMap((prompt) => prompt.text.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '---');
  const line = lines.find((one) => !SAYS_NOTHING.test(one)) ?? lines[0];
  return line === undefined ? undefined : [...line.replace(/^#+\s+/, '')].slice(0, KEPT).join('');
}
