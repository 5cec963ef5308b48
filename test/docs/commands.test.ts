import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND_PAGES, commandPages } from '../../scripts/docs-commands.ts';
import { COMMANDS } from '../../src/commands/table.ts';

const pages = await commandPages();

describe('docs/commands', () => {
  it('has a page for each command, and nothing else', () => {
    const expected = Object.keys(COMMANDS).map((name) => `${name.replaceAll(' ', '-')}.md`);
    expect(readdirSync(COMMAND_PAGES).sort()).toEqual([...expected, 'README.md'].sort());
  });

  it.each([...pages.keys()])('%s is what the command declares: npm run docs:commands', (file) => {
    expect(readFileSync(join(COMMAND_PAGES, file), 'utf8')).toBe(pages.get(file));
  });

  it.each(Object.entries(COMMANDS))('has all that ckpt %s declares', async (name, load) => {
    const { default: command } = await load();
    const page = pages.get(`${name.replaceAll(' ', '-')}.md`) ?? '';
    const flags = Object.entries({ ...command.flags, ...command.baseFlags }).filter(([, flag]) => !flag.hidden);
    for (const [flag, { summary = '', char }] of flags) {
      expect(page).toMatch(new RegExp(`^- (\`-${char}\`, )?\`--(\\[no-\\])?${flag}[\` ]`, 'm'));
      expect(page.replaceAll('\\', '')).toContain(summary);
    }
    for (const arg of Object.keys(command.args ?? {})) expect(page).toContain(arg.toUpperCase());
    for (const example of command.examples ?? []) {
      const text = typeof example === 'string' ? example : example.command;
      expect(page).toContain(`\n${text.replace('<%= config.bin %>', 'ckpt')}\n`);
    }
    for (const part of ['## Exit codes\n', '## Examples\n', '\nMore: [']) expect(page).toContain(part);
  });
});
