import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { codeSpan } from '../../src/ui/reports/code-span.ts';
import { sanitizedBytes, stringifyJson } from '../../src/ui/sanitize.ts';
import { withoutWorkflowCommands } from '../../src/ui/workflow-commands.ts';
import { ckpt } from '../commands/ckpt.ts';
import { git } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';

describe('a partial clone whose remote is a command', () => {
  const ID = 'a00000000001';
  const READERS = [
    ['status'],
    ['list'],
    ['show', ID],
    ['show', ID, '--transcript'],
    ['diff', ID],
    ['verify'],
    ['verify', '--deep'],
    ['export', ID],
    ['prune'],
    ['hooks', 'status'],
    ['migrate', '--dry-run'],
    ['migrate', '--rebuild', '--dry-run'],
    ['migrate', '--to', 'refs', '--dry-run'],
    ['rotate', '--force', '--dry-run'],
    ['repair', '--dry-run'],
    ['restore', ID, '--dry-run'],
  ];

  /** A clone without its blobs, whose configuration names programs that leave a mark where they are started. */
  function trap(): { readonly dir: string; readonly mark: string } {
    const dir = tempDir();
    const [server, clone, mark] = [join(dir, 'server.git'), join(dir, 'clone.git'), join(dir, 'mark')];
    const v1 = new V1Builder();
    v1.checkpoint(ID, { sessions: [{ transcript: '{"type":"user"}\n' }] });
    v1.write(server);
    ckpt(['migrate', '--max-checkpoints', '1', '-C', server]);
    git(server, 'config', 'uploadpack.allowFilter', 'true');
    git(dir, 'clone', '-q', '--mirror', '--filter=blob:none', `file://${server}`, clone);
    const program = join(dir, 'program');
    writeFileSync(program, `#!/bin/sh\n: >'${mark}'\nexit 1\n`, { mode: 0o755 });
    git(clone, 'config', 'remote.origin.url', `ext::${program}`);
    git(clone, 'config', 'remote.origin.uploadpack', program);
    git(clone, 'config', 'protocol.ext.allow', 'always');
    for (const key of ['core.sshCommand', 'core.fsmonitor', 'core.pager', 'credential.helper', 'diff.external']) {
      git(clone, 'config', key, program);
    }
    return { dir: clone, mark };
  }

  it('is not asked by commands that only read, unless they are told to', () => {
    const { dir, mark } = trap();
    for (const args of share(READERS, 3)) {
      ckpt([...args, '-C', dir]);
      expect(existsSync(mark), args.join(' ')).toBe(false);
    }
    for (const args of [['show', ID], ['export', ID], ['prune'], ['migrate', '--rebuild', '--dry-run']]) {
      ckpt([...args, '-C', dir, '--fetch']);
      expect(existsSync(mark), args.join(' ')).toBe(true);
      rmSync(mark);
    }
  });
});

test('a terminal gets no control sequence of a transcript, wherever its bytes are cut', async () => {
  const bytes = Buffer.from('\x1b]0;title\x07a\x1b[31mé\u009b2J\u202e\r\nb\tc\n');
  for (const size of [1, 2, 3, 100]) {
    const pieces = (async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })();
    let shown = '';
    for await (const piece of sanitizedBytes(pieces)) shown += piece.toString();
    expect(shown).toBe('\\x1b]0;title\\x07a\\x1b[31mé\\u009b2J\\u202e\\r\nb\tc\n');
  }
});

test.each([
  ['::add-mask::x', ': :add-mask::x'],
  ['ok\n  ::stop-commands::t\n', 'ok\n  : :stop-commands::t\n'],
  ['a ##vso[task.setvariable variable=x]y', 'a # #vso[task.setvariable variable=x]y'],
  ['##[error]x', '# #[error]x'],
  ['a::b, std::string, ## Heading', 'a::b, std::string, ## Heading'],
])('no CI service obeys %j', (text, expected) => {
  expect(withoutWorkflowCommands(text)).toBe(expected);
});

test('JSON is the same value, and no command', () => {
  const value = { a: '##vso[task.complete]', b: ['##[group]', '::x::'] };
  expect(stringifyJson(value)).not.toMatch(/##\[|##vso|^\s*::/m);
  expect(JSON.parse(stringifyJson(value))).toEqual(value);
});

test.each(['a\\|<script>', '\\\\|[l](javascript:1)', '|', '\\|`|'])('%j stays in its cell', async (text) => {
  const { marked } = await import('marked');
  const html = await marked.parse(`| a | b |\n| --- | --- |\n| x | ${codeSpan(text)} |\n`);
  expect(html).not.toMatch(/<script>|<a /);
  expect(html.match(/<td>/g)).toHaveLength(2);
});
