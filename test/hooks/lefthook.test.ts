import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { GIT_HOOKS } from '../../src/hooks/hooks-report.ts';
import { mirrorLine } from '../../src/hooks/mirror-command.ts';
import { tempDir } from '../fixtures/temp.ts';
import { HookRepo } from './hook-repo.ts';

const LINE = 'ckpt dual-write --quiet </dev/null || true';
const YAML = `post-commit:\n  commands:\n    ckpt:\n      run: ${LINE}\n`;
const OTHER = 'pre-commit:\n  commands:\n    a:\n      run: "true"\n';

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

  it('reads what lefthook has fetched of other repositories', async () => {
    repo.write('lefthook.yml', 'remotes:\n  - git_url: https://example.com/team/hooks.git\n    ref: v1\n', 0o644);
    expect((await first()).active).toBe(false);
    repo.write('.git/info/lefthook-remotes/hooks-v1/lefthook.yml', YAML, 0o644);
    expect(await first()).toEqual({ manager: 'lefthook', state: 'by-hand', active: true });
  });

  it('reads nothing outside of the work tree', async () => {
    writeFileSync(join(repo.root, 'outside.yml'), YAML);
    symlinkSync(join(repo.root, 'outside.yml'), join(repo.dir, 'inside.yml'));
    repo.write('lefthook.yml', 'extends: [../outside.yml, inside.yml, /dev/zero]\n', 0o644);
    expect(await first()).toEqual({ manager: 'lefthook', state: 'managed', active: false });
  });

  it.each([
    ['lefthook.yml', { 'lefthook.yml': OTHER }, 'lefthook.yml', parseYaml],
    ['lefthook.toml', { 'lefthook.toml': '[pre-commit.commands.a]\nrun = "true"\n' }, 'lefthook.toml', parseToml],
    // Nothing can follow the one object of a JSON file: the lines are for the local file, which may be of another form.
    ['lefthook.json', { 'lefthook.json': '{"pre-commit":{}}' }, 'lefthook-local.yml', parseYaml],
    ['a hidden json', { '.lefthook.json': '{"pre-commit":{}}' }, '.lefthook-local.yml', parseYaml],
    ['json in .config', { '.config/lefthook.json': '{"pre-commit":{}}' }, '.config/lefthook-local.yml', parseYaml],
    ['lefthook.jsonc', { 'lefthook.jsonc': '{"pre-commit":{}} // x' }, 'lefthook-local.yml', parseYaml],
    ['a local toml', { 'lefthook.json': '{}', 'lefthook-local.toml': '# x\n' }, 'lefthook-local.toml', parseToml],
    ['a local json', { 'lefthook.json': '{}', 'lefthook-local.json': '{}' }, 'lefthook-local.json', addMembers],
  ])('what install prints can be added as it is: %s', async (_name, files, target, parse) => {
    for (const [path, text] of Object.entries(files)) repo.write(path, text, 0o644);
    const { git: installed } = await repo.install();
    const hooks = installed?.hooks ?? [];
    expect(new Set(hooks.map(({ path }) => path))).toEqual(new Set([join(repo.dir, target)]));
    const before = repo.exists(target) ? repo.read(target) : '';
    const text = before + hooks.map(({ addByHand }) => `${addByHand}\n`).join('');
    const config = parse(text) as Record<string, { commands: { ckpt: { run: string } } }>;
    expect(Object.keys(config)).toEqual(expect.arrayContaining([...GIT_HOOKS]));
    expect(config['post-commit']?.commands.ckpt.run.trim()).toBe(mirrorLine(repo.program));
    if (parse === addMembers) return;
    repo.write(target, text, 0o644);
    expect(await first()).toEqual({ manager: 'lefthook', state: 'by-hand', active: true });
  });
});

/** An object, and after it members that belong at its beginning. */
function addMembers(text: string): unknown {
  return JSON.parse(
    `{${text
      .slice(text.indexOf('}') + 1)
      .trim()
      .slice(0, -1)}}`,
  );
}
