import type { CheckpointList, ListedCheckpoint } from '../inspect/list-checkpoints.ts';
import { clip, widthOf } from './clip.ts';
import { printedCommand } from './command-line.ts';
import { labelText } from './label-text.ts';
import { type Paint, type Palette, palette } from './palette.ts';
import type { RunFacts } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatCount, shortId } from './words.ts';

/** One column of the list. */
interface Column {
  readonly title: string;
  /** Its text; one that is wider than so many columns may be cut. */
  cell(checkpoint: ListedCheckpoint, columns: number): string;
  /** The most columns of the terminal that it takes. */
  readonly widest: number;
}

const ID: Column = { title: 'checkpoint', cell: ({ checkpoint }) => checkpoint, widest: 26 };
const DATE: Column = { title: 'date (UTC)', cell: dateOf, widest: 16 };
const DAY: Column = { title: 'date (UTC)', cell: dayOf, widest: 10 };
const SESSIONS: Column = { title: 'sessions', cell: ({ sessionCount }) => formatCount(sessionCount), widest: 8 };
const COUNT: Column = { ...SESSIONS, title: '#', widest: 4 };
const AGENTS: Column = { title: 'agent', cell: ({ agents }) => sanitize(agents.join(', ')), widest: 24 };
const BRANCH: Column = { title: 'branch', cell: ({ branch }) => sanitize(branch ?? ''), widest: 24 };
/** The same, where there is less room. */
const AGENTS_CUT: Column = { ...AGENTS, widest: 12 };
const BRANCH_CUT: Column = { ...BRANCH, widest: 14 };
const LAYOUT: Column = { title: 'layout', cell: ({ layouts }) => layouts.join(' '), widest: 10 };
const COMMIT: Column = {
  title: 'commit',
  cell: ({ commits: [first] }) => (first ? shortId(first.commit) : ''),
  widest: 10,
};
const AUTHOR: Column = {
  title: 'author',
  cell: ({ commits: [first] }) => sanitize(first?.author.replace(/ *<.*/s, '') ?? ''),
  widest: 20,
};
const DELETED: Column = {
  title: 'deleted by, or in',
  cell: ({ deletion }) =>
    deletion === null
      ? ''
      : `${deletion.commit === null ? 'a backup' : shortId(deletion.commit)}${deletion.isWhole ? '' : ' (sessions)'}`,
  widest: 21,
};
const LABEL: Column = {
  title: 'commit subject, or prompt',
  cell: labelText,
  widest: Number.POSITIVE_INFINITY,
};
const PROMPT: Column = { ...LABEL, title: 'prompt · files' };

const GAP = 2;
/** The fewest columns that the label is worth showing in, and those beside an ID of git-refs on a small terminal. */
const LEAST_LABEL = 20;
const LEAST_BESIDE_LONG_ID = 10;

/** From the widest line to the narrowest: the first that leaves room for the label is taken. */
const LINES: readonly (readonly Column[])[] = [
  [ID, DATE, COMMIT, AUTHOR, BRANCH, AGENTS, SESSIONS, LAYOUT],
  [ID, DATE, COMMIT, AUTHOR, BRANCH_CUT, AGENTS_CUT, COUNT],
  [ID, DAY, COMMIT, BRANCH_CUT, AGENTS_CUT, COUNT],
  [ID, DAY, COMMIT, AGENTS_CUT],
  [ID, DAY, COMMIT],
  [ID, DAY],
  [ID],
];
/** The same where no commit names any of the checkpoints. */
const LINES_WITHOUT_COMMITS: typeof LINES = [
  [ID, DATE, BRANCH, AGENTS, SESSIONS, LAYOUT],
  [ID, DATE, BRANCH, AGENTS, COUNT],
  [ID, DATE, BRANCH_CUT, AGENTS_CUT, COUNT],
  [ID, DATE, AGENTS_CUT],
  [ID, DATE],
  [ID, DAY],
  [ID],
];
/** The same of what is lost. */
const LINES_OF_LOST: typeof LINES = [
  [ID, DATE, DELETED, COMMIT, AUTHOR, BRANCH_CUT, SESSIONS],
  [ID, DAY, DELETED, COMMIT, COUNT],
  [ID, DAY, DELETED],
  [ID],
];
/** The room that the label should have before another column takes it. */
const GOOD_LABEL = 28;

