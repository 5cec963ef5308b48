import type { CheckpointList, ListedCheckpoint } from '../inspect/list-checkpoints.ts';
import { clip, padTo, widthOf } from './clip.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatCount } from './words.ts';

/** One column of the list. */
interface Column {
  readonly title: string;
  cell(checkpoint: ListedCheckpoint): string;
  /** The most columns of the terminal that it takes. */
  readonly widest: number;
}

const ID: Column = { title: 'checkpoint', cell: ({ checkpoint }) => checkpoint, widest: 26 };
const DATE: Column = { title: 'date (UTC)', cell: ({ createdAt }) => dateOf(createdAt), widest: 16 };
const DAY: Column = { title: 'date (UTC)', cell: ({ createdAt }) => dateOf(createdAt).slice(0, 10), widest: 10 };
const SESSIONS: Column = { title: 'sessions', cell: ({ sessionCount }) => formatCount(sessionCount), widest: 8 };
const COUNT: Column = { ...SESSIONS, title: '#', widest: 4 };
const AGENTS: Column = { title: 'agent', cell: ({ agents }) => sanitize(agents.join(', ')), widest: 24 };
const BRANCH: Column = { title: 'branch', cell: ({ branch }) => sanitize(branch ?? ''), widest: 24 };
/** The same, where there is less room. */
const AGENTS_CUT: Column = { ...AGENTS, widest: 12 };
const BRANCH_CUT: Column = { ...BRANCH, widest: 14 };
const LAYOUT: Column = { title: 'layout', cell: ({ layouts }) => layouts.join(' '), widest: 6 };
const PROMPT: Column = {
  title: 'prompt',
  cell: ({ prompt }) => sanitize(prompt ?? ''),
  widest: Number.POSITIVE_INFINITY,
};

const GAP = 2;
/** The fewest columns that the prompt is worth showing in. */
const LEAST_PROMPT = 14;

/** From the widest line to the narrowest: the first that leaves room for the prompt is taken. */
const LINES: readonly (readonly Column[])[] = [
  [ID, DATE, BRANCH, AGENTS, SESSIONS, LAYOUT],
  [ID, DATE, BRANCH, AGENTS, COUNT],
  [ID, DAY, BRANCH_CUT, AGENTS_CUT, COUNT],
  [ID, DAY, AGENTS_CUT, COUNT],
  [ID, DAY, COUNT],
  [ID, DAY],
];

/** A list of checkpoints, one line each, no wider than `width` columns. Ends with a line feed. */
export function listText(list: CheckpointList, width: number): string {
  const { checkpoints } = list;
  if (checkpoints.length === 0) return `${headline(list)}\n`;
  const lines = LINES.map((columns) => sized(columns, checkpoints, width));
  const fits = ({ taken }: Line) => taken + LEAST_PROMPT <= width;
  const line = lines.find(fits) ?? sized([ID, DAY], checkpoints, width);
  const prompt = { column: PROMPT, width: Math.max(0, width - line.taken) };
  const columns = [...line.columns, ...(prompt.width >= LEAST_PROMPT ? [prompt] : [])];
  const row = (cellOf: (column: Column) => string) =>
    columns
      .map(({ column, width: most }) => {
        const text = clip(cellOf(column), most);
        return most === Number.POSITIVE_INFINITY ? text : padTo(text, most);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const rows = [row(({ title }) => title), ...checkpoints.map((checkpoint) => row(({ cell }) => cell(checkpoint)))];
  return `${[...rows, ...closing(list)].join('\n')}\n`;
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
    for (const checkpoint of checkpoints) width = Math.max(width, widthOf(column.cell(checkpoint)));
    const most = Number.isFinite(limit) ? Math.max(column.widest, column.title.length) : limit;
    return { column, width: Math.min(width, most) };
  });
  return { columns: sizes, taken: sizes.reduce((sum, { width }) => sum + width + GAP, 0) };
}

/** `2026-01-31 09:30`, in UTC; `-` where no time is known. */
export function dateOf(createdAt: string | null): string {
  const time = createdAt === null ? Number.NaN : Date.parse(createdAt);
  return Number.isNaN(time) ? '-' : new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

function headline({ total }: CheckpointList): string {
  return total === 0 ? 'There are no checkpoints.' : `None of ${countOf(total, 'checkpoint')} is that new.`;
}

/** Says what the list leaves out. */
function closing({ total, matching, checkpoints }: CheckpointList): string[] {
  const words: string[] = [];
  if (checkpoints.length < matching) words.push(countOf(matching - checkpoints.length, 'older checkpoint'));
  if (matching < total) words.push(`${formatCount(total - matching)} from before the time asked for`);
  return words.length === 0 ? [] : ['', `Not shown: ${words.join('; ')}.`];
}
