import { PROMPT_SEPARATOR } from '../checkpoint/files.ts';
import { readPrompt } from '../transcripts/prompt.ts';

/** Bytes of a prompt that are looked at for its line: some agents put pages of the web in front of it. */
const LOOKED_AT = 1 << 15;
/** Characters of it that are kept. */
const KEPT = 200;

/** What agents put in as a line of its own, and lines of marks alone. */
const PUT_IN =
  /^(?:this session is being continued from a previous conversation.*|\[request interrupted by user.*\]|<\/?[a-z][\w-]*>|<!--.*-->|```\w*|[^\p{L}\p{N}]+)$/iu;

/** Words that any prompt may have whatever it is about: a line of these alone sets no checkpoint apart. */
const COMMON_WORDS = new Set(
  `a again ahead all already also an and any are as at back be but can commit commits continue could do don't done
  everything execute few file files fine first following follow for go going good great have hello here hey hi how i if implement in
  into is it its it's just know let let's lets like look make me meaningful more my next nice no not now of off ok okay on one or our
  perfect plan please pls pr proceed progress pull push ready request retry right same see should so some something sounds sure t
  task thank thanks that the them then there these they thing this those through to too try up update us use want way we well what
  when where which will with work would yeah yep yes you your`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Whether a line says what is wanted. A command, a path, or a word of another language does. */
function isTelling(line: string): boolean {
  if (PUT_IN.test(line)) return false;
  const words =
    line
      .toLowerCase()
      .replaceAll('\u2019', "'")
      .match(/[\p{L}\p{M}\p{N}']+/gu) ?? [];
  return words.some((word) => !COMMON_WORDS.has(word) && !/^\p{N}+$/u.test(word));
}

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
  const line = lines.find(isTelling) ?? lines[0];
  return line === undefined ? undefined : [...line.replace(/^#+\s+/, '')].slice(0, KEPT).join('');
}
