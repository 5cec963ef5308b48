import type { AgentName } from '../stores/agents.ts';
import { AGENT_HOOKS } from './agent-table.ts';
import { type MirrorProgram, mirrorLine } from './mirror-command.ts';

/** The version of the command. One of another version is replaced by the next install. */
const VERSION = 1;

/**
 * How much install had to make around its entry, the outermost thing named. It stands in a comment at the end of the
 * command, since JSON has no other place for it: so uninstall can take out exactly that, in any clone. `Stop` is the event's array.
 */
export type Made = 'nothing' | 'Stop' | 'hooks' | 'file' | 'folder';

/** From the innermost to the outermost: who made one made those before it. */
const LEVELS: readonly Made[] = ['nothing', 'Stop', 'hooks', 'file', 'folder'];

const OWN = /# ckpt hooks \d+(?: \+(\w+))?$/;

/** The command that install put in, and what it made around it. */
export interface StopCommand {
  readonly command: string;
  readonly made: Made;
}

/**
 * The command that an agent runs at the end of a turn, by sh, in whatever folder it is working in. On its stdin the agent says which session has
 * ended a turn.
 */
export function stopCommand(agent: AgentName, program: MirrorProgram, made: Made): string {
  const { project } = AGENT_HOOKS[agent];
  const folder = project === undefined ? '.' : `"\${${project}:-.}"`;
  const mark = made === 'nothing' ? '' : ` +${made}`;
  return `${mirrorLine(program, { options: ` ${agent} --repo ${folder}`, input: '' })} # ckpt hooks ${VERSION}${mark}`;
}

/** What install has put in, of any version; `undefined` for a command of somebody else. */
export function ownCommand(command: string): StopCommand | undefined {
  const own = OWN.exec(command);
  return own === null ? undefined : { command, made: LEVELS.find((level) => level === own[1]) ?? 'nothing' };
}

/**
 * Whether install would leave the command as it is. The file is often committed, and the path in it then is a colleague's. That
 * is fine where `ckpt` is on the PATH, which every form of the command falls back to: two colleagues must not overwrite each
 * other's command in turns.
 */
export function isCurrent(agent: AgentName, { command, made }: StopCommand, program: MirrorProgram): boolean {
  const withPath = stopCommand(agent, { ...program, onPath: false }, made);
  if (command === withPath) return true;
  if (!program.onPath) return false;
  return command === stopCommand(agent, program, made) || afterPath(command) === afterPath(withPath);
}

/** Whether who made the first made the second. */
export function isWithin(made: Made, level: Made): boolean {
  return LEVELS.indexOf(made) >= LEVELS.indexOf(level);
}

/** What follows this machine's path in a command; the whole of one that has none. */
function afterPath(command: string): string {
  return /; \[ -x .*$/.exec(command)?.[0] ?? command;
}
