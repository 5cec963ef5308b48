import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { GIT_HOOKS } from '../../src/hooks/hooks-report.ts';
import { mirrorLine } from '../../src/hooks/mirror-command.ts';
import { tempDir } from '../fixtures/temp.ts';
import { HookRepo } from './hook-repo.ts';
import { FOUND, NOT_FOUND, OTHER, YAML } from './lefthook-files.ts';

let repo: HookRepo;
beforeEach(() => {
  repo = new HookRepo(tempDir());
});

async function first() {
  const { git: hooks } = await repo.status();
  const { state, active } = hooks?.hooks[0] ?? {};
  return { manager: hooks?.manager, state, active };
}

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
    [
      'a local one elsewhere',
      { 'lefthook.json': '{}', '.config/lefthook-local.yml': '' },
      '.config/lefthook-local.yml',
      parseYaml,
    ],
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
