import { call, callEntries, contentEntries, hidden, prompted, result, said, speakerOf } from './blocks.ts';
import type { TranscriptEntry } from './entry.ts';
import { type Fields, fieldsAt, isFields, listAt, textAt, textsIn, timeOf } from './members.ts';

/** Lines of Pi and of Factory's Droid that keep their own books. */
const BOOKS = new Set([
  'session',
  'session_start',
  'session_end',
  'session_info',
  'model_change',
  'thinking_level_change',
  'custom',
  'custom_message',
  'label',
  'todo_state',
  'branch_summary',
]);

/** The entries of a line of Pi or Droid (`{"type":"message","message":{…}}`); `undefined` where it has another form. */
export function messageLineEntries(line: Fields): TranscriptEntry[] | undefined {
  const type = String(line.type);
  const at = timeOf(line.timestamp);
  if (BOOKS.has(type)) return [hidden(type, line, at)];
  if (type === 'compaction') return said('note', `Compacted: ${textAt(line, 'summary') ?? ''}`, at);
  const { message } = line;
  if (type !== 'message' || !isFields(message)) return undefined;
  if (message.role === 'toolResult') return [result(message.content, message.isError === true, at)];
  if (message.role === 'bashExecution')
    return callEntries({ name: 'bash', input: message, result: message.output }, at);
  // What Droid says to the user stands there as the user's, and is for no one else.
  if (line.visibility === 'user_only' || message.visibility === 'user_only')
    return said('note', textsIn(message.content), at);
  const entries = contentEntries(message.content, speakerOf(message.role), at);
  const failure = textAt(message, 'errorMessage');
  if (failure !== undefined) return [...entries, ...said('note', failure, at)];
  return entries.length > 0 ? entries : [hidden('blank', line, at)];
}

/** The entries of a line of Copilot CLI (`{"type":"user.message","data":{…}}`); `undefined` where it has another form. */
export function copilotEntries(line: Fields): TranscriptEntry[] | undefined {
  const type = String(line.type);
  const { data } = line;
  if (!/^[a-z_]+\.[a-z_.]+$/.test(type) || !isFields(data)) return undefined;
  const at = timeOf(line.timestamp);
  switch (type) {
    case 'user.message':
      return prompted(textAt(data, 'content') ?? '', at);
    case 'assistant.message': {
      const calls = listAt(data, 'toolRequests')
        .filter(isFields)
        .flatMap((request) => callEntries(request, at));
      const entries = [...said('answer', textAt(data, 'content') ?? '', at), ...calls];
      return entries.length > 0 ? entries : [hidden('blank', line, at)];
    }
    case 'assistant.reasoning':
      return said('thinking', textAt(data, 'content') ?? '', at);
    case 'tool.execution_complete':
      return [result(fieldsAt(data, 'result').content ?? data.result ?? data.error, data.success === false, at)];
    case 'session.error':
    case 'abort':
      return said('note', textAt(data, 'message', 'reason') ?? type, at);
    default:
      return [hidden(type, line, at)];
  }
}

/** The entries of one message in a document of Gemini CLI; `undefined` where it has another form. */
export function geminiEntries(message: Fields): TranscriptEntry[] | undefined {
  const type = String(message.type);
  if (!['user', 'gemini', 'info', 'error', 'warning'].includes(type) || message.message !== undefined) return undefined;
  const at = timeOf(message.timestamp);
  if (type === 'error') return said('note', textsIn(message.content), at);
  if (type === 'info' || type === 'warning') return [hidden(type, message, at)];
  const thoughts = listAt(message, 'thoughts').filter(isFields);
  const entries = [
    ...thoughts.flatMap((one) =>
      said('thinking', `**${textAt(one, 'subject') ?? ''}**\n${textAt(one, 'description') ?? ''}`, at),
    ),
    ...contentEntries(message.content, speakerOf(type), at),
    ...listAt(message, 'toolCalls')
      .filter(isFields)
      .flatMap((one) => callEntries(one, timeOf(one.timestamp) ?? at)),
  ];
  return entries.length > 0 ? entries : [hidden('blank', message, at)];
}

/** The entries of one message in a document of OpenCode (`{"info":{…},"parts":[…]}`); `undefined` where it has another form. */
export function openCodeEntries(message: Fields): TranscriptEntry[] | undefined {
  const { info, parts } = message;
  if (!isFields(info) || !Array.isArray(parts)) return undefined;
  const at = timeOf(fieldsAt(info, 'time').created);
  const entries = contentEntries(parts, speakerOf(info.role), at);
  return entries.length > 0 ? entries : [hidden('blank', message, at)];
}

/** The entries of one turn in a document of Kiro (`{"user":{…},"assistant":{…}}`); `undefined` where it has another form. */
export function kiroEntries(turn: Fields): TranscriptEntry[] | undefined {
  const { user, assistant } = turn;
  if (!isFields(user) && !isFields(assistant)) return undefined;
  const entries: TranscriptEntry[] = [];
  if (isFields(user)) {
    const at = timeOf(user.timestamp);
    const content = fieldsAt(user, 'content');
    entries.push(...prompted(textAt(fieldsAt(content, 'Prompt'), 'prompt') ?? '', at));
    for (const one of listAt(fieldsAt(content, 'ToolUseResults'), 'tool_use_results').filter(isFields)) {
      entries.push(result(one.content ?? one, one.status === 'Error', at));
    }
  }
  if (isFields(assistant)) {
    const answer = { ...fieldsAt(assistant, 'Response'), ...fieldsAt(assistant, 'ToolUse') };
    entries.push(...said('answer', textAt(answer, 'content') ?? ''));
    for (const one of listAt(answer, 'tool_uses').filter(isFields))
      entries.push(call(textAt(one, 'name') ?? 'tool', one.args));
  }
  return entries.length > 0 ? entries : [hidden('blank', turn)];
}
