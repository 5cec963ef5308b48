import { cut, type SaidEntry, type TranscriptEntry } from './entry.ts';
import { type Fields, fieldsAt, isFields, listAt, textAt, textsIn } from './members.ts';
import { readPrompt } from './prompt.ts';
import { workOf } from './work.ts';

/** Who a message is from. */
export type Speaker = 'user' | 'assistant' | 'system' | 'tool';

/** The role that a message names; `undefined` for a word that no agent uses for one. */
export function speakerOf(value: unknown): Speaker | undefined {
  if (value === 'user' || value === 'human') return 'user';
  if (value === 'assistant' || value === 'gemini' || value === 'model' || value === 'agent' || value === 'ai')
    return 'assistant';
  if (value === 'system' || value === 'developer') return 'system';
  return value === 'tool' || value === 'toolResult' || value === 'function' ? 'tool' : undefined;
}

/** An entry of bookkeeping. */
export function hidden(what: string, value: unknown, at?: string): TranscriptEntry {
  return { kind: 'hidden', what, raw: cut(typeof value === 'string' ? value : JSON.stringify(value)), at };
}

/** Text that somebody said; nothing where it is blank. */
export function said(kind: SaidEntry['kind'], text: string, at?: string): TranscriptEntry[] {
  return text.trim() === '' ? [] : [{ kind, text: cut(text.trim()), at }];
}

/** A call of a tool, its input as the agent wrote it. */
export function call(name: string, input: unknown, at?: string): TranscriptEntry {
  return { kind: 'call', name, work: workOf(name, input), at };
}

/** What a tool gave back: the text in it, else the value as JSON. */
export function result(content: unknown, isError: boolean, at?: string): TranscriptEntry {
  const images = imagesIn(content);
  const text = textsIn(content);
  const isNothing = content === undefined || content === null || text !== '' || images.length > 0;
  const shown = isNothing ? text : JSON.stringify(content);
  return { kind: 'result', text: cut(shown === '""' ? '' : shown), isError, at, ...(images.length > 0 && { images }) };
}

/** A text of the user's, told apart from what the agent's program put in. */
export function prompted(text: string, at?: string): TranscriptEntry[] {
  if (text.trim() === '') return [];
  const prompt = readPrompt(text);
  return prompt.kind === 'hidden' ? [hidden('context', text, at)] : said(prompt.kind, prompt.text, at);
}

/**
 * The entries of a message's content: a text, or a list of blocks in any of the forms that agents use (Anthropic's, OpenAI's,
 * Google's, Pi's). Blank texts and thoughts of which only a signature is left are bookkeeping. A block of no known form is raw.
 */
export function contentEntries(content: unknown, role: Speaker | undefined, at?: string): TranscriptEntry[] {
  if (typeof content === 'string') return spoken(content, role, at);
  if (isFields(content)) return blockEntries(content, role, at);
  if (!Array.isArray(content)) return [];
  const images = imagesIn(content.filter((block) => isFields(block) && block.type !== 'tool_result'));
  const entries = content.flatMap((block) => {
    if (typeof block === 'string') return spoken(block, role, at);
    return isFields(block) ? blockEntries(block, role, at) : [raw(block, at)];
  });
  if (images.length === 0) return entries;
  const at0 = entries.findIndex(({ kind }) => kind === 'prompt' || kind === 'answer');
  const target = entries[at0];
  if (target === undefined) return [...entries, { kind: 'note', text: cut(''), images, at }];
  return entries.with(at0, { ...(target as SaidEntry), images });
}

/** A value of no known form. */
export function raw(value: unknown, at?: string): TranscriptEntry {
  return { kind: 'raw', raw: cut(typeof value === 'string' ? value : (JSON.stringify(value) ?? '')), at };
}

function spoken(text: string, role: Speaker | undefined, at: string | undefined): TranscriptEntry[] {
  if (role === 'user') return prompted(text, at);
  if (role === 'system') return text.trim() === '' ? [] : [hidden('system', text, at)];
  if (role === 'tool') return [result(text, false, at)];
  return said('answer', text, at);
}

const THOUGHTS = new Set(['thinking', 'reasoning', 'redacted_thinking', 'thought']);
const CALLS = new Set([
  'tool_use',
  'tool_call',
  'tool-call',
  'toolCall',
  'tool',
  'function_call',
  'server_tool_use',
  'mcp_tool_use',
]);
const TEXTS = new Set(['text', 'input_text', 'output_text', 'summary_text', 'refusal']);
const IMAGES = new Set(['image', 'input_image', 'image_url', 'localImage']);
const RESULTS = /^(?:(?:web_search_|mcp_)?tool_result|toolResult|tool-result)$/;

function blockEntries(block: Fields, role: Speaker | undefined, at: string | undefined): TranscriptEntry[] {
  const type = String(block.type);
  if (THOUGHTS.has(type) || block.thought === true) {
    const thought = textsIn(block.thinking ?? block.text ?? block.summary ?? block.content);
    return thought.trim() === '' ? [hidden('thinking', block, at)] : said('thinking', thought, at);
  }
  if (isFields(block.functionCall)) return callEntries(block.functionCall, at);
  if (isFields(block.functionResponse)) return [result(block.functionResponse.response, false, at)];
  if (RESULTS.test(type)) return [result(block.content ?? block.output, block.is_error === true, at)];
  if (CALLS.has(type)) return callEntries(block, at);
  if (IMAGES.has(type)) return [];
  if (TEXTS.has(type) || typeof block.text === 'string')
    return spoken(textAt(block, 'text', 'refusal') ?? '', role, at);
  if (/^(?:step-|snapshot|patch$|encrypted_content|document$|file$)/.test(type)) return [hidden(type, block, at)];
  return [raw(block, at)];
}

/** A call, and its answer where that stands beside it (OpenCode, Gemini). */
export function callEntries(one: Fields, at: string | undefined): TranscriptEntry[] {
  const state = fieldsAt(one, 'state');
  const name = textAt(one, 'name', 'tool', 'toolName') ?? 'tool';
  const input = one.input ?? one.args ?? one.arguments ?? state.input ?? {};
  const answer = one.result ?? state.output ?? state.error;
  const isError = one.status === 'error' || state.status === 'error';
  const entry = call(name, input, at);
  return answer === undefined || answer === null ? [entry] : [entry, result(answer, isError, at)];
}

/** The media types of the images in a message's content. */
function imagesIn(content: unknown): string[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((block) => {
    if (!isFields(block) || !IMAGES.has(String(block.type))) return [];
    const source = fieldsAt(block, 'source');
    const url = textAt(block, 'image_url', 'url') ?? textAt(fieldsAt(block, 'image_url'), 'url');
    return [
      textAt(source, 'media_type') ??
        textAt(block, 'mimeType', 'mediaType') ??
        /^data:([^;,]+)/.exec(url ?? '')?.[1] ??
        'image',
    ];
  });
}

/** The images that a list of paths or URLs stands for. */
export function namedImages(value: Fields, ...keys: readonly string[]): string[] {
  return keys.flatMap((key) =>
    listAt(value, key).map((image) => (typeof image === 'string' ? (image.split('/').at(-1) ?? 'image') : 'image')),
  );
}
