import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { removeObject } from '../fixtures/damaged-objects.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { ckpt } from './ckpt.ts';

const [A, B, C] = ['a10000000000', 'a20000000000', 'a30000000000'] as const;
const TOKEN = ['gh', 'p_', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'].join('');
const EVIL = `</pre></div><script>document.title='ran'</script><img src=x onerror="document.title='ran'"><a href="javascript:1">x</a>`;

const line = (type: string, content: unknown) => `${JSON.stringify({ type, message: { role: type, content } })}\n`;
const TRANSCRIPT = [
  line('user', `Please help ${EVIL} \u001b[2J with ${TOKEN}`),
  line('assistant', [
    { type: 'text', text: `Sure ${EVIL}` },
    { type: 'tool_use', id: 't', name: `Bash${EVIL}`, input: { command: `echo '${EVIL}'` } },
  ]),
  line('user', [{ type: 'tool_result', tool_use_id: 't', content: `${`${EVIL}\n\`\`\`\n`.repeat(20)}` }]),
].join('');

describe('ckpt export', () => {
  let dir = '';
  const run = (...args: string[]) => ckpt(['export', ...args, '-C', dir]);
  beforeAll(() => {
    dir = tempDir('file');
    initRepository({ dir });
    const v1 = new V1Builder();
    v1.checkpoint(A, { sessions: [{ transcript: TRANSCRIPT, agent: `Claude ${EVIL}` }] });
    v1.checkpoint(B, { sessions: [{}, { transcript: null }] });
    const prompts = ['Go on', `${EVIL} ${'the key is '.repeat(4)}${TOKEN}`];
    v1.checkpoint(C, { sessions: [{ prompts, fields: { files_touched: ['src/a.ts', `src/${TOKEN}`] } }] });
    v1.write(dir);
    git(dir, 'commit', '-q', '--allow-empty', '-m', 'Start');
    for (const id of [A, B])
      git(dir, 'commit', '-q', '--allow-empty', '-m', `Do ${id} ${EVIL}\n\nEntire-Checkpoint: ${id}`);
  });

  it('prints one checkpoint, redacted, without a control character', () => {
    for (const format of ['markdown', 'html', 'jsonl']) {
      const { code, stdout, stderr } = run(A, '--format', format);
      expect({ code, stderr }, format).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('Please help');
      expect(stdout).not.toContain(TOKEN);
      expect(stdout).toContain('REDACTED');
      expect(stdout).not.toContain('\u001b');
    }
    expect(run('HEAD', '--format', 'jsonl').stdout).toBe(
      execFileSync('git', [
        '-C',
        dir,
        'cat-file',
        'blob',
        `refs/heads/entire/checkpoints/v1:a2/0000000000/0/full.jsonl`,
      ]).toString(),
    );
  });

  it('calls a checkpoint that no commit names by its prompt and files, redacted before they are cut', () => {
    const page = run(C).stdout;
    expect(page.split('\n')[0]).toMatch(/^# .*the key is .* · a\.ts, /);
    expect(page).not.toContain(TOKEN.slice(0, 8));
    expect(run(C, '--format', 'html').stdout).not.toMatch(/<script|<img/);
  });

  it('writes a page for each checkpoint of a range, and an index', () => {
    const output = join(tempDir(), 'pages');
    const { code, stdout } = run('HEAD', '--format', 'html', '-o', output, '--json');
    expect({ code, files: JSON.parse(stdout).files }).toEqual({ code: 0, files: [`${B}.html`] });
    expect(run('HEAD~2..HEAD', '--format', 'html', '--output', output).code).toBe(0);
    expect(readdirSync(output).sort()).toEqual([`${A}.html`, `${B}.html`, 'index.html']);
    expect(readFileSync(join(output, 'index.html'), 'utf8')).toContain(`href="${A}.html"`);
    for (const name of readdirSync(output)) {
      const page = readFileSync(join(output, name), 'utf8');
      expect(page).not.toMatch(/<(?:script|img|iframe|object|link|form)/i);
      expect(page).toContain("default-src 'none'");
      expect(page.match(/<a href="[^"]*"/g) ?? []).toEqual(
        name === 'index.html' ? [`<a href="${A}.html"`, `<a href="${B}.html"`] : [],
      );
    }
    expect(run('HEAD~2..HEAD').code).toBe(2);
    expect(run(A, '--json').code).toBe(2);
    expect(run(`HEAD..HEAD`).code).toBe(1);
  });

  it('writes the others of a range where one transcript is absent, and says so; nothing, where all are', () => {
    const [partial, output] = [join(tempDir(), 'partial'), join(tempDir(), 'pages')];
    cpSync(dir, partial, { recursive: true });
    const withoutTranscriptOf = (id: string) => {
      const file = `${id.slice(0, 2)}/${id.slice(2)}/0/full.jsonl`;
      removeObject(join(partial, '.git'), git(partial, 'rev-parse', `refs/heads/entire/checkpoints/v1:${file}`));
      return file;
    };
    const gone = withoutTranscriptOf(A);
    const exportRange = (...args: string[]) => ckpt(['export', 'HEAD~2..HEAD', '-C', partial, '-o', output, ...args]);
    for (const [format, files] of [
      ['html', [`${A}.html`, `${B}.html`, 'index.html']],
      ['jsonl', [`${B}-0.jsonl`]],
    ] as const) {
      const { code, stdout, stderr } = exportRange('--format', format);
      expect({ code, files: stdout.trim().split('\n') }).toEqual({ code: 0, files });
      expect(stderr).toContain(`${gone} is absent from this repository`);
    }
    const lost = `Session 0, without its transcript: ${gone} is absent from this repository`;
    expect(readFileSync(join(output, `${A}.html`), 'utf8')).toContain(lost);
    expect(JSON.parse(exportRange('--json').stdout).warnings).toHaveLength(1);
    expect(ckpt(['export', A, '-C', partial, '-o', output]).code).toBe(1);
    for (const format of ['markdown', 'jsonl']) {
      const { code, stdout, stderr } = ckpt(['export', A, '-C', partial, '--format', format]);
      expect({ code, stdout, stderr }).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(gone) });
    }
    withoutTranscriptOf(B);
    const none = exportRange();
    expect({ code: none.code, stdout: none.stdout }).toEqual({ code: 1, stdout: '' });
    expect(none.stderr).toMatch(/hint: .*git -C \S+ fetch PATH-OR-URL/);
  });

  it('opens in a browser, where a hostile transcript is text and runs nothing', (context) => {
    const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(
      (name) => spawnSync(name, ['--version']).status === 0,
    );
    if (browser === undefined) return context.skip('no chromium here');
    const output = tempDir();
    run(A, '--format', 'html', '--output', output);
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${tempDir()}`,
      '--virtual-time-budget=2000',
    ];
    const open = (page: string) =>
      spawnSync(browser, [...flags, '--dump-dom', `file://${output}/${page}`], { encoding: 'utf8' }).stdout;
    const shown = open(`${A}.html`);
    expect(shown).toContain('Please help');
    expect(shown).not.toMatch(/<title>ran|<script|<img/);
    // The same text as a page of its own does run: the browser would have.
    writeFileSync(join(output, 'evil.html'), `<title>page</title>${EVIL}`);
    expect(open('evil.html')).toContain('<title>ran');
  });
});
