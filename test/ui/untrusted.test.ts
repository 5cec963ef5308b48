import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { codeSpan } from '../../src/ui/reports/code-span.ts';
import { sanitizedBytes, stringifyJson } from '../../src/ui/sanitize.ts';
import { withoutWorkflowCommands } from '../../src/ui/workflow-commands.ts';
import { ckpt } from '../commands/ckpt.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF, V1Builder } from '../fixtures/v1-builder.ts';

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

/** Settings that name programs. */
const PROGRAMS = [
  'core.fsmonitor',
  'core.pager',
  'core.editor',
  'core.sshCommand',
  'credential.helper',
  'diff.external',
  'diff.x.textconv',
  'diff.x.command',
  'filter.x.clean',
  'filter.x.smudge',
  'filter.x.process',
  'merge.x.driver',
  'pager.log',
  'pager.blame',
];

describe('a partial clone whose remote is a command', () => {
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

test('a work tree whose configuration names programs starts none of them in commands that only read', () => {
  const [dir, made] = [join(tempDir(), 'repo'), tempDir()];
  const [program, mark] = [join(made, 'program'), join(made, 'mark')];
  ckpt(['sample', join(made, 'v1')]);
  initRepository({ dir });
  mkdirSync(join(dir, '.entire'));
  writeFileSync(join(dir, '.entire/settings.json'), '{}');
  writeFileSync(join(dir, '.gitattributes'), '* filter=x diff=x merge=x\n');
  git(dir, 'add', '.');
  git(dir, 'commit', '-q', '-m', `One\n\nEntire-Checkpoint: 1ba10412649a`);
  git(dir, 'fetch', '-q', join(made, 'v1'), `${V1_REF}:${V1_REF}`);
  for (const args of [['migrate'], ['migrate', '--to', 'refs']]) expect(ckpt([...args, '-C', dir]).code).toBe(0);
  writeFileSync(program, `#!/bin/sh\n: >'${mark}'\nexit 1\n`, { mode: 0o755 });
  for (const key of PROGRAMS) git(dir, 'config', key, program);
  git(dir, 'config', 'core.hooksPath', made);
  for (const hook of ['post-index-change', 'reference-transaction', 'pre-auto-gc']) cpSync(program, join(made, hook));
  const others = [['verify', '--commits', 'HEAD'], ['verify'], ['show', '.gitattributes:1'], ['list', '--file', 'x']];
  const readers = READERS.map((args) => args.map((word) => (word === ID ? '1ba10412649a' : word)));
  for (const args of [...share(readers, 3), ...others]) {
    writeFileSync(join(dir, '.entire/settings.json'), `{"round": "${args}"}`);
    ckpt([...args, '-C', dir]);
    expect(existsSync(mark), args.join(' ')).toBe(false);
  }
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
