import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CKPT } from '../commands/ckpt.ts';
import { cleanEnvironment } from '../fixtures/git.ts';
import { withoutProgress } from '../fixtures/progress-lines.ts';

/** A block of commands of a page, and what the page says that comes of it. */
export interface Step {
  readonly script: string;
  /** What `# exit code N` in the block says; else 0. */
  readonly exitCode: number;
  /** The block of output that follows; `undefined` where the page shows none. */
  readonly shown: string | undefined;
}

/** The `sh` blocks of a page in their order, each with the `text` block that directly follows it. */
export function stepsOf(page: string): Step[] {
  const blocks = page.matchAll(/^```sh\n([\s\S]*?)^```$(?:\n+^```text\n([\s\S]*?)^```$)?/gm);
  return [...blocks].map(([, script = '', shown]) => {
    return { script, shown, exitCode: Number(/# exit code (\d+)/.exec(script)?.[1] ?? 0) };
  });
}

/** What a page shows, as a pattern: `…` stands for anything in a line, and for any lines where it is alone in one. */
export function patternOf(shown: string): RegExp {
  const lines = shown.split(/(?<=\n)/).map((line) => {
    if (line.trim() === '…') return '(?:.*\\n)*?';
    return line
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*?');
  });
  return new RegExp(`^${lines.join('')}$`);
}

/** A person at a terminal: runs blocks with bash one after another, `ckpt` on the PATH, each where the last one ended. */
export class Reader {
  readonly home: string;
  cwd: string;

  /** `dir` is an empty folder; what the blocks make lies in its folder `work`. */
  constructor(dir: string) {
    this.home = dir;
    this.cwd = join(dir, 'work');
    mkdirSync(this.cwd);
    mkdirSync(join(dir, 'bin'));
    mkdirSync(join(dir, 'tmp'));
    const program = join(dir, 'bin', 'ckpt');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${CKPT}' "$@"\n`);
    chmodSync(program, 0o755);
  }

  /** The stdout of a block that has to succeed. */
  ok(script: string): string {
    const { code, output, stderr } = this.run(script);
    expect({ script, code, stderr: code === 0 ? '' : stderr }).toEqual({ script, code: 0, stderr: '' });
    return output;
  }

  /** What a block ended with, and its stdout; with its stderr where it failed: there an error is the answer. */
  run(script: string): { code: number | null; output: string; stderr: string } {
    const place = join(this.home, 'cwd');
    const env = cleanEnvironment();
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', `trap 'pwd > "${place}"' EXIT\n${script}`], {
      cwd: this.cwd,
      env: { ...env, TMPDIR: join(this.home, 'tmp'), PATH: `${join(this.home, 'bin')}:${env.PATH}` },
      encoding: 'utf8',
    });
    if (existsSync(place)) this.cwd = readFileSync(place, 'utf8').trim();
    return { code: status, output: status === 0 ? stdout : stdout + withoutProgress(stderr), stderr };
  }
}
