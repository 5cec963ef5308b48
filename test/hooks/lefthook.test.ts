import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { mirrorLine } from '../../src/hooks/mirror-command.ts';
import { withoutComments } from '../../src/json/comments.ts';
import { cleanEnvironment, git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { HookRepo } from './hook-repo.ts';

const LINE = 'ckpt dual-write --quiet </dev/null || true';
const YAML = `post-commit:\n  commands:\n    ckpt:\n      run: ${LINE}\n`;
const OTHER = 'pre-commit:\n  commands:\n    a:\n      run: "true"\n';
/** The real program (`npm i lefthook`), where the one who runs the tests names it. */
const { LEFTHOOK } = process.env;

let repo: HookRepo;
beforeEach(() => {
  repo = new HookRepo(tempDir());
});

async function first() {
  const { git: hooks } = await repo.status();
  const { state, active } = hooks?.hooks[0] ?? {};
  return { manager: hooks?.manager, state, active };
}

/** Files by their names, in which lefthook finds the mirror. */
const FOUND: Array<[string, Record<string, string>]> = [
  ['yml', { 'lefthook.yml': YAML }],
  ['yml with a quoted key', { 'lefthook.yml': YAML.replace('post-commit', '"post-commit"') }],
  ['a hidden yaml', { '.lefthook.yaml': YAML }],
  ['jobs', { 'lefthook.yml': `post-commit:\n  jobs:\n    - name: x\n      run: ${LINE}\n` }],
  ['a group', { 'lefthook.yml': `post-commit:\n  jobs:\n    - group:\n        jobs:\n          - run: ${LINE}\n` }],
  ['a folded text', { 'lefthook.yml': YAML.replace(LINE, '>-\n        ckpt\n        dual-write') }],
  ['toml', { 'lefthook.toml': `[post-commit.commands.ckpt]\nrun = "${LINE}"\n` }],
  ['toml, inline', { 'lefthook.toml': `post-commit = { commands = { ckpt = { run = '${LINE}' } } }\n` }],
  ['json', { 'lefthook.json': JSON.stringify({ 'post-commit': { commands: { ckpt: { run: LINE } } } }) }],
  ['jsonc', { 'lefthook.jsonc': `{ // mine\n\t"post-commit":{"commands":{"ckpt":{"run":"${LINE}"}}}}\n` }],
  ['in .config', { '.config/lefthook.yml': YAML }],
  ['the local file beside another', { 'lefthook.yml': OTHER, 'lefthook-local.yml': YAML }],
  ['the local file alone', { 'lefthook-local.toml': `[post-commit.commands.ckpt]\nrun = "${LINE}"\n` }],
  ['a file that is extended', { 'lefthook.yml': 'extends: [h/c.yml]\n', 'h/c.yml': YAML }],
  ['a pattern', { 'lefthook.json': '{"extends":["./h/*/l*.yml"]}', 'h/x/lh.yml': YAML }],
  ['two steps, in a circle', { 'lefthook.yml': 'extends: [a.yml]\n', 'a.yml': `extends: [lefthook.yml]\n${YAML}` }],
];

/** Files in which it does not, by what lefthook reads. */
const NOT_FOUND: Array<[string, Record<string, string>]> = [
  ['another hook', { 'lefthook.yml': YAML.replace('post-commit', 'post-checkout') }],
  ['a comment', { 'lefthook.yml': `${OTHER}# ${YAML.replaceAll('\n', '\n# ')}\n` }],
  [
    'a command of that name that the local file replaces',
    { 'lefthook.yml': YAML, 'lefthook-local.yml': YAML.replace(LINE, 'echo') },
  ],
  ['a name alone', { 'lefthook.toml': '[post-commit.commands."ckpt dual-write"]\nrun = "true"\n' }],
  ['a file that is not what its name says', { 'lefthook.toml': YAML }],
  ['a file that is not extended', { 'lefthook.yml': OTHER, 'h/c.yml': YAML }],
];

describe('lefthook', () => {
  it.each(FOUND)('finds the mirror: %s', async (_name, files) => {
    for (const [path, text] of Object.entries(files)) repo.write(path, text, 0o644);
    expect(await first()).toEqual({ manager: 'lefthook', state: 'by-hand', active: true });
  });

  it.each(NOT_FOUND)('does not: %s', async (_name, files) => {
    for (const [path, text] of Object.entries(files)) repo.write(path, text, 0o644);
    expect(await first()).toEqual({ manager: 'lefthook', state: 'managed', active: false });
  });

  it('reads nothing outside of the work tree', async () => {
    writeFileSync(join(repo.root, 'outside.yml'), YAML);
    symlinkSync(join(repo.root, 'outside.yml'), join(repo.dir, 'inside.yml'));
    repo.write('lefthook.yml', 'extends: [../outside.yml, inside.yml, /dev/zero]\n', 0o644);
    expect(await first()).toEqual({ manager: 'lefthook', state: 'managed', active: false });
  });

  it.each([
    ['lefthook.yml', OTHER, (text: string, lines: string) => parseYaml(`${text}${lines}`)],
    [
      'lefthook.toml',
      '[pre-commit.commands.a]\nrun = "true"\n',
      (text: string, lines: string) => parseToml(text + lines),
    ],
    ['lefthook.json', '{"pre-commit":{}}', (text: string, lines: string) => JSON.parse(`{${lines}${text.slice(1)}`)],
    [
      'lefthook.jsonc',
      '{"pre-commit":{}} // x',
      (text: string, lines: string) => JSON.parse(withoutComments(`{${lines}${text.slice(1)}`)),
    ],
  ])('what install prints fits %s', async (name, text, add) => {
    repo.write(name, text, 0o644);
    const { git: installed } = await repo.install();
    const lines = (installed?.hooks ?? []).map(({ addByHand }) => `${addByHand}\n`).join('');
    const config = add(text, lines) as Record<string, { commands: { ckpt: { run: string } } }>;
    expect(Object.keys(config).sort()).toEqual(['post-commit', 'post-merge', 'post-rewrite', 'pre-commit', 'pre-push']);
    expect(config['post-commit']?.commands.ckpt.run.trim()).toBe(mirrorLine(repo.program));
    expect(installed?.hooks[0]?.path).toBe(join(repo.dir, name));
  });

  it.skipIf(LEFTHOOK === undefined)('the program itself runs what install prints (LEFTHOOK names it)', async () => {
    const text = '[pre-commit.commands.a]\nrun = "true"\n';
    repo.write('lefthook.toml', text, 0o644);
    const { git: installed } = await repo.install();
    const lines = (installed?.hooks ?? []).map(({ addByHand }) => `${addByHand}\n`).join('');
    repo.write('lefthook.toml', text + lines, 0o644);
    const options = { cwd: repo.dir, env: cleanEnvironment(), encoding: 'utf8' } as const;
    expect(spawnSync(LEFTHOOK ?? '', ['install'], options)).toMatchObject({ status: 0 });
    git(repo.dir, 'commit', '-q', '--allow-empty', '-m', 'x');
    expect(repo.calls()).toMatchObject([{ cwd: repo.dir, args: 'dual-write --quiet --hook git' }]);
    expect(await first()).toEqual({ manager: 'lefthook', state: 'by-hand', active: true });
  });
});
