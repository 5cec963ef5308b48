import { isObject, textOf, tryObject } from '../json/read.ts';

/** What a line of a transcript, compact or raw, is known by in the other one. */
export interface LineFacts {
  /** Who speaks; `undefined` for a line that keeps an agent's own books, or that can't be read. */
  readonly role: 'user' | 'assistant' | undefined;
  readonly time: string | undefined;
  /** IDs of the message and of the line; a compact line has at most one. */
  readonly ids: readonly string[];
  /** True for a user's line that holds answers of tools alone: compact transcripts keep these with the call. */
  readonly isAnswer: boolean;
}

const ROLES: Readonly<Record<string, 'user' | 'assistant'>> = {
  user: 'user',
  human: 'user',
  'user.message': 'user',
  assistant: 'assistant',
  'assistant.message': 'assistant',
};

const NOTHING: LineFacts = { role: undefined, time: undefined, ids: [], isAnswer: false };

/**
 * What a line is known by, in the forms that agents write: Claude Code and those that borrow its form (`type`, `message.id`, `uuid`,
 * `timestamp`), Copilot (`user.message`, `data.messageId`), lines with `message.role` (Pi, Factory) or `role` (Cursor). Compact
 * lines have the role as their `type`.
 */
export function factsOfLine(line: Buffer): LineFacts {
  const value = tryObject(line);
  if (value === undefined) return NOTHING;
  const message = isObject(value.message) ? value.message : {};
  const data = isObject(value.data) ? value.data : {};
  const role = [value.type, message.role, value.role].flatMap((one) => ROLES[textOf(one) ?? ''] ?? []).at(0);
  const content = message.content ?? value.content;
  const blocks = Array.isArray(content) ? content : [];
  return {
    role,
    time: [value.timestamp, value.ts, value.created_at].flatMap((one) => textOf(one) ?? []).at(0),
    ids: [message.id, data.messageId, value.id, value.uuid].flatMap((one) => textOf(one) ?? []),
    isAnswer: blocks.length > 0 && blocks.every((block) => isObject(block) && block.type === 'tool_result'),
  };
}
