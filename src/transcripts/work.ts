import { createTwoFilesPatch } from 'diff';
import { cut, type Work } from './entry.ts';
import { type Fields, isFields, listAt, parseJson, textAt } from './members.ts';

const PATH = ['file_path', 'filePath', 'path', 'target_file', 'notebook_path', 'filename'] as const;
const OLD = ['old_string', 'oldText', 'old_str', 'oldString'] as const;
const NEW = ['new_string', 'newText', 'new_str', 'newString', 'new_source'] as const;
const WHOLE = ['content', 'contents', 'file_text', 'fileText', 'text'] as const;
/** The values that say most of a call, the best first. */
const SUBJECTS = [...PATH, 'pattern', 'query', 'url', 'description', 'subject', 'name', 'skill', 'prompt', 'message'];
const WRITES = /write|create|save/i;
/** Characters of a subject. */
const LONGEST_SUBJECT = 200;

/**
 * What a tool is asked to do, by its name and input. The input says more than the name: agents name their tools as they like,
 * but a command is a `command` or `cmd`, and an edit has an old and a new text.
 */
export function workOf(name: string, input: unknown): Work {
  if (typeof input === 'string') return workOfText(input);
  if (!isFields(input))
    return { form: 'other', subject: '', fields: cut(input === undefined ? '' : JSON.stringify(input)) };
  const command = commandIn(input);
  if (command !== undefined) {
    return { form: 'command', command: cut(command), purpose: textAt(input, 'description', 'justification') };
  }
  const patch = patchIn(name, input);
  if (patch !== undefined) return patch;
  const code = textAt(input, 'code', 'script');
  if (code !== undefined) return { form: 'code', code: cut(code) };
  const subject = subjectOf(input);
  // What the subject says already is not said again.
  const others = Object.entries(input).filter(([, value]) => value !== subject);
  return { form: 'other', subject, fields: cut(JSON.stringify(Object.fromEntries(others))) };
}

/** An input that is a text: JSON, a patch, or a program. */
function workOfText(text: string): Work {
  const value = parseJson(text);
  if (isFields(value)) return workOf('', value);
  if (text.startsWith('*** Begin Patch')) return { form: 'edit', path: pathOfPatch(text), patch: cut(text) };
  return { form: 'code', code: cut(text) };
}

function commandIn(input: Fields): string | undefined {
  for (const key of ['command', 'cmd', 'commands']) {
    const value = input[key];
    if (typeof value === 'string') return value;
    if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return commandOfWords(value);
  }
  return undefined;
}

/** What a shell runs for `["bash", "-lc", "make"]`; the words otherwise. */
function commandOfWords(words: readonly string[]): string {
  const [shell = '', flag = '', script] = words;
  return /(?:^|\/)(?:ba|z|da|k)?sh$/.test(shell) && /^-\w*c$/.test(flag) && script !== undefined
    ? script
    : words.join(' ');
}

function patchIn(name: string, input: Fields): Work | undefined {
  const given = textAt(input, 'patch', 'diff', 'input');
  if (given !== undefined && /^(?:\*\*\* Begin Patch|--- |diff --git )/m.test(given)) {
    return { form: 'edit', path: pathOfPatch(given), patch: cut(given) };
  }
  const path = textAt(input, ...PATH);
  const edits = [input, ...listAt(input, 'edits').filter(isFields)].flatMap((edit) => {
    const before = textAt(edit, ...OLD);
    const after = textAt(edit, ...NEW);
    return before === undefined || after === undefined ? [] : [hunk(before, after)];
  });
  if (edits.length > 0) return { form: 'edit', path, patch: cut(edits.join('\n')) };
  const whole = textAt(input, ...WHOLE);
  if (path === undefined || whole === undefined || !WRITES.test(name)) return undefined;
  return { form: 'edit', path, patch: cut(hunk('', whole)) };
}

/** The difference of two texts as a unified diff without its head; texts that take too long to compare are shown one after the other. */
function hunk(before: string, after: string): string {
  const patch = createTwoFilesPatch('', '', before, after, '', '', { context: 3, maxEditLength: 1000 });
  const lines = patch?.split('\n') ?? [...prefixed('-', before), ...prefixed('+', after)];
  const at = patch === undefined ? 0 : lines.findIndex((line) => line.startsWith('@@'));
  return lines
    .slice(at < 0 ? lines.length : at) // without a hunk both are equal: an empty file is written, say
    .filter((line) => !/^(?:@@ |\\ No newline)/.test(line))
    .join('\n')
    .replace(/\n$/, '');
}

function prefixed(sign: string, text: string): string[] {
  return text === '' ? [] : text.split('\n').map((line) => sign + line);
}

function pathOfPatch(patch: string): string | undefined {
  return /^(?:\*\*\* (?:Update|Add|Delete) File: |\+\+\+ (?:b\/)?)(.+)$/m.exec(patch)?.[1];
}

function subjectOf(input: Fields): string {
  const named = textAt(input, ...SUBJECTS);
  // A search for many things at once has lists: `{"queries": […], "workflow": "summary"}`.
  const [listed] = ['queries', 'urls', 'paths', 'files'].flatMap((key) => listAt(input, key));
  const [first = ''] = [listed, ...Object.values(input)].filter((value) => typeof value === 'string');
  const subject = (named ?? (first as string)).replace(/\s+/g, ' ').trim();
  return subject.length > LONGEST_SUBJECT ? `${subject.slice(0, LONGEST_SUBJECT)}…` : subject;
}
