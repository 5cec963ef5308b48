import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { MirrorProgram } from './mirror-command.ts';

/** What is known of the running process. */
export interface RunningProgram {
  /** `programPath()`: a link in a folder of programs stays one, so that hooks outlast an upgrade of what it points at. */
  readonly script: string;
  /** `process.execPath` */
  readonly node: string;
  readonly env: NodeJS.ProcessEnv;
}

/** npm and npx put these on the PATH of what they start; a git that is started elsewhere does not have them. */
const OF_NPM = /node_modules[\\/]\.bin[\\/]?$/;

/** What hooks have to call to run this same program. */
export async function findProgram({ script, node, env }: RunningProgram): Promise<MirrorProgram> {
  const folders = searchPath(env).filter((folder) => folder !== '');
  const found = await Promise.all(folders.map((folder) => isExecutable(join(folder, 'ckpt'))));
  return { path: resolve(script), node: script === node ? undefined : node, onPath: found.includes(true) };
}

/** The folders of the PATH as a git has them that npm did not start. */
export function searchPath(env: NodeJS.ProcessEnv): string[] {
  return (env.PATH ?? '').split(delimiter).filter((folder) => !OF_NPM.test(folder));
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