/** A list of checkpoints, one line each, no wider than `width` columns, painted where `paints` has colours. Ends with a line feed. */
export function listText(
  list: CheckpointList,
  width: number,
  { argv }: Pick<RunFacts, 'argv'>,
  paints: Palette = palette(false),
): string {
  const { checkpoints } = list;
  if (checkpoints.length === 0) return `${headline(list)}\n`;
  const hasCommits = checkpoints.some(({ commits }) => commits.length > 0);
  const isLost = checkpoints.some(({ deletion }) => deletion !== null);
  const kinds = isLost ? LINES_OF_LOST : hasCommits ? LINES : LINES_WITHOUT_COMMITS;
  const lines = kinds.map((columns) => sized(columns, checkpoints, width));
  const leaves = (room: number) => lines.find(({ taken }) => taken + room <= width);
  const line =
    leaves(GOOD_LABEL) || leaves(LEAST_LABEL) || leaves(LEAST_BESIDE_LONG_ID) || sized([ID], checkpoints, width);
  const label = { column: hasCommits ? LABEL : PROMPT, width: Math.max(0, width - line.taken) };
  const columns = [...line.columns, ...(label.width >= LEAST_BESIDE_LONG_ID ? [label] : [])];
  const row = (cellOf: (column: Column, columns: number) => string, paintOf: (column: Column) => Paint | undefined) =>
    columns
      .map(({ column, width: most }, at) => {
        const text = clip(cellOf(column, most), most);
        const isLast = at === columns.length - 1;
        const padding = isLast || most === Number.POSITIVE_INFINITY ? '' : ' '.repeat(most - widthOf(text));
        return (paintOf(column)?.(text) ?? text) + padding;
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const titles = row(
    ({ title }) => title,
    () => paints.bold,
  );
  const paintOf = (column: Column) => (column === ID ? paints.cyan : column === COMMIT ? paints.green : undefined);
  const rows = [
    titles,
    ...checkpoints.map((checkpoint) => row(({ cell }, columns) => cell(checkpoint, columns), paintOf)),
  ];
  const command = (verb: string) => printedCommand(['ckpt', verb, 'ID'], argv);
  const restoring = isLost ? ['', `To look at one: ${command('show')}. To bring it back: ${command('restore')}`] : [];
  return `${[...rows, ...closing(list), ...restoring].join('\n')}\n`;
}

interface Line {
  readonly columns: ReadonlyArray<{ readonly column: Column; readonly width: number }>;
  /** Columns of the terminal that it takes, with the gap behind it. */
  readonly taken: number;
}

/** Columns as wide as what is in them; where the line has a limit, within their own limits too. */
function sized(columns: readonly Column[], checkpoints: readonly ListedCheckpoint[], limit: number): Line {
  const sizes = columns.map((column) => {
    let width = column.title.length;
    for (const checkpoint of checkpoints)
      width = Math.max(width, widthOf(column.cell(checkpoint, Number.POSITIVE_INFINITY)));
    const most = Number.isFinite(limit) ? Math.max(column.widest, column.title.length) : limit;
    return { column, width: Math.min(width, most) };
  });
  return { columns: sizes, taken: sizes.reduce((sum, { width }) => sum + width + GAP, 0) };
}

type Dated = Pick<ListedCheckpoint, 'createdAt' | 'isOddTime'>;

/** `2026-01-31`, in UTC, or `odd 0001`. */
export function dayOf(dated: Dated): string {
  return dateOf(dated).slice(0, dated.isOddTime ? 8 : 10);
}

/** `2026-01-31 09:30`, in UTC; `-` where no time is known, `odd 0001-01-01` for one that nobody meant. */
export function dateOf({ createdAt, isOddTime }: Dated): string {
  if (isOddTime) return `odd ${sanitize((createdAt ?? '').slice(0, 10))}`;
  const time = createdAt === null ? Number.NaN : Date.parse(createdAt);
  return Number.isNaN(time) ? '-' : new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

function headline({ total }: CheckpointList): string {
  return total === 0 ? 'There are no checkpoints.' : `None of ${countOf(total, 'checkpoint')} matches.`;
}

/** Says what the list leaves out. */
function closing({ total, matching, checkpoints }: CheckpointList): string[] {
  const words: string[] = [];
  if (checkpoints.length < matching) words.push(countOf(matching - checkpoints.length, 'older checkpoint'));
  if (matching < total) words.push(`${formatCount(total - matching)} that do not match`);
  return words.length === 0 ? [] : ['', `Not shown: ${words.join('; ')}.`];
}
