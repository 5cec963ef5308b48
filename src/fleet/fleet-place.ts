import { isAbsolute, resolve } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
import { withoutCredentials } from '../git/network.ts';

/** One repository of a fleet. */
export interface FleetPlace {
  /** What it is called everywhere: what the list says, without credentials. It decides the shard. */
  readonly name: string;
  readonly kind: 'path' | 'url';
  /** An absolute path, or the URL with its credentials: never to be printed. */
  readonly at: string;
}

/** The transports of git that only carry data. Others (`ext::`, `fd::`, remote helpers) run what the URL says. */
export const FLEET_PROTOCOLS = ['https', 'http', 'ssh', 'git', 'file'];

/**
 * What a line of a list names; relative paths start at `base`. Throws a `CkptError` for a URL with a transport that is not in
 * `FLEET_PROTOCOLS`, and for what git would take for a flag.
 */
export function parsePlace(line: string, base: string): FleetPlace {
  const name = withoutCredentials(line).replace(/(?<=[^/:])\/+$/, '');
  if (line.startsWith('-')) throw refusedUrl(name, 'it begins with -');
  const [, helper] = /^([a-z][a-z0-9+.-]*)::/i.exec(line) ?? [];
  if (helper !== undefined) throw refusedUrl(name, `${helper}:: runs a program`);
  const [, protocol] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(line) ?? [];
  if (protocol !== undefined) {
    if (!FLEET_PROTOCOLS.includes(protocol.toLowerCase())) throw refusedUrl(name, `there is no transport ${protocol}`);
    return { name, kind: 'url', at: line };
  }
  // As git has it: a colon before the first slash makes it `host:path`. On Windows one letter is a drive.
  const isRemote = /^[^/\\]{2,}:/.test(line) && !isAbsolute(line);
  return isRemote ? { name, kind: 'url', at: line } : { name, kind: 'path', at: resolve(base, line) };
}

function refusedUrl(name: string, why: string): CkptError {
  return new CkptError('FLEET_URL_REFUSED', `${name} is not cloned: ${why}`, {
    exitCode: 2,
    hint: `Name a path, or a URL with one of these: ${FLEET_PROTOCOLS.join(', ')}; or user@host:path.`,
  });
}
