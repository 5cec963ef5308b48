import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { cleanEnvironment } from '../fixtures/git.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

/** One `run:` of a workflow or an action. */
export interface RunStep {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
}

const PAGE = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');
const fenced = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text]) => String(text));

/** The YAML documents of docs/ci.md: two workflows of GitHub, a pipeline of GitLab, and a step and a job for pull requests. */
// biome-ignore lint/suspicious/noExplicitAny: what a document holds
export const documents: readonly any[] = fenced('yaml').flatMap((text) =>
  parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  }),
);

/** The shell blocks of docs/ci.md that are not YAML. */
export const shellBlocks: readonly string[] = fenced('sh');

/** The action at the repository's root. */
export const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'));

/**
 * A folder for PATH with these programs and no others, and an `npm` that installs and builds nothing: it writes what it
 * was asked for, and where, to the file `npm-calls` in the folder.
 */
export function pathWith(dir: string, programs: readonly string[]): string {
  mkdirSync(dir);
  for (const program of programs) symlinkSync(which(program), join(dir, program));
  const npm = join(dir, 'npm');
  writeFileSync(npm, `#!${which('bash')}\necho "$PWD: npm $*" >>'${join(dir, 'npm-calls')}'\n`);
  chmodSync(npm, 0o755);
  return dir;
}

function which(program: string): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, program)).find(isExecutable);
  if (found === undefined) throw new Error(`there is no ${program} here`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a script as GitHub does (`bash --noprofile --norc -eo pipefail`), with a PATH and variables of its own. */
export function runScript(cwd: string, script: string, path: string, env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(
    which('bash'),
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
    {
      cwd,
      env: { ...cleanEnvironment(), PATH: path, ...env },
      encoding: 'utf8',
    },
  );
  return { code: status, stdout, stderr };
}
