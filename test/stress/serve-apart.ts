import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtChild } from '../fixtures/child.ts';

/** A server in a process of its own, which answers while this one waits for a program. */
export interface ApartServer {
  /** With a name and a password. */
  readonly url: string;
  close(): void;
}

/** Serves the bare repositories below a folder. */
export async function serveApart(root: string): Promise<ApartServer> {
  const script = builtChild(new URL('./children/git-server.ts', import.meta.url));
  const child = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: line.toString().trim(), close: () => child.kill() };
}
