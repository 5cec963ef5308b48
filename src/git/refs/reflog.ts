import { statSync } from 'node:fs';
import { appendFile, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GitConfig } from '../git-config.ts';
import type { ObjectId, RefName } from '../object-id.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import type { SharedMode } from '../shared-mode.ts';
import { removeEmptyFolders, removeEmptyParents } from './empty-folders.ts';
import { refRoot } from './ref-names.ts';

/** A ref that was moved; `null` stands for "no such ref". */
export interface RefMove {
  readonly ref: RefName;
  readonly old: ObjectId | null;
  readonly new: ObjectId | null;
}

/** What stands for no object, in the length of an id of this repository. */
export function noObject({ old, new: next }: RefMove): string {
  return '0'.repeat((old ?? next ?? '').length || 40);
}

/** Refs that get a log of their own by default (git-config, `core.logAllRefUpdates`). */
const LOGGED = /^(?:HEAD$|refs\/(?:heads|remotes|notes)\/)/;

/** Which reflogs are written, and who is said to have moved the refs. */
export interface LogPlace {
  readonly location: RepositoryLocation;
  readonly config: GitConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly shared: SharedMode;
}

/**
 * Writes what was done to the reflogs of refs that have one or get one by the configuration; a deleted ref's log goes. The
 * refs have moved by now: a log that can't be written is no reason to say that they have not.
 */
export async function logMoves(
  { location, config, env, shared }: LogPlace,
  moves: readonly RefMove[],
  message: string,
): Promise<void> {
  const mode = config.get('core.logAllRefUpdates');
  const isAlways = mode?.toLowerCase() === 'always';
  const isOn =
    mode === undefined ? location.workTree !== undefined : isAlways || config.isTrue('core.logAllRefUpdates');
  const who = committer(config, env);
  const head = await readFile(join(location.gitDir, 'HEAD'), 'utf8').catch(() => '');
  for (const move of moves) {
    const names = head.trim() === `ref: ${move.ref}` ? [move.ref, 'HEAD'] : [move.ref];
    for (const name of names) {
      const root = join(refRoot(location, name), 'logs');
      const path = join(root, name);
      if (move.new === null && name === move.ref) {
        await rm(path, { force: true }).catch(() => undefined);
        await removeEmptyParents(root, [name]);
      } else if ((isOn && (isAlways || LOGGED.test(name))) || isFile(path)) {
        const line = `${move.old ?? noObject(move)} ${move.new ?? noObject(move)} ${who}\t${message.trim().replace(/\s+/g, ' ')}\n`;
        await append(path, line, shared).catch(() => undefined);
      }
    }
  }
}

/** Folders of deleted refs' logs may be in the way, as they may for refs. */
async function append(path: string, line: string, shared: SharedMode): Promise<void> {
  await shared.makeFolder(dirname(path));
  try {
    await appendFile(path, line);
  } catch {
    await removeEmptyFolders(path);
    await appendFile(path, line);
  }
  await shared.file(path);
}

/** Name, address and time as git would log them; a neutral name where none is configured. */
function committer(config: GitConfig, env: NodeJS.ProcessEnv): string {
  const name = env.GIT_COMMITTER_NAME || config.get('committer.name') || config.get('user.name') || 'ckpt';
  const email =
    env.GIT_COMMITTER_EMAIL || config.get('committer.email') || config.get('user.email') || 'ckpt@localhost';
  const clean = (text: string) => text.replace(/[<>\n\0]/g, '').trim();
  return `${clean(name)} <${clean(email)}> ${timestamp(env)}`;
}

function timestamp(env: NodeJS.ProcessEnv): string {
  const given = /^@?(\d+ [+-]\d{4})$/.exec(env.GIT_COMMITTER_DATE ?? '')?.[1];
  if (given !== undefined) return given;
  const now = new Date();
  const minutes = -now.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const zone = `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${String(rest).padStart(2, '0')}`;
  return `${Math.floor(now.getTime() / 1000)} ${zone}`;
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
