import { contentEntries, hidden, raw, speakerOf } from './blocks.ts';
import { claudeEntries } from './claude.ts';
import { CodexReader } from './codex.ts';
import type { TranscriptEntry } from './entry.ts';
import { type Fields, isFields, timeOf } from './members.ts';
import { copilotEntries, geminiEntries, kiroEntries, messageLineEntries, openCodeEntries } from './other-agents.ts';

/**
 * Reads the values of one transcript in their order: lines of JSONL, or one document. The form of each value says which agent
 * wrote it; what the metadata call the agent does not, since one program writes several forms and new agents borrow old ones.
 * Nothing is left out: what a reader does not want to see is a `hidden` entry, what no form explains a `raw` one.
 */
export class TranscriptReader {
  readonly #codex = new CodexReader();
  /** Pull requests that were named: Claude Code writes one again and again. */
  readonly #pullRequests = new Set<unknown>();

  /** The entries that one value stands for, at least one. */
  entries(value: unknown): TranscriptEntry[] {
    if (Array.isArray(value)) return value.flatMap((one) => this.entries(one));
    if (!isFields(value)) return [raw(value)];
    if (value.type === 'pr-link') {
      if (this.#pullRequests.has(value.prUrl)) return [hidden('repeated', value, timeOf(value.timestamp))];
      this.#pullRequests.add(value.prUrl);
    }
    const parts = [value.messages, value.history].find(Array.isArray);
    if (parts !== undefined && value.role === undefined) {
      return parts.length > 0 ? parts.flatMap((one: unknown) => this.entries(one)) : [hidden('blank', value)];
    }
    return (
      this.#codex.entries(value) ??
      openCodeEntries(value) ??
      messageLineEntries(value) ??
      copilotEntries(value) ??
      geminiEntries(value) ??
      claudeEntries(value) ??
      kiroEntries(value) ??
      roleEntries(value) ?? [raw(value)]
    );
  }
}

/** Whatever has a role and a text: Cursor's lines, and agents that nobody knows. */
function roleEntries(value: Fields): TranscriptEntry[] | undefined {
  const message = isFields(value.message) ? value.message : value;
  const role = speakerOf(message.role ?? value.role ?? value.type);
  const content = message.content ?? message.parts ?? message.text ?? (message === value ? value.message : undefined);
  const at = timeOf(value.timestamp ?? value.ts ?? value.created_at);
  if (role === undefined || content === undefined) return undefined;
  const entries = contentEntries(content, role, at);
  return entries.length > 0 ? entries : [hidden('blank', value, at)];
}
