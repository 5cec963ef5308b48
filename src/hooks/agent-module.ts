import type { MirrorEntry } from './agent-settings.ts';
import type { ModuleForm } from './agent-table.ts';
import { callsMirror } from './shell-script.ts';
import { ownCommand } from './stop-command.ts';

const COMMAND = /^const command = (".*");$/m;

/** The module of an agent that runs this command, and gives it the event that other agents give on its stdin. */
export function moduleText({ handler }: ModuleForm, command: string): string {
  return `// Written by ckpt hooks install, which writes it again; ckpt hooks uninstall removes it.
import { spawn } from 'node:child_process';

const command = ${JSON.stringify(command)};

const run = (session, folder) =>
  new Promise((resolve) => {
    const child = spawn('sh', ['-c', command], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] });
    child.on('close', resolve);
    child.on('error', resolve);
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify({ session_id: session }));
  });

${handler}
`;
}

/** Finds the mirror in a module of that name; `undefined` where it is somebody else's. */
export function findInModule(text: string): MirrorEntry | undefined {
  const own = ownCommand(commandOf(text));
  if (own !== undefined) return { kind: 'own', ...own };
  return callsMirror(text) ? { kind: 'by-hand' } : undefined;
}

function commandOf(text: string): string {
  try {
    return String(JSON.parse(COMMAND.exec(text)?.[1] ?? '""'));
  } catch {
    return '';
  }
}
