import type { CheckpointOddity, CheckpointReport, SessionReport, TokenCounts } from '../inspect/checkpoint-report.ts';
import { LAYOUT_NAMES } from '../layout/layout-names.ts';
import { clip, clipStart } from './clip.ts';
import { printedCommand } from './command-line.ts';
import { page } from './page.ts';
import type { RunFacts } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatBytes, formatCount, shortId } from './words.ts';

/** Touched files that are listed one by one. */
const MAX_LISTED = 10;
/** Places of one oddity that are listed. */
const MAX_PLACES = 3;

/** A label and its value. */
type Fact = readonly [label: string, value: string];

/** What explains the code of an oddity. */
type MeaningOf = (code: CheckpointOddity['code']) => string;

/**
 * What a checkpoint holds, for a person to read; paths are cut where they would be wider than `width` columns, facts never. Ends with
 * a line feed.
 */
export function checkpointText(
  report: CheckpointReport,
  meaningOf: MeaningOf,
  width: number,
  { argv }: Pick<RunFacts, 'argv'>,
): string {
  return page([
    lostLines(report, argv),
    headline(report, width, MAX_LISTED),
    ...sessionParts(report),
    oddityLines(report, meaningOf, width, MAX_PLACES),
    closing(report, argv),
  ]);
}

/** The same for a screen that can be scrolled, and that has keys for what comes next: all files and places, nothing cut. */
export function wholeCheckpointText(report: CheckpointReport, meaningOf: MeaningOf): string {
  return page([
    lostLines(report, []),
    headline(report, Infinity, Infinity),
    ...sessionParts(report),
    oddityLines(report, meaningOf, Infinity, Infinity),
  ]);
}

function sessionParts({ sessions, sessionCount }: CheckpointReport): string[][] {
  // One session alone is shown where that was asked for.
  const rest = sessions.length > 1 ? sessionCount - sessions.length : 0;
  const more = `and ${countOf(rest, 'more session')}: \`--session N\` shows the one in folder N`;
  return [...sessions.map(sessionPart), ...(rest > 0 ? [[more]] : [])];
}

/** On top: that the checkpoint is lost, and what brings it back. */
function lostLines({ checkpoint, deletion, ref, commit }: CheckpointReport, argv: readonly string[]): string[] {
  if (deletion === null) return [];
  const lost = 'Lost: no layout has this checkpoint any more.';
  const again = `To bring it back: ${printedCommand(['ckpt', 'restore', checkpoint], argv)}`;
  if (deletion.commit === null)
    return [`${lost} Read from the backup ${sanitize(ref)}, as of ${shortId(commit)}.`, again];
  const { author, authoredAt } = deletion;
  const by = [shortId(deletion.commit), authoredAt?.slice(0, 10) ?? '', sanitize(author ?? '')];
  return [
    `${lost} Read from the history of ${sanitize(ref)}, as of ${shortId(commit)}.`,
    `Deleted by ${by.filter((part) => part !== '').join(', ')}: ${sanitize(deletion.subject ?? '')}`,
    again,
  ];
}

function headline(
  { checkpoint, layout, layouts, commits, ref, commit, summary, sessionCount, sessions }: CheckpointReport,
  width: number,
  mostFiles: number,
): string[] {
  const others = layouts.filter((other) => other !== layout).map((other) => LAYOUT_NAMES[other]);
  const facts: Fact[] = [
    ...commitFacts(commits),
    [
      'read from',
      `${sanitize(ref)} (${shortId(commit)})${others.length === 0 ? '' : `; also in ${others.join(', ')}`}`,
    ],
  ];
  if (summary === null) facts.push(['summary', 'absent, or not readable']);
  else {
    facts.push(
      ['branch', sanitize(summary.branch ?? '')],
      ['agents', unique(sessions.map(({ agent }) => agent))],
      ['models', unique(sessions.map(({ model }) => model))],
      ['created', timesOf(sessions)],
      ['strategy', sanitize(summary.strategy ?? '')],
      ['written by', summary.cliVersion === null ? '' : `Entire CLI ${sanitize(summary.cliVersion)}`],
      ['steps', counted(summary.stepCount)],
      ['tokens', tokens(summary.tokenUsage)],
    );
  }
  const files = summary === null ? [] : touched(summary.filesTouched, width, mostFiles);
  return [`Checkpoint ${checkpoint}: ${countOf(sessionCount, 'session')}`, ...factLines(facts), ...files];
}

/** The commits that name the checkpoint: its subject is what people know it by. */
function commitFacts(commits: CheckpointReport['commits']): Fact[] {
  const [first, ...others] = commits;
  if (first === undefined) return [];
  const { commit, subject, author, checkpointCount } = first;
  const squashed = checkpointCount > 1 ? `; names ${countOf(checkpointCount, 'checkpoint')}` : '';
  const more = others.map(({ commit: id, subject: text }) => `${shortId(id)} ${sanitize(text)}`).slice(0, MAX_PLACES);
  const rest = others.length - more.length;
  return [
    ['commit', `${shortId(commit)} ${sanitize(subject)}`],
    ['by', `${sanitize(author)}${squashed}`],
    ...(more.length === 0
      ? []
      : [['also in', more.join('; ') + (rest > 0 ? `; ${formatCount(rest)} more` : '')] as const]),
  ];
}

