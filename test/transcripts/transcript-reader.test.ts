import { describe, expect, it } from 'vitest';
import { TranscriptReader } from '../../src/transcripts/entry-reader.ts';
import { describeEntry } from './describe-entry.ts';

function read(...values: unknown[]): string[] {
  const reader = new TranscriptReader();
  return values.flatMap((value) => reader.entries(value)).map(describeEntry);
}

/** Without the text of bookkeeping, which is the line itself. */
function readShort(...values: unknown[]): string[] {
  return read(...values).map((entry) => entry.replace(/^(hidden [^:]+): .*$/s, '$1'));
}

describe('Claude Code', () => {
  const user = (content: unknown, more: object = {}) => ({ type: 'user', message: { role: 'user', content }, ...more });
  const assistant = (...content: unknown[]) => ({ type: 'assistant', message: { role: 'assistant', content } });

  it('says, thinks, calls and gets back', () => {
    expect(
      read(
        user('Fix "it"'),
        assistant({ type: 'thinking', thinking: 'Hmm.' }, { type: 'text', text: 'I look.' }),
        assistant({ type: 'tool_use', name: 'Bash', input: { command: 'ls\n-l', description: 'List' } }),
        user([{ type: 'tool_result', content: [{ type: 'text', text: 'a.ts' }] }]),
        user([{ type: 'tool_result', content: 'no such file', is_error: true }]),
      ),
    ).toEqual([
      'prompt: Fix "it"',
      'thinking: Hmm.',
      'answer: I look.',
      'Bash $ ls\n-l # List',
      'result: a.ts',
      'failed result: no such file',
    ]);
  });

  it('edits files: as a difference', () => {
    const edit = { file_path: '/a.ts', old_string: 'one\ntwo\nthree', new_string: 'one\n2\nthree' };
    const write = { file_path: '/b.ts', content: 'new\n' };
    const empty = { file_path: '/c.ts', content: '' };
    expect(
      read(
        assistant(
          { type: 'tool_use', name: 'Edit', input: edit },
          { type: 'tool_use', name: 'Write', input: write },
          { type: 'tool_use', name: 'Write', input: empty },
        ),
      ),
    ).toEqual(['Edit edit /a.ts\n one\n-two\n+2\n three', 'Write edit /b.ts\n+new', 'Write edit /c.ts\n']);
  });

  it('calls other tools: what the subject says is not said again', () => {
    const grep = { type: 'tool_use', name: 'Grep', input: { pattern: 'x', path: 'src' } };
    const open = { type: 'tool_use', name: 'Read', input: { file_path: '/a.ts' } };
    const search = { type: 'tool_use', name: 'search', input: { workflow: 'short', queries: ['a b', 'c'] } };
    expect(read(assistant(grep, open, search))).toEqual([
      'Grep (src) {"pattern":"x"}',
      'Read (/a.ts) {}',
      'search (a b) {"workflow":"short","queries":["a b","c"]}',
    ]);
  });

  it('keeps its books, which are hidden', () => {
    const books = [
      'progress',
      'attachment',
      'file-history-snapshot',
      'last-prompt',
      'mode',
      'queue-operation',
      'ai-title',
    ];
    expect(readShort(...books.map((type) => ({ type, x: 1 })))).toEqual(books.map((type) => `hidden ${type}`));
    expect(
      readShort(
        assistant({ type: 'thinking', thinking: '', signature: 'abc' }),
        assistant({ type: 'text', text: '  ' }),
        user('Caveat', { isMeta: true }),
        { type: 'system', subtype: 'turn_duration', durationMs: 3 },
      ),
    ).toEqual(['hidden thinking', 'hidden blank', 'hidden meta', 'hidden turn_duration']);
  });

  it('tells what the user typed from what was put in', () => {
    expect(
      readShort(
        user(
          '<command-message>x</command-message>\n<command-name>/review</command-name>\n<command-args>42</command-args>',
        ),
        user('<local-command-stdout>\u001b[1mdone\u001b[22m</local-command-stdout>'),
        user('<local-command-stdout></local-command-stdout>'),
        user('<bash-input>git status</bash-input>'),
        user('[Request interrupted by user for tool use]'),
        user('<task-notification><summary>Build failed</summary></task-notification>'),
        user('Please go on.<system-reminder>Be brief</system-reminder>'),
        user('<system-reminder>Be brief</system-reminder>'),
      ),
    ).toEqual([
      'prompt: /review 42',
      'note: done',
      'hidden context',
      'prompt: ! git status',
      'note: Interrupted by the user',
      'note: Build failed',
      'prompt: Please go on.',
      'hidden context',
    ]);
  });

  it('names images, and pull requests', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    expect(
      read(user([image, { type: 'text', text: 'See' }]), user([{ type: 'tool_result', content: [image] }])),
    ).toEqual(['prompt: See [image/png]', 'result:  [image/png]']);
    const link = (prNumber: number) => ({ type: 'pr-link', prNumber, prUrl: `https://x/${prNumber}` });
    expect(readShort(link(7), link(7), link(8))).toEqual([
      'note: Pull request #7: https://x/7',
      'hidden repeated',
      'note: Pull request #8: https://x/8',
    ]);
  });
});

