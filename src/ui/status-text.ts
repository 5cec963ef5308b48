import type { LayoutStanding } from '../inspect/layout-standings.ts';
import type { GenerationStatus, StatusReport } from '../inspect/status-report.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import { alignColumns } from './align-columns.ts';
import { printedCommand } from './command-line.ts';
import { page } from './page.ts';
import { type Palette, palette } from './palette.ts';
import type { RunFacts } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatBytes, formatCount, formatDuration, shortId } from './words.ts';

/** Archives that have a line of their own; older ones share one, so that all of it is on one screen. */
const MAX_ARCHIVES = 3;
/** Characters of a bar. */
const BAR = 20;
/** Below this many columns bars are short, and dates are left out. */
const NARROW = 78;
const NARROW_BAR = 8;
/** Below this the sessions of a layout are left out. */
const TINY = 56;

/**
 * Where a repository stands, on one screen, for a person to read. Where `width` columns are few, bars are short and dates left
 * out. Ends with a line feed.
 */
export function statusText(
  report: StatusReport,
  width: number,
  run: RunFacts,
  paints: Palette = palette(false),
): string {
  const { bold, green, red } = paints;
  const titled = ([title = '', ...lines]: readonly string[]) => [title.replace(/^[^:]+/, bold), ...lines];
  const [first = '', ...rest] = layouts(report, width);
  const archives = generations(report, width);
  const [verdict = '', ...next] = problems(report, run);
  return page([
    head(report, run),
    [first.replace(/^\S+/, bold), ...rest],
    archives.length === 0 ? [] : titled(archives),
    [...titled(settings(report)), ...titled(hooks(report))],
    [report.problems.length === 0 ? green(verdict) : red(verdict), ...next],
  ]);
}

function head({ repository }: StatusReport, { repository: path, version, engine, engineVersion }: RunFacts): string[] {
  const kinds = [repository.isBare ? 'bare' : '', repository.isShallow ? 'shallow' : ''].filter((kind) => kind !== '');
  const kind = kinds.length === 0 ? '' : ` (${kinds.join(', ')})`;
  return [`${sanitize(path)}${kind}`, `ckpt ${version}, ${engine} engine: ${sanitize(engineVersion)}`];
}

function layouts(report: StatusReport, width: number): string[] {
  const { standings, unreadableLayouts, v1, coverage, main } = report;
  const unreadable = unreadableLayouts.map(({ layout, where }) => [
    `  ${LAYOUT_NAMES[layout]}`,
    `${sanitize(where)}, which can't be read`,
  ]);
  if (standings.length === 0) {
    return [`Layouts: none${unreadable.length === 0 ? '' : ' that can be read'}`, ...alignColumns(unreadable)];
  }
  const counts = standings.map((one) => {
    const count = (number: number | null) => (number === null ? '-' : formatCount(number));
    const unread = one.unreadableCount === 0 ? '' : `${formatCount(one.unreadableCount)} not readable`;
    const cells = [one.checkpointCount, one.sessionCount, one.onlyHereCount, one.behindCount].map(count);
    return [`  ${nameOf(one)}`, ...cells, unread];
  });
  const isTiny = width < TINY;
  const titles = ['Layouts', isTiny ? 'total' : 'checkpoints', 'sessions', 'only here', 'behind'];
  const rows = [titles, ...counts];
  const places = standings.map((one) => {
    const at = one.commit === null ? '' : ` at ${shortId(one.commit)}`;
    const commits = one.layout === 'v1' && !one.isSecondV1 && v1 !== null ? `, ${commitWords(v1)}` : '';
    return [`  ${nameOf(one)}`, `${sanitize(one.where)}${at}${commits}`];
  });
  const isTold = coverage !== null && main !== null;
  return [
    ...alignColumns(isTiny ? rows.map((row) => row.toSpliced(2, 1)) : rows),
    ...alignColumns([...places, ...unreadable]),
    primaryWords(report),
    ...(isTold ? [`  V2 and V1: ${coverageWords(coverage)}`] : []),
    ...report.pending.map(pendingWords),
  ];
}

/** What is behind for a moment. */
function pendingWords({ layout, checkpointCount }: StatusReport['pending'][number]): string {
  const count = checkpointCount === 1 ? 'one ' : checkpointCount === 0 ? '' : `${checkpointCount} checkpoints `;
  return `  ${LAYOUT_NAMES[layout]} ${agreeing(layout, 'is', 'are')} ${count}behind; the next hook closes it`;
}

function nameOf({ layout, isSecondV1 }: LayoutStanding): string {
  return isSecondV1 ? 'second V1' : LAYOUT_NAMES[layout];
}

function commitWords({ counts: { commits } }: NonNullable<StatusReport['v1']>): string {
  return commits === null ? 'commits not countable' : countOf(commits, 'commit');
}

/** Which layout is written first, and why. */
function primaryWords({ primary, standings }: StatusReport): string {
  if (primary === null) return '  Primary: not known, for the settings are not readable';
  const { layout, source, key } = primary;
  const why = source === null ? 'no setting says another' : `${source}${key === null ? '' : `, ${key}`}`;
  const isHere = standings.some((one) => one.layout === layout && !one.isSecondV1);
  return `  Primary: ${LAYOUT_NAMES[layout]} (${sanitize(why)})${isHere ? '' : ', not here'}`;
}

function coverageWords({ relation, counts: { commits, checkpoints } }: NonNullable<StatusReport['coverage']>): string {
  if (relation === 'same') return 'all of V1 is projected';
  if (relation === 'ahead') return 'ahead of the V1 that is here';
  // Commits of another writer's V2 can't be counted, or are none where all was added to it.
  const parts = [
    ...(commits ? [countOf(commits, 'V1 commit')] : []),
    ...(checkpoints > 0 ? [countOf(checkpoints, 'V1 checkpoint')] : []),
  ];
  return parts.length === 0 ? 'every V1 checkpoint is in V2' : `${parts.join(' and ')} not projected yet`;
}

