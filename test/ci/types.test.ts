import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { IS_LONG } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules');

/** Runs a program of the development dependencies; its output where it fails. */
function run(program: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(BIN, program), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}` || `ended with ${status}`;
}

it.runIf(IS_LONG)(
  'the types that the package ships are one file that a strict program takes',
  { timeout: 300_000 },
  () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const dir = tempDir();
    const types = join(dir, 'api.d.ts');
    const args = (scripts['build:types'] ?? '').split(' ').slice(1);
    args[args.indexOf('-o') + 1] = types;
    expect(run('dts-bundle-generator/dist/bin/dts-bundle-generator.js', args)).toBe('');

    // Two types of one name, which each compile alone, are one too many in one file. `fetch` is a global, and is exported by its own name.
    const text = readFileSync(types, 'utf8');
    expect(text).toContain('fetch$1 as fetch,');
    expect(text.replaceAll('fetch$1', '')).not.toMatch(/\$\d/);
    const program = join(dir, 'use.ts');
    writeFileSync(
      program,
      `import { CkptError, fetch, type Hint, openRepository } from './api.js';\nexport const fetched: Promise<{ remote: string }> = openRepository({ dir: '.' }).then((repo) => fetch(repo));\nexport const hint: Hint | undefined = new CkptError('A', 'a').hint;\n`,
    );
    const strict =
      '--noEmit --strict --module nodenext --target es2023 --lib es2023,esnext.disposable --types node'.split(' ');
    expect(run('typescript/bin/tsc', [...strict, '--typeRoots', join(BIN, '@types'), program])).toBe('');
  },
);
