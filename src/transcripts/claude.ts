import { contentEntries, hidden, said, speakerOf } from './blocks.ts';
import type { TranscriptEntry } from './entry.ts';
import { type Fields, fieldsAt, isFields, textAt, timeOf } from './members.ts';

/** Lines of Claude Code that keep its own books: nothing that anybody said or did. */
const BOOKS = new Set([
  'progress',
  'attachment',
  'file-history-snapshot',
  'file-history-delta',
  'last-prompt',
  'mode',
  'permission-mode',
  'queue-operation',
  'ai-title',
  'custom-title',
  'agent-name',
  'agent-color',
  'bridge-session',
  'summary',
  'tag',
  'worktree-state',
  'content-replacement',
]);
/** Lines of type `system` that a reader wants to see. */
const NOTES = new Set([
  'away_summary',
  'compact_boundary',
  'microcompact_boundary',
  'api_error',
  'informational',
  'scheduled_task_fire',
]);

/** The entries of a line of Claude Code, or of an agent that writes the same form; `undefined` where it has another form. */
export function claudeEntries(line: Fields): TranscriptEntry[] | undefined {
  const type = String(line.type);
  const at = timeOf(line.timestamp);
  if (BOOKS.has(type)) return [hidden(type, line, at)];
  if (type === 'pr-link') return said('note', `Pull request #${line.prNumber}: ${line.prUrl}`, at);
  if (type === 'system') return systemEntries(line, at);
  if ((type !== 'user' && type !== 'assistant' && type !== 'human') || line.data !== undefined) return undefined;
  const { message } = line;
  if (line.isMeta === true) return [hidden('meta', line, at)];
  if (line.isCompactSummary === true)
    return said('note', `Compacted: ${textAt(fieldsAt(line, 'message'), 'content') ?? ''}`, at);
  if (typeof message === 'string') return contentEntries(message, speakerOf(type), at);
  if (!isFields(message)) return undefined;
  const entries = contentEntries(
    message.content ?? message.parts ?? message.text,
    speakerOf(message.role) ?? speakerOf(type),
    at,
  );
  return entries.length > 0 ? entries : [hidden('blank', line, at)];
}

function systemEntries(line: Fields, at: string | undefined): TranscriptEntry[] {
  const subtype = textAt(line, 'subtype') ?? 'system';
  const content = textAt(line, 'content') ?? '';
  if (subtype === 'local_command') return contentEntries(content, 'user', at);
  return NOTES.has(subtype) && content.trim() !== '' ? said('note', content, at) : [hidden(subtype, line, at)];
}
