import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { git } from '../fixtures/git.ts';
import { realProgram, unlessThere } from '../fixtures/real-program.ts';
import { tempDir } from '../fixtures/temp.ts';
import { Terminal } from '../fixtures/terminal.ts';
import { ckpt } from './ckpt.ts';

const ID = '5478025e132b';
const dir = tempDir('file');

beforeAll(() => {
  expect(ckpt(['sample', join(dir, 'sample.git')]).code).toBe(0);
  for (const name of ['clone', 'a folder', "it's $x"]) git(dir, 'clone', '-q', 'sample.git', name);
});

/** How each shell is started, with nothing of whoever runs it, and what makes it complete ckpt. */
const SHELLS = {
  bash: { args: ['--norc', '-i'], setup: "PS1='% '; source ./bash" },
  zsh: { args: ['-f', '-i'], setup: "PS1='%% '; autoload -Uz compinit; compinit -u -D; source ./zsh" },
  fish: { args: ['--no-config', '-i'], setup: "function fish_prompt; echo -n '% '; end; source ./fish" },
  pwsh: {
    args: ['-NoProfile', '-NoLogo'],
    setup:
      "function prompt { '% ' }; Set-PSReadLineKeyHandler -Key Tab -Function Complete; . ([scriptblock]::Create((Get-Content -Raw ./powershell)))",
  },
} as const;

/** What is typed before Tab, and what stands there then. */
const LINES: ReadonlyArray<readonly [string, string]> = [
  ['ckpt mig', 'ckpt migrate'],
  ['ckpt he', 'ckpt help'],
  ['ckpt --vers', 'ckpt --version'],
  ['ckpt list --he', 'ckpt list --help'],
  ['ckpt hooks install --no-pu', 'ckpt hooks install --no-push'],
  ['ckpt verify --ignore V1_ODD', 'ckpt verify --ignore V1_ODD_TIME'],
  [`ckpt show -C clone ${ID.slice(0, 3)}`, `ckpt show -C clone ${ID}`],
  [`ckpt -C clone show ${ID.slice(0, 3)}`, `ckpt -C clone show ${ID}`],
  [`ckpt show --repo=clone ${ID.slice(0, 3)}`, `ckpt show --repo=clone ${ID}`],
  [`ckpt show -C "a folder" ${ID.slice(0, 3)}`, `ckpt show -C "a folder" ${ID}`],
  [`ckpt show -C 'a folder' ${ID.slice(0, 3)}`, `ckpt show -C 'a folder' ${ID}`],
  [`ckpt show -C ~/clone ${ID.slice(0, 3)}`, `ckpt show -C ~/clone ${ID}`],
];
/** The same in shells that know `\` as POSIX does. */
const POSIX_LINES: typeof LINES = [
  ['ckpt list -C a', 'ckpt list -C a\\ folder/'],
  ['ckpt list --repo=a', 'ckpt list --repo=a\\ folder/'],
  ['ckpt list -C ~/a\\ f', 'ckpt list -C ~/a\\ folder/'],
  ['ckpt list -C it', "ckpt list -C it\\'s\\ \\$x/"],
  [`ckpt show -C a\\ folder ${ID.slice(0, 3)}`, `ckpt show -C a\\ folder ${ID}`],
  [`ckpt show --repo=a\\ folder ${ID.slice(0, 3)}`, `ckpt show --repo=a\\ folder ${ID}`],
  [`ckpt show -C it\\'s\\ \\$x ${ID.slice(0, 3)}`, `ckpt show -C it\\'s\\ \\$x ${ID}`],
  [`ckpt show -C "it's \\$x" ${ID.slice(0, 3)}`, `ckpt show -C "it's \\$x" ${ID}`],
];

describe.each(Object.entries(SHELLS))('the Tab key in %s', (name, { args, setup }) => {
  const shell = realProgram(name);

  it.runIf(shell !== undefined)(`completes what is typed${unlessThere(name, shell)}`, async () => {
    const script = name === 'pwsh' ? 'powershell' : name;
    writeFileSync(join(dir, script), ckpt(['completion', script]).stdout);
    const terminal = new Terminal(shell ?? '', args, { cwd: dir, columns: 120, env: { HOME: dir, TERM: 'xterm' } });
    onTestFinished(() => terminal.close());
    terminal.type(`${setup}\r`);
    terminal.type("echo rea''dy\r");
    await terminal.waitFor((screen) => screen.includes('ready'));
    for (const [typed, expected] of [...LINES, ...(name === 'pwsh' ? [] : POSIX_LINES)]) {
      terminal.type('\x15clear\r');
      await terminal.waitFor((screen) => screen.join('') === '%');
      terminal.type(`${typed}\t`);
      const line = `% ${expected}`;
      await terminal.waitFor((screen) => screen[0] === line || screen[0] === `${line} `, 20_000);
    }
  });
});