function generations({ generations: all, generationCapacity }: StatusReport, width: number): string[] {
  if (all.length === 0) return [];
  const archives = all.filter(({ state }) => state === 'archived' || state === 'unreadable');
  const older = archives.slice(0, Math.max(0, archives.length - MAX_ARCHIVES));
  const listed = [...archives.slice(older.length), ...all.filter(({ state }) => state === 'current')];
  const isNarrow = width < NARROW;
  const rows = [
    ...(older.length === 0 ? [] : [sum(older, isNarrow)]),
    ...listed.map((one) => row(one, generationCapacity, isNarrow)),
  ];
  const gone = (['pruned', 'missing'] as const).flatMap((state) => {
    const numbers = all.filter((one) => one.state === state).map(({ number }) => number ?? 0);
    return numbers.length === 0 ? [] : [`  ${state}: ${ranges(numbers)}`];
  });
  const files = all.reduce((total, { absentFileCount }) => total + absentFileCount, 0);
  const absent = files === 0 ? [] : [`  not counted: ${countOf(files, 'file')} absent from this repository`];
  return ['Generations (transcripts, uncompressed)', ...alignColumns(rows), ...gone, ...absent];
}

function row(one: GenerationStatus, capacity: number, isNarrow: boolean): string[] {
  const name = `  ${one.number ?? (one.state === 'current' ? 'current' : 'full/current')}`;
  if (one.state === 'unreadable') return [name, 'not readable'];
  const count = one.checkpointCount ?? 0;
  const size = one.bytes === null ? '' : formatBytes(one.bytes);
  const bar = fullness(count, capacity, isNarrow ? NARROW_BAR : BAR);
  return [name, bar, `${formatCount(count)}/${formatCount(capacity)}`, ...(isNarrow ? [] : [days(one)]), size];
}

/** A bar of how full a generation is: full only where it is, and empty only where nothing is in it. */
function fullness(count: number, capacity: number, length: number): string {
  const share = Math.round((count / capacity) * length);
  const most = count < capacity ? length - 1 : length;
  const filled = count === 0 ? 0 : Math.min(most, Math.max(1, share));
  return `[${'#'.repeat(filled)}${'-'.repeat(length - filled)}]`;
}

/** Many archives in one line. */
function sum(all: readonly GenerationStatus[], isNarrow: boolean): string[] {
  const count = all.reduce((total, { checkpointCount }) => total + (checkpointCount ?? 0), 0);
  const bytes = all.reduce((total, one) => total + (one.bytes ?? 0), 0);
  const span = { oldest: all[0]?.oldest ?? null, newest: all.at(-1)?.newest ?? null };
  const numbers = ranges(all.map(({ number }) => number ?? 0));
  return [
    `  ${numbers}`,
    countOf(all.length, 'archive'),
    formatCount(count),
    ...(isNarrow ? [] : [days(span)]),
    formatBytes(bytes),
  ];
}

/** The days of the oldest and the newest session, as they were written. */
function days({ oldest, newest }: Pick<GenerationStatus, 'oldest' | 'newest'>): string {
  const both = [oldest, newest].flatMap((time) => (time === null ? [] : [sanitize(time.slice(0, 10))]));
  return [...new Set(both)].join(' to ');
}

/** `1-3, 7` */
function ranges(numbers: readonly number[]): string {
  const parts: Array<[number, number]> = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

/** What is set, and where; what is not set has its default. */
function settings({ settings: known }: StatusReport): string[] {
  if (known === null) return ['Settings: not readable'];
  const set = known.flatMap(({ key, value, source }) =>
    source === null ? [] : [[`  ${key}`, sanitize(String(value)), source]],
  );
  if (set.length === 0) return ['Settings: none of strategy_options is set'];
  return ['Settings (strategy_options)', ...alignColumns(set)];
}

function hooks({ hooks: known }: StatusReport): string[] {
  if (known === null) return ['Hooks: not readable'];
  const places = [
    ...(known.git?.hooks ?? []).map(({ hook, active }) => ({ name: hook as string, active })),
    ...known.agents.map(({ agent, active }) => ({ name: agent as string, active })),
  ];
  const names = (active: boolean) => places.filter((place) => place.active === active).map(({ name }) => name);
  const { lastRun, isBackground, isWorking } = known;
  return [
    `Hooks that run the mirror: ${names(true).join(', ') || 'none'}`,
    ...(names(true).length > 0 && names(false).length > 0 ? [`  not: ${names(false).join(', ')}`] : []),
    lastRun === null
      ? '  it has not run here yet'
      : `  it last ran at ${sanitize(lastRun.at)}: ${lastRun.outcome}, ${formatDuration(lastRun.durationMs)}`,
    ...(isBackground ? [`  in the background${isWorking ? ', where it is at work now' : ''}`] : []),
  ];
}

function problems({ problems: found }: StatusReport, { argv }: RunFacts): string[] {
  if (found.length === 0) return ['Nothing needs attention.'];
  const lines = found.flatMap(({ message, commands }) => [
    `  ${sanitize(message)}`,
    ...commands.map((words) => `    ${printedCommand(words, argv)}`),
  ]);
  const next = found.find(({ commands }) => commands.length > 0)?.commands[0];
  const last = found.length === 1 || next === undefined ? [] : [`Next: ${printedCommand(next, argv)}`];
  return ['Needs attention', ...lines, ...last];
}
