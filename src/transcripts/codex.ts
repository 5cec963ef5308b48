import { call, contentEntries, hidden, namedImages, prompted, raw, result, said, speakerOf } from './blocks.ts';
import { codexOutput } from './codex-output.ts';
import { cut, type TranscriptEntry } from './entry.ts';
import { type Fields, fieldsAt, isFields, textAt, textsIn, timeOf } from './members.ts';
import { callsInProgram } from './tool-program.ts';

const KINDS = new Set([
  'response_item',
  'event_msg',
  'session_meta',
  'turn_context',
  'world_state',
  'compacted',
  'inter_agent_communication_metadata',
]);

/** Messages that are kept to recognise a repeat: a turn has its text twice, some lines apart. */
const REMEMBERED = 64;

/**
 * Reads lines of Codex. It writes what is said twice, as an item of the model's and as an event for its screen: whichever comes
 * first is shown, the other is bookkeeping.
 */
export class CodexReader {
  readonly #shown: string[] = [];

  /** The entries of a line; `undefined` where it has another form. */
  entries(line: Fields): TranscriptEntry[] | undefined {
    const type = String(line.type);
    const { payload } = line;
    if (!KINDS.has(type) || !isFields(payload)) return undefined;
    const at = timeOf(line.timestamp);
    if (type === 'response_item') return this.#item(payload, at);
    if (type === 'event_msg') return this.#event(payload, at);
    return type === 'compacted' ? [hidden('compacted', line, at)] : [hidden(type, line, at)];
  }

  #item(item: Fields, at: string | undefined): TranscriptEntry[] {
    const type = String(item.type);
    switch (type) {
      case 'message':
        return this.#message(item, at);
      case 'reasoning': {
        const text = textsIn(item.summary) || textsIn(item.content);
        return text.trim() === '' ? [hidden('reasoning', item, at)] : this.#once(said('thinking', text, at), item, at);
      }
      case 'function_call':
      case 'custom_tool_call':
      case 'local_shell_call':
        return callsOf(textAt(item, 'name') ?? 'shell', item.arguments ?? item.input ?? item.action, at);
      case 'web_search_call':
      case 'tool_search_call':
        return [call(type.slice(0, -'_call'.length), item.action ?? item.arguments ?? {}, at)];
      case 'function_call_output':
      case 'custom_tool_call_output':
      case 'tool_search_output': {
        const { content, isError } = codexOutput(item.output ?? item.tools);
        return [result(content, isError, at)];
      }
      case 'agent_message': {
        const names = `${textAt(item, 'author') ?? 'an agent'} to ${textAt(item, 'recipient') ?? 'an agent'}`;
        return said('note', `Message from ${names}\n${textsIn(item.content)}`, at);
      }
      case 'ghost_snapshot':
      case 'compaction':
        return [hidden(type, item, at)];
      default:
        return [raw(item, at)];
    }
  }

  #message(item: Fields, at: string | undefined): TranscriptEntry[] {
    const entries = contentEntries(item.content, speakerOf(item.role) ?? 'system', at);
    return entries.length === 0
      ? [hidden('blank', item, at)]
      : entries.flatMap((entry) => this.#once([entry], item, at));
  }

  #event(event: Fields, at: string | undefined): TranscriptEntry[] {
    const type = String(event.type);
    switch (type) {
      case 'user_message': {
        const images = namedImages(event, 'images', 'local_images');
        const entries = prompted(textAt(event, 'message') ?? '', at);
        const shown =
          images.length === 0
            ? entries
            : entries.map((entry) => (entry.kind === 'prompt' ? { ...entry, images } : entry));
        return this.#once(shown, event, at);
      }
      case 'agent_message':
        return this.#once(said('answer', textAt(event, 'message') ?? '', at), event, at);
      case 'agent_reasoning':
        return this.#once(said('thinking', textAt(event, 'text') ?? '', at), event, at);
      case 'turn_aborted':
        return said('note', `Turn aborted: ${textAt(event, 'reason') ?? 'no reason given'}`, at);
      case 'context_compacted':
        return said('note', 'Context compacted', at);
      case 'error':
      case 'stream_error':
      case 'warning':
        return said('note', `${type}: ${textAt(event, 'message') ?? ''}`, at);
      case 'exited_review_mode':
        return reviewEntries(event, at);
      default:
        return [hidden(type, event, at)];
    }
  }

  /** What was shown already is bookkeeping, and so is what is blank. */
  #once(entries: TranscriptEntry[], value: unknown, at: string | undefined): TranscriptEntry[] {
    const [entry] = entries;
    if (entry === undefined) return [hidden('blank', value, at)];
    if (entry.kind !== 'prompt' && entry.kind !== 'answer' && entry.kind !== 'thinking') return entries;
    const key = `${entry.kind} ${entry.text.text.replace(/\s+/g, ' ')}`;
    const known = this.#shown.indexOf(key);
    if (known >= 0) {
      this.#shown.splice(known, 1);
      return [hidden('repeated', value, at)];
    }
    this.#shown.push(key);
    if (this.#shown.length > REMEMBERED) this.#shown.shift();
    return entries;
  }
}

/** A call; a program that calls tools is shown as these calls, and kept as bookkeeping. */
function callsOf(name: string, input: unknown, at: string | undefined): TranscriptEntry[] {
  const calls = name === 'exec' && typeof input === 'string' ? callsInProgram(input) : [];
  if (calls.length === 0) return [call(name, input, at)];
  return [...calls.map((one) => call(one.name, one.input, at)), hidden('program', input, at)];
}

function reviewEntries(event: Fields, at: string | undefined): TranscriptEntry[] {
  const review = fieldsAt(event, 'review_output');
  const findings = (Array.isArray(review.findings) ? review.findings : []).filter(isFields);
  const lines = findings.map((one) => `- ${textAt(one, 'title') ?? ''}\n  ${textAt(one, 'body') ?? ''}`);
  const text = [textAt(review, 'overall_explanation') ?? '', ...lines].filter(Boolean).join('\n');
  return [{ kind: 'note', text: cut(text === '' ? 'Review ended' : `Review:\n${text}`), at }];
}