/** The least and the greatest time, as they were written. */
function timesOf(sessions: readonly SessionReport[]): string {
  const times = sessions.flatMap(({ createdAt }) => createdAt ?? []).filter((time) => !Number.isNaN(Date.parse(time)));
  times.sort((a, b) => Date.parse(a) - Date.parse(b));
  return [...new Set([times.at(0), times.at(-1)])]
    .flatMap((time) => (time === undefined ? [] : sanitize(time)))
    .join(' to ');
}

function unique(values: readonly (string | null)[]): string {
  const known = values.flatMap((value) => (value === null || value === '' ? [] : sanitize(value)));
  return [...new Set(known)].join(', ');
}

function touched(files: readonly string[], width: number, most: number): string[] {
  if (files.length === 0) return [];
  const listed = files.slice(0, most).map((file) => `    ${clipStart(sanitize(file), width - 4)}`);
  const rest = files.length - listed.length;
  return [
    `  ${countOf(files.length, 'file')} touched:`,
    ...listed,
    ...(rest > 0 ? [`    and ${formatCount(rest)} more; --json lists all`] : []),
  ];
}

function sessionPart(session: SessionReport): string[] {
  const { agent, model } = session;
  const who = [agent, model].flatMap((name) => (name === null || name === '' ? [] : sanitize(name))).join(', ');
  const facts: Fact[] = [
    ['session ID', sanitize(session.sessionId ?? '')],
    ['created', sanitize(session.createdAt ?? 'not known')],
    ['transcript', transcript(session)],
    ['content hash', sanitize(session.transcript?.contentHash ?? '')],
    ['prompts', session.prompts === null ? 'none' : size(session.prompts.bytes)],
    ['tasks', counted(session.taskCount)],
    ['steps', counted(session.stepCount)],
    ['tokens', tokens(session.tokenUsage)],
    ['files touched', counted(session.filesTouched.length)],
  ];
  return [`Session ${session.session}${who === '' ? '' : `: ${who}`}`, ...factLines(facts)];
}

/** A number that is worth a line: not for none. */
function counted(count: number | null): string {
  return count === null || count === 0 ? '' : formatCount(count);
}

function transcript({ transcript: found }: SessionReport): string {
  if (found === null) return 'none';
  const pieces = found.files.length === 1 ? '' : ` in ${countOf(found.files.length, 'file')}`;
  return `${size(found.bytes)}${pieces}, on ${sanitize(shortRef(found.ref))}`;
}

/** A ref without what all of them begin with. */
function shortRef(ref: string): string {
  return ref.replace(/^refs\/(?:heads\/|remotes\/|entire\/checkpoints\/v2\/)?/, '');
}

function size(bytes: number | null): string {
  return bytes === null ? 'content absent from this repository' : formatBytes(bytes);
}

function tokens(usage: TokenCounts | null): string {
  if (usage === null) return '';
  const parts: Array<readonly [number | null, string]> = [
    [usage.inputTokens, 'in'],
    [usage.outputTokens, 'out'],
    [usage.cacheReadTokens, 'read from cache'],
    [usage.cacheCreationTokens, 'written to cache'],
    [usage.apiCallCount, 'API calls'],
  ];
  return parts
    .flatMap(([count, what]) => (count === null || count === 0 ? [] : `${formatCount(count)} ${what}`))
    .join(', ');
}

/** Facts that are known, one a line, the values below each other. */
function factLines(facts: readonly Fact[]): string[] {
  const known = facts.filter(([, value]) => value !== '');
  const label = Math.max(...known.map(([text]) => text.length));
  return known.map(([text, value]) => `  ${text.padEnd(label)}  ${value}`);
}

function oddityLines(
  { oddities }: CheckpointReport,
  meaningOf: (code: CheckpointOddity['code']) => string,
  width: number,
  mostPlaces: number,
): string[] {
  if (oddities.length === 0) return [];
  const codes = [...new Set(oddities.map(({ code }) => code))];
  const lines = codes.flatMap((code) => {
    const found = oddities.filter((oddity) => oddity.code === code);
    const places = found.slice(0, mostPlaces).map(({ path, detail }) => {
      return clip(`    ${sanitize(path)}${detail === null ? '' : `: ${sanitize(detail)}`}`, width);
    });
    const rest = found.length - places.length;
    const more = rest > 0 ? [`    and ${formatCount(rest)} more; --json lists all`] : [];
    return [`  ${code} (${formatCount(found.length)}): ${meaningOf(code)}`, ...places, ...more];
  });
  return ['Unusual, which changes nothing:', ...lines];
}

function closing(
  { checkpoint, layout, layouts, sessionCount, sessions }: CheckpointReport,
  argv: readonly string[],
): string[] {
  const readable = sessions.findLast(({ transcript: found }) => found !== null && found.bytes !== null);
  if (readable === undefined) return [];
  const session = sessionCount === 1 ? [] : ['--session', readable.session];
  const first = layouts.length > 1 && layout === 'v2' ? ['--layout', layout] : [];
  const words = ['ckpt', 'show', checkpoint, '--transcript', '--rendered', ...session, ...first];
  return [`To read a transcript: ${printedCommand(words, argv)}`];
}