describe('Codex', () => {
  const item = (payload: object) => ({ type: 'response_item', timestamp: '2026-07-18T12:38:20.935Z', payload });
  const event = (payload: object) => ({ type: 'event_msg', payload });
  const message = (role: string, text: string) =>
    item({ type: 'message', role, content: [{ type: 'output_text', text }] });

  it('shows what stands there twice once, whichever comes first', () => {
    expect(
      readShort(
        event({ type: 'user_message', message: 'Do it\n' }),
        message('user', 'Do it'),
        message('assistant', 'Done'),
        event({ type: 'agent_message', message: 'Done' }),
        event({ type: 'agent_reasoning', text: '**Planning**' }),
        item({ type: 'reasoning', summary: [{ type: 'summary_text', text: '**Planning**' }] }),
        message('assistant', 'Done'),
      ),
    ).toEqual([
      'prompt: Do it',
      'hidden repeated',
      'answer: Done',
      'hidden repeated',
      'thinking: **Planning**',
      'hidden repeated',
      'answer: Done',
    ]);
  });

  it('works with commands, patches and programs', () => {
    const patch = '*** Begin Patch\n*** Update File: src/a.ts\n-one\n+two\n*** End Patch';
    expect(
      read(
        item({ type: 'function_call', name: 'exec_command', arguments: '{"cmd":"ls -l"}' }),
        item({ type: 'function_call', name: 'shell', arguments: '{"command":["bash","-lc","make all"]}' }),
        item({ type: 'custom_tool_call', name: 'apply_patch', input: patch }),
        item({ type: 'custom_tool_call', name: 'exec', input: 'const r = 1;' }),
        item({ type: 'function_call_output', output: '{"output":"done","metadata":{}}' }),
        item({ type: 'custom_tool_call_output', output: [{ type: 'input_text', text: 'Success' }] }),
      ),
    ).toEqual([
      'exec_command $ ls -l',
      'shell $ make all',
      `apply_patch edit src/a.ts\n${patch}`,
      'exec code const r = 1;',
      'result: done',
      'result: Success',
    ]);
  });

  it('shows a program that calls tools as these calls, where it says what they are asked', () => {
    const program = (input: string) => item({ type: 'custom_tool_call', name: 'exec', input });
    const one = 'const r = await tools.exec_command({"cmd":"ls","workdir":"/x"});\ntext(r.output);';
    const many =
      "await Promise.all([\n  tools.exec_command({ cmd: 'echo \\'a\\' \\x41\\u{42}', yield_time_ms: 10, }),\n  tools.write_stdin({session_id:7,chars:`y\\n`})\n]);";
    const patch =
      'const patch = "*** Begin Patch\\n*** Add File: a\\n+\\"b\\"\\n*** End Patch";\nawait tools.apply_patch(patch);';
    expect(read(program(one), program(many), program(patch))).toEqual([
      'exec_command $ ls',
      `hidden program: ${one}`,
      "exec_command $ echo 'a' AB",
      'write_stdin (y) {"session_id":7,"chars":"y\\n"}',
      `hidden program: ${many}`,
      'apply_patch edit a\n*** Begin Patch\n*** Add File: a\n+"b"\n*** End Patch',
      `hidden program: ${patch}`,
    ]);
  });

  it.each([
    'for (const n of [1, 2]) await tools.exec_command({cmd: "gh pr view " + n});',
    'let cmd = "ls"; cmd = "rm"; await tools.exec_command({cmd});',
    'await tools.exec_command({cmd: "a" + "b"}); await tools.exec_command({cmd: "c"});',
    `await tools.exec_command({cmd: \`echo \${n}\`});`,
    'await tools.exec_command({cmd: ',
  ])('shows a program as it is where it computes what it asks: %s', (program) => {
    expect(read(item({ type: 'custom_tool_call', name: 'exec', input: program }))).toEqual([`exec code ${program}`]);
  });

  it('shows of a result what the tool printed, and how it ended where that is not well', () => {
    const head = (...lines: string[]) =>
      ['Chunk ID: 2899ed', 'Wall time: 0.0000 seconds', ...lines, 'Output:'].join('\n');
    const output = (value: unknown) => item({ type: 'function_call_output', output: value });
    const texts = (...all: string[]) => output(all.map((text) => ({ type: 'input_text', text })));
    expect(
      read(
        output(`${head('Process exited with code 0', 'Original token count: 3')}\nall\nwell\n`),
        output(`${head('Process exited with code 2', 'Original token count: 3')}\nno rule`),
        output(head('Process running with session ID 7')),
        output('Exit code: 0\nWall time: 0.1 seconds\nOutput:\nOutput:\nSuccess.'),
        texts('Script completed\nWall time 0.3 seconds\nOutput:\n', 'a', 'b'),
        texts('Script failed\nWall time 0.3 seconds\nOutput:\n', 'Script error: no'),
        texts(
          'Script completed\nWall time 0.3 seconds\nOutput:\n',
          '{"chunk_id":"7f","exit_code":1,"output":"no host"}',
        ),
        texts('{"chunk_id":"7f","session_id":8,"output":""}'),
        output('apply_patch verification failed: no such line'),
        output('{"id":1,"output":"a member of a file"}'),
        output('The log says\nOutput:\nx'),
      ),
    ).toEqual([
      'result: all\nwell\n',
      'failed result: Process exited with code 2\nno rule',
      'result: Process running with session ID 7\n',
      'result: Output:\nSuccess.',
      'result: a\nb',
      'failed result: Script failed\n\nScript error: no',
      'failed result: Exit code: 1\nno host',
      'result: Process running with session ID 8\n',
      'failed result: apply_patch verification failed: no such line',
      'result: {"id":1,"output":"a member of a file"}',
      'result: The log says\nOutput:\nx',
    ]);
  });

  it('keeps its books, and puts instructions into the mouth of the user', () => {
    expect(
      readShort(
        { type: 'session_meta', payload: { id: 'x' } },
        { type: 'turn_context', payload: {} },
        event({ type: 'token_count' }),
        event({ type: 'exec_command_end', stdout: 'x' }),
        item({ type: 'reasoning', summary: [], encrypted_content: 'x' }),
        message('developer', 'You are'),
        message('user', '<environment_context>\n<cwd>/x</cwd>\n</environment_context>'),
        message('user', '# AGENTS.md instructions for /x\n\nBe kind'),
        event({ type: 'turn_aborted', reason: 'interrupted' }),
      ),
    ).toEqual([
      'hidden session_meta',
      'hidden turn_context',
      'hidden token_count',
      'hidden exec_command_end',
      'hidden reasoning',
      'hidden system',
      'hidden context',
      'hidden context',
      'note: Turn aborted: interrupted',
    ]);
  });
});

