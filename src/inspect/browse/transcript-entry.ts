/** Who or what speaks in an entry of a transcript; `other` is what no known form explains. */
export type Speaker = 'user' | 'assistant' | 'thinking' | 'tool call' | 'tool result' | 'system' | 'other';

/** A piece of a conversation, as a person reads it: of long texts the beginning. */
export interface TranscriptEntry {
  readonly who: Speaker;
  readonly text: string;
}

/** Characters that are kept of what is said, of a tool's input, of its result, and of what is not understood. */
const KEPT = { said: 4000, input: 200, result: 800, raw: 400 };

type Fields = Readonly<Record<string, unknown>>;

/**
 * The entries that one value of a transcript stands for: a line of JSONL, a document with `messages`, a list of them. Knows the forms of
 * Claude Code (`type`, `message.content`), Codex (`payload`), Gemini (`toolCalls`, `parts`), OpenCode (`info`, `parts`) and
 * whatever has a role and a text. What it does not know becomes an `other` entry: nothing is left out.
 */
export function entriesOf(value: unknown): TranscriptEntry[] {
  if (Array.isArray(value)) return value.flatMap(entriesOf);
  if (!isFields(value)) return [rawEntry(value)];
  if (Array.isArray(value.messages)) return value.messages.flatMap(entriesOf);
  const message = [value.message, value.payload].find(isFields) ?? value;
  const info = isFields(value.info) ? value.info : undefined;
  const who = speakerOf(message.role ?? info?.role ?? value.role ?? value.type);
  const content = message.content ?? message.parts ?? message.text ?? (message === value ? undefined : value.message);
  const calls = Array.isArray(message.toolCalls) ? message.toolCalls.flatMap(callEntries) : [];
  const said = [...contentEntries(content ?? plainMessage(value), who), ...calls];
  if (said.length > 0) return said;
  const single = blockEntries(message, who);
  return single.length > 0 ? single : [rawEntry(value)];
}

/** A line that is no JSON, or a value that no form explains. */
export function rawEntry(value: unknown): TranscriptEntry {
  return { who: 'other', text: kept(typeof value === 'string' ? value : JSON.stringify(value), KEPT.raw) };
}

function plainMessage({ message }: Fields): unknown {
  return typeof message === 'string' ? message : undefined;
}

function contentEntries(content: unknown, who: Speaker): TranscriptEntry[] {
  if (typeof content === 'string') return said(who, content);
  if (!Array.isArray(content)) return isFields(content) ? blockEntries(content, who) : [];
  return content.flatMap((block) => {
    if (typeof block === 'string') return said(who, block);
    const entries = isFields(block) ? blockEntries(block, who) : [];
    return entries.length > 0 ? entries : [rawEntry(block)];
  });
}

/** A block of a message: a text, a thought, a tool that is called or that answers. */
function blockEntries(block: Fields, who: Speaker): TranscriptEntry[] {
  const { type } = block;
  if (type === 'thinking' || type === 'reasoning') return thought(block);
  if (isFields(block.functionCall)) return callEntries(block.functionCall);
  if (isFields(block.functionResponse)) return result(block.functionResponse.response);
  if (type === 'tool_result') return result(block.content);
  if (type === 'function_call_output') return result(block.output);
  const isCall = ['tool_use', 'tool_call', 'tool-call', 'toolCall', 'tool', 'function_call'].includes(String(type));
  if (isCall) return callEntries(block);
  if (typeof block.text === 'string') return said(who, block.text);
  return [];
}

function thought(block: Fields): TranscriptEntry[] {
  const text = block.thinking ?? block.text ?? block.summary;
  return said('thinking', typeof text === 'string' ? text : textsOf(text));
}

/** A call, in one line, and its answer where it stands beside it. */
function callEntries(call: unknown): TranscriptEntry[] {
  if (!isFields(call)) return [rawEntry(call)];
  const state = isFields(call.state) ? call.state : call;
  const input = call.input ?? call.args ?? call.arguments ?? state.input ?? {};
  const name = String(call.name ?? call.tool ?? call.toolName ?? 'tool');
  const text = kept((typeof input === 'string' ? input : JSON.stringify(input)).replace(/\s+/g, ' '), KEPT.input);
  return [{ who: 'tool call', text: `${name} ${text}` }, ...result(call.result ?? state.output)];
}

function result(content: unknown): TranscriptEntry[] {
  if (content === undefined || content === null) return [];
  const text = textsOf(content);
  return [{ who: 'tool result', text: kept(text === '' ? JSON.stringify(content) : text, KEPT.result) }];
}

/** The texts in a value, joined; empty where it has none. */
function textsOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(textsOf).filter(Boolean).join('\n');
  if (!isFields(content)) return '';
  return textsOf(content.text ?? content.content ?? content.output ?? '');
}

function said(who: Speaker, text: string): TranscriptEntry[] {
  return text.trim() === '' ? [] : [{ who, text: kept(text.trim(), KEPT.said) }];
}

function speakerOf(role: unknown): Speaker {
  if (role === 'user' || role === 'human') return 'user';
  if (role === 'assistant' || role === 'gemini' || role === 'model' || role === 'agent') return 'assistant';
  if (role === 'system' || role === 'developer') return 'system';
  return role === 'tool' ? 'tool result' : 'other';
}

function kept(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)} … (${text.length - most} more characters)`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
