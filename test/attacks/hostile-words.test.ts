import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { ckptInTerminal } from '../commands/terminal.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1Builder } from '../fixtures/v1-builder.ts';

/** What CI services, terminals, browsers and readers of Markdown obey, each at the beginning of a line. */
const ATTACKS = [
  '::add-mask::x',
  '::stop-commands::t',
  '  ::set-output name=a::b',
  '##vso[task.setvariable variable=a]b',
  '##[error]x',
  '\x1b[2J\x1b]0;title\x07',
  '\x1b]8;;https://evil.example\x1b\\here',
  '\u009b31m\u0085',
  '\u202eabc\u2066',
  'a\rb\x07',
];
const HOSTILE = `${ATTACKS.join('\n')}\n`;
const ID = 'a00000000001';
/** Spoiled, so that errors and findings speak of it. */
const BROKEN = 'a00000000002';

const COMMANDS = [
  'status',
  'list',
  'list --lost',
  'list --grep mask',
  `show ${ID}`,
  `show ${ID} --transcript --rendered`,
  `show ${BROKEN}`,
  'show HEAD',
  `diff ${ID}`,
  `diff ${BROKEN}`,
  'verify',
  'verify --commits HEAD',
  'verify --deep --secrets',
  'verify --format markdown',
  'verify --format junit',
  'verify --format sarif',
  'verify --format gitlab',
  'repair --dry-run',
  'migrate --dry-run --rebuild',
  'migrate --dry-run --to refs',
  `export ${ID}`,
  `export ${ID} --format html`,
  'rotate --dry-run --force',
  'prune --dry-run',
  'push --dry-run --remote ::add-mask::x',
  'fetch ##vso[x]',
  'show ::add-mask::x',
  '##[error]x',
  '::add-mask::x',
  'verify --since ::add-mask::x',
  '-C ::add-mask::x status',
];

/** At the beginning of a line, or anywhere in it: a command. Annotations that are meant have a title of ours. */
const OBEYED = /^\s*::(?!(?:error|warning|notice) title=ckpt)\w|##\[|##vso\[/m;
/** All but line feed and tab. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

// `show --prompts` and `--transcript` give a pipe the bytes as they are: docs/safety.md says so.
describe('a repository in which every word is an attack', () => {
  let dir = '';

  beforeAll(() => {
    dir = initRepository({ dir: join(tempDir('file'), 'repo') });
    const v1 = new V1Builder();
    const author = 'A\x1b[2J ::add-mask::x <a\x07@b.c>';
    const session = {
      sessionId: '::add-mask::x',
      agent: HOSTILE,
      model: HOSTILE,
      prompts: [HOSTILE, `${HOSTILE}again`],
      fields: {
        branch: HOSTILE,
        files_touched: ATTACKS,
        strategy: HOSTILE,
        cli_version: HOSTILE,
        summary: { intent: HOSTILE },
      },
      transcript: ATTACKS.map(
        (text) => `${JSON.stringify({ type: 'user', message: { role: 'user', content: text } })}\n`,
      ).join(''),
    };
    v1.checkpoint(
      ID,
      { sessions: [session], fields: { branch: HOSTILE, files_touched: ATTACKS } },
      { author, message: `${HOSTILE}\n` },
    );
    v1.checkpoint(BROKEN, { sessions: [session] }, { author });
    v1.write(dir, { init: false });
    ckpt(['migrate'], { cwd: dir });
    const files: Record<string, string> = {};
    for (const attack of ATTACKS)
      files[`${shardPath(BROKEN)}/0/${Buffer.from(attack).toString('latin1').replaceAll('/', '')}`] = HOSTILE;
    v1.commit({
      author,
      message: HOSTILE,
      files: { ...files, '::add-mask::x': 'x', [`${shardPath(BROKEN)}/metadata.json`]: HOSTILE },
    });
    v1.checkpoint('a00000000003', {}, { author });
    v1.remove('a00000000003');
    v1.write(dir, { init: false });
    git(dir, 'config', 'remote.origin.url', '::add-mask::x');
    git(
      dir,
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      `::add-mask::x \x1b[2J\n\nEntire-Checkpoint: ${ID}\nEntire-Checkpoint: \x1b[2Jx`,
    );
  });

  test.each(share(COMMANDS, 7))('ckpt %s prints nothing that is obeyed', (command) => {
    for (const more of [[], ['--verbose'], ['--json']]) {
      const { stdout, stderr, code } = ckpt([...command.split(' '), ...more], {
        cwd: dir,
        env: { GITHUB_ACTIONS: 'true', CI: 'true' },
      });
      expect(code).not.toBeNull();
      expect(stderr).not.toMatch(/bug in ckpt/);
      for (const text of [stdout, stderr]) {
        expect(text).not.toMatch(OBEYED);
        expect(text).not.toMatch(CONTROL);
      }
    }
  });

  test.each([`show ${ID} --prompts`, `show ${ID} --transcript`, `export ${ID}`])(
    'ckpt %s sends a terminal no sequence of the repository',
    async (command) => {
      const terminal = ckptInTerminal(command.split(' '), { cwd: dir, env: { PAGER: 'cat' } });
      await terminal.exit;
      expect(terminal.output).toMatch(/title/);
      expect(terminal.output).not.toMatch(/\x1b\]0|\x1b\[2J|\x1b\]8|\x07|[\u0080-\u009f\u202e\u2066]/);
    },
  );
});