describe('other agents', () => {
  it('Pi', () => {
    const line = (message: object) => ({ type: 'message', message });
    expect(
      readShort(
        { type: 'session', version: 3 },
        line({ role: 'user', content: [{ type: 'text', text: 'Go' }] }),
        line({
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm' },
            { type: 'toolCall', name: 'edit', arguments: { path: 'a', edits: [{ oldText: 'x', newText: 'y' }] } },
          ],
        }),
        line({ role: 'toolResult', toolName: 'edit', content: [{ type: 'text', text: 'ok' }], isError: false }),
        line({ role: 'assistant', content: [], errorMessage: 'Aborted' }),
      ),
    ).toEqual(['hidden session', 'prompt: Go', 'thinking: Hm', 'edit edit a\n-x\n+y', 'result: ok', 'note: Aborted']);
  });

  it('Gemini CLI', () => {
    const call = {
      name: 'run_shell_command',
      args: { command: 'ls' },
      result: [{ functionResponse: { response: { output: 'a' } } }],
    };
    expect(
      readShort({
        kind: 'main',
        messages: [
          { type: 'info', content: 'Update' },
          { type: 'user', content: [{ text: 'List' }] },
          { type: 'gemini', content: 'I list.', thoughts: [{ subject: 'Plan', description: 'ls' }], toolCalls: [call] },
        ],
      }),
    ).toEqual([
      'hidden info',
      'prompt: List',
      'thinking: **Plan**\nls',
      'answer: I list.',
      'run_shell_command $ ls',
      'result: a',
    ]);
  });

  it('OpenCode', () => {
    const tool = {
      type: 'tool',
      tool: 'edit',
      state: { status: 'completed', input: { filePath: 'a', oldString: 'x', newString: 'y' }, output: 'ok' },
    };
    expect(
      readShort({
        info: { id: 'x' },
        messages: [
          { info: { role: 'user', time: { created: 1_700_000_000_000 } }, parts: [{ type: 'text', text: 'Hello' }] },
          { info: { role: 'assistant' }, parts: [{ type: 'step-start' }, { type: 'text', text: 'Hi' }, tool] },
        ],
      }),
    ).toEqual(['prompt: Hello', 'hidden step-start', 'answer: Hi', 'edit edit a\n-x\n+y', 'result: ok']);
  });

  it('Copilot CLI', () => {
    const requests = [{ name: 'create', arguments: { path: 'a.md', file_text: 'x' } }];
    expect(
      readShort(
        { type: 'session.start', data: {} },
        { type: 'user.message', data: { content: 'Create', transformedContent: 'Create …' } },
        { type: 'assistant.message', data: { content: '', toolRequests: requests } },
        { type: 'tool.execution_complete', data: { success: false, result: { content: 'denied' } } },
      ),
    ).toEqual(['hidden session.start', 'prompt: Create', 'create edit a.md\n+x', 'failed result: denied']);
  });

  it('Kiro, Droid and Cursor', () => {
    expect(
      readShort({
        conversation_id: '',
        history: [
          {
            user: { content: { Prompt: { prompt: 'Add' } } },
            assistant: { ToolUse: { content: '', tool_uses: [{ name: 'fs_write', args: { path: 'a' } }] } },
          },
          { user: { content: null }, assistant: { Response: { content: 'Added' } } },
        ],
      }),
    ).toEqual(['prompt: Add', 'fs_write (a) {}', 'answer: Added']);
    expect(
      readShort(
        { type: 'session_start', title: 'x' },
        { type: 'message', message: { role: 'user', content: [{ type: 'text', text: 'Do' }] } },
        {
          type: 'message',
          message: { role: 'user', content: [{ type: 'text', text: 'Limit reached' }], visibility: 'user_only' },
        },
      ),
    ).toEqual(['hidden session_start', 'prompt: Do', 'note: Limit reached']);
    expect(
      readShort({
        role: 'user',
        message: { content: [{ type: 'text', text: '<user_query>\nReview\n</user_query>' }] },
      }),
    ).toEqual(['prompt: Review']);
  });
});
