import { join, resolve } from 'node:path';
import { CHECKPOINT, countedPaths, SESSION } from '../test/fixtures/counted-paths.ts';
import { git, gitResult, refs } from '../test/fixtures/git.ts';
import { Terminal } from '../test/fixtures/terminal.ts';
import { CheckFailed } from './check-report.ts';
import { transcriptsOf } from './check-transcripts.ts';

const PROGRAM = resolve(import.meta.dirname, '..', 'bin', 'ckpt.js');
const V1 = 'refs/heads/entire/checkpoints/v1';
const SECOND_V1 = 'refs/entire/checkpoints/v1';
const MAIN = 'refs/entire/checkpoints/v2/main';
/** A ref for one checkpoint, below the last two letters of its ID. */
const REFS = /^refs\/entire\/checkpoints\/([^/]{2})\/[^/]+\1$/;

/** What tells a terminal a colour. */
const COLOUR = /\x1b\[[\d;]*m/g;

/** A terminal of some size, in a repository. */
export interface Place {
  readonly repo: string;
  readonly columns: number;
  readonly rows: number;
}

/** A session whose transcript is here, as git says. */
export interface Sample {
  readonly checkpoint: string;
  readonly session: string;
  readonly agent: string;
}

/** What git alone says of the layouts of a repository: IDs of checkpoints, and how many sessions each has. */
export interface Counted {
  readonly layouts: ReadonlyMap<string, { readonly ids: ReadonlySet<string>; readonly sessions: number }>;
  /** What lists have: all but what the second V1 alone has. */
  readonly listed: ReadonlySet<string>;
  /** Of V1. */
  readonly commits: number;
}

export function counted(repo: string): Counted {
  const all = Object.keys(refs(repo, 'refs/'));
  const layouts = new Map<string, { ids: ReadonlySet<string>; sessions: number }>();
  for (const [name, ref] of Object.entries({ V1, V2: MAIN, 'second V1': SECOND_V1 })) {
    if (!all.includes(ref)) continue;
    const ids = countedPaths(repo, ref, CHECKPOINT).map((path) => path.replace('/', ''));
    layouts.set(name, { ids: new Set(ids), sessions: countedPaths(repo, ref, SESSION).length });
  }
  const single = all.filter((ref) => REFS.test(ref));
  if (single.length > 0) {
    const ids = new Set(single.map((ref) => ref.slice(ref.lastIndexOf('/') + 1)));
    layouts.set('git-refs', { ids, sessions: single.flatMap((ref) => countedPaths(repo, ref, /^\d+$/)).length });
  }
  const listed = [...layouts].flatMap(([name, { ids }]) => (name === 'second V1' ? [] : [...ids]));
  return {
    layouts,
    listed: new Set(listed),
    commits: all.includes(V1) ? Number(git(repo, 'rev-list', '--count', V1)) : 0,
  };
}

/** A transcript of each agent, of those whose objects are all here. */
export function samples(repo: string): Sample[] {
  const byAgent = new Map<string, Sample>();
  for (const { ref, folder, agent, parts } of transcriptsOf(repo).values()) {
    if (ref === SECOND_V1) continue; // only `status` and `migrate --to refs` know it
    const path = REFS.test(ref) ? `${ref.slice(ref.lastIndexOf('/') + 1)}/${folder}` : folder.replace('/', '');
    const [checkpoint = '', session = '', ...rest] = path.split('/');
    const isHere = parts.every((id) => gitResult(repo, ['cat-file', '-e', id]).status === 0);
    if (isHere && rest.length === 0 && !byAgent.has(agent)) byAgent.set(agent, { checkpoint, session, agent });
  }
  return [...byAgent.values()];
}

/** Runs a command to its end in a terminal, in which a pager shows so many lines. */
export async function screenOf(args: readonly string[], { repo, columns, rows }: Place, paged = rows - 1) {
  const env = { PAGER: Number.isFinite(paged) ? `head -n ${paged}` : 'cat' };
  const terminal = new Terminal(process.execPath, [PROGRAM, ...args], { columns, rows, cwd: repo, env });
  const { exitCode } = await terminal.exit;
  return { ...shown(terminal), exitCode };
}

/** What a terminal shows in which a program has ended, and what it showed first; closes it. */
function shown(terminal: Terminal): { text: string; screen: string; first: string } {
  // A long text is scrolled out of all that a terminal keeps.
  const lines = terminal.output.replace(COLOUR, '').split('\r\n', terminal.screen().length - 1);
  const all = { text: terminal.text(), screen: terminal.screen().join('\n'), first: lines.join('\n') };
  try {
    expectFit(terminal, all.text);
  } finally {
    terminal.close();
  }
  return all;
}

/** Nothing of a repository drives the terminal, and no line is too long for it. */
function expectFit(terminal: Terminal, text: string): void {
  // A hint stays whole: its commands are there to be pasted.
  const broken = terminal.brokenLines().find((line) => !line.startsWith('hint: '));
  if (broken !== undefined) throw new CheckFailed(`the terminal broke a line: ${broken}`);
  // Colours, moves of the cursor, pieces that are cleared, and modes that are switched: nothing else is ours.
  const rest = terminal.output.replace(/\x1b\[\??[\d;]*[A-HJKfhlmsu]/g, '');
  const [strange] = /[^\r\n]{0,20}[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]/.exec(rest) ?? [];
  if (strange !== undefined) throw new CheckFailed(`a control character: ${JSON.stringify(strange)}`);
  if (text === '') throw new CheckFailed('nothing was shown');
}

/** Starts `ckpt browse`; whoever starts it closes it. */
export function browseIn({ repo, columns, rows }: Place): Terminal {
  return new Terminal(process.execPath, [PROGRAM, 'browse'], { columns, rows, cwd: repo });
}

/** Starts `ckpt migrate`, and looks at the screen as often as it can: what it counts never gets less within a phase. */
export async function migrateIn({
  repo,
  columns,
  rows,
}: Place): Promise<{ text: string; screen: string; looks: number }> {
  const terminal = new Terminal(process.execPath, [PROGRAM, 'migrate'], { columns, rows, cwd: repo });
  let isOver = false;
  const ended = terminal.exit.then(() => {
    isOver = true;
  });
  let looks = 0;
  let before = { phases: 0, name: '', done: 0 };
  while (!isOver) {
    const seen = live(terminal.screen().join('\n'));
    if (seen !== undefined) {
      looks++;
      const isBack = seen.phases < before.phases || (seen.name === before.name && seen.done < before.done);
      if (isBack) throw new CheckFailed(`it went back from ${JSON.stringify(before)} to ${JSON.stringify(seen)}`);
      before = seen;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await ended;
  return { ...shown(terminal), looks };
}

/** What the live view says: phases that are done, the one under way, and its count. */
function live(screen: string): { phases: number; name: string; done: number } | undefined {
  const [, name, count] = /^ {2}▸ ([a-z ]+)[^\n]*(?:\n.*%)?(?:\n +([\d,]+)(?: of [\d,]+)?\b)?/m.exec(screen) ?? [];
  if (name === undefined) return undefined;
  return {
    phases: screen.match(/^ {2}✓ /gm)?.length ?? 0,
    name,
    done: Number(count?.replaceAll(',', '') ?? 0),
  };
}

/** A text without its frame and its line ends: what it says, wherever its lines are broken. */
export function running(text: string): string {
  return text.replace(/[╭╮╰╯─│\s]+/g, ' ').replaceAll('/ ', '/');
}

/** Finds something on a screen, and gives its first group. */
export function found(text: string, pattern: RegExp, what: string): string {
  const match = pattern.exec(text);
  if (match === null) throw new CheckFailed(`no ${what} (${pattern}):\n${text}`);
  return match[1] ?? match[0];
}

/** A folder of its own beside a repository. */
export function beside(repo: string, name: string): string {
  return join(repo, '..', name);
}

/** A screen of a transcript has a prompt or an answer, and no entry that nothing explains. */
export function expectConversation(screen: string): void {
  found(screen, /^(?:User|Assistant)\b/m, 'prompt or answer on the first screen');
  const [raw] = /^(?:Not understood.*| *\{"type":.*)$/m.exec(screen) ?? [];
  if (raw !== undefined) throw new CheckFailed(`it is not understood: ${raw}`);
}
