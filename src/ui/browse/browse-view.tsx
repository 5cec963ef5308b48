import { Box, Text } from 'ink';
import { LAYOUT_NAMES } from '../../layout/layout-names.ts';
import { clip } from '../clip.ts';
import type { Line } from '../transcript/line.ts';
import { countOf, formatCount } from '../words.ts';
import { keyBar } from './key-bar.ts';
import { listRow } from './list-row.ts';
import { windowOf } from './reduce-document.ts';
import { visibleRows } from './scroll.ts';
import { type BrowseState, bodyHeight, bodyWidth, listedIds, listLength, topView } from './state.ts';

/** The whole screen: two lines at the top, the list or a text, the keys at the bottom. As many lines as the terminal has. */
export function BrowseView({ state, hasSymbols }: { state: BrowseState; hasSymbols: boolean }) {
  const view = topView(state);
  const columns = bodyWidth(state);
  const search = view === undefined ? state.list.search : state.document?.search;
  const isEmpty = view === undefined && search !== undefined && listedIds(state.list).length === 0;
  const mode = search?.isTyping ? 'typing' : isEmpty ? 'nothing' : search === undefined ? 'all' : 'found';
  return (
    <Box flexDirection="column" height={state.rows} width={columns}>
      <Text bold wrap="truncate">
        {clip(titleOf(state), columns)}
      </Text>
      <Text wrap="truncate">{clip(subtitleOf(state), columns) || ' '}</Text>
      <Box flexDirection="column" height={bodyHeight(state)} overflow="hidden">
        {view === undefined ? <ListBody state={state} hasSymbols={hasSymbols} /> : <TextBody state={state} />}
      </Box>
      <Text inverse wrap="truncate">
        {clip(keyBar(view, mode, columns), columns)}
      </Text>
    </Box>
  );
}

function ListBody({ state, hasSymbols }: { state: BrowseState; hasSymbols: boolean }) {
  const { list } = state;
  const ids = listedIds(list).slice(list.top, list.top + bodyHeight(state));
  if (list.error !== undefined) return <Text wrap="truncate">{clip(`! ${list.error}`, bodyWidth(state))}</Text>;
  if (ids.length === 0) return <Text wrap="truncate">{emptyWords(state)}</Text>;
  const mark = hasSymbols ? '▸' : '>';
  return ids.map((id, at) => {
    const isHere = list.top + at === list.cursor;
    const line = listRow(id, list.rows.get(id), bodyWidth(state) - 2);
    return (
      <Text key={id} inverse={isHere} wrap="truncate">
        {`${isHere ? mark : ' '} ${line}`}
      </Text>
    );
  });
}

function emptyWords({ list }: BrowseState): string {
  if (list.total === undefined) return 'reading …';
  if (list.search?.isRunning) return 'searching …';
  return list.search === undefined || list.search.text === ''
    ? 'reading …'
    : 'Nothing found (transcripts are not searched here).';
}

function TextBody({ state }: { state: BrowseState }) {
  const { document } = state;
  if (document === undefined || document.pages.length === 0) return <Text>reading …</Text>;
  const rows = visibleRows(windowOf(document), document.position, bodyWidth(state), bodyHeight(state));
  if (rows.length === 0) return <Text>{document.isEnd ? 'Nothing in it.' : 'reading …'}</Text>;
  const wanted = document.search?.text ?? '';
  return rows.map((row, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name, and no state
    <TextRow key={at} row={row} wanted={wanted} />
  ));
}

const COLORS = {
  added: 'green',
  removed: 'red',
  place: 'cyan',
  code: 'yellow',
  heading: undefined,
  dim: undefined,
} as const;

/** One row of a text; what was searched for is marked. */
function TextRow({ row: { text, look }, wanted }: { row: Line; wanted: string }) {
  const color = look && COLORS[look];
  const style = { bold: look === 'heading', dimColor: look === 'dim', ...(color && { color }) };
  return (
    <Text wrap="truncate" {...style}>
      {wanted === '' ? text || ' ' : marked(text || ' ', wanted)}
    </Text>
  );
}

/** A text with each place of what was searched for turned around. */
function marked(text: string, wanted: string) {
  const [lower, part] = [text.toLowerCase(), wanted.toLowerCase()];
  const pieces = [];
  let at = 0;
  // A text whose length depends on its case can't be marked by its places.
  for (
    let found = lower.length === text.length ? lower.indexOf(part) : -1;
    found >= 0;
    found = lower.indexOf(part, at)
  ) {
    pieces.push(
      text.slice(at, found),
      <Text key={found} inverse>
        {text.slice(found, found + part.length)}
      </Text>,
    );
    at = found + part.length;
  }
  return [...pieces, text.slice(at)];
}

function titleOf(state: BrowseState): string {
  const view = topView(state);
  const layouts = (state.layout === undefined ? state.layouts : [state.layout])
    .map((one) => LAYOUT_NAMES[one])
    .join(' and ');
  if (view === undefined) {
    const { total } = state.list;
    return `ckpt browse: ${total === undefined ? '' : `${countOf(total, 'checkpoint')} in `}${layouts}`;
  }
  if (view.kind === 'help') return 'ckpt browse: help';
  if (view.kind === 'diff') return `Differences of checkpoint ${view.id}`;
  if (view.kind === 'commit') return `Commits of checkpoint ${view.id}`;
  const read = state.report === undefined ? layouts : LAYOUT_NAMES[state.report.layout];
  return `${view.kind === 'transcript' ? 'Transcript of' : 'Checkpoint'} ${view.id} in ${read}`;
}

function subtitleOf(state: BrowseState): string {
  if (state.notice !== undefined) return state.notice;
  const view = topView(state);
  if (view === undefined) return searchLine(state);
  if (view.kind === 'checkpoint') return tabs(state, view.session);
  const { document } = state;
  if (view.kind !== 'transcript' || document === undefined) return '';
  if (document.pages.length === 0) return `session ${view.session}`;
  if (document.search?.isTyping) return `/${document.search.text}_`;
  const { first, pieces } = windowOf(document);
  const count = first + pieces.filter(({ isError }) => isError !== true).length;
  if (count === 0 && document.isEnd) return `session ${view.session}`;
  const searched = document.search && ` /${document.search.text}`;
  const seeking = document.seek === undefined ? '' : ', searching …';
  const end = document.isSeekingEnd ? 'reading to the end …' : `of ${formatCount(count)}${document.isEnd ? '' : '+'}`;
  return `session ${view.session}, entry ${formatCount(Math.min(document.position.piece + 1, count))} ${end}${searched ?? ''}${seeking}`;
}

function searchLine({ list }: BrowseState): string {
  const { search, total } = list;
  if (search === undefined)
    return `${formatCount(Math.min(list.cursor + 1, listLength(list)))} of ${formatCount(listLength(list))}`;
  const cursor = search.isTyping ? '_' : '';
  if (search.text === '') return `/${cursor}`;
  const looked = search.isRunning ? `, looked at ${formatCount(search.looked)} of ${formatCount(total ?? 0)}` : '';
  const unreadable = search.unreadable === 0 ? '' : `, ${formatCount(search.unreadable)} not readable`;
  return `/${search.text}${cursor}  ${formatCount(search.found.length)} found${looked}${unreadable}`;
}

/** The tabs of a checkpoint, the chosen one in brackets and always in sight. */
function tabs(state: BrowseState, chosen: string | undefined): string {
  const sessions = (state.report?.sessions ?? []).map(({ session }) => session);
  const names = ['overview', ...sessions.map((session) => `session ${session}`)];
  const at = chosen === undefined ? 0 : sessions.indexOf(chosen) + 1;
  const shown = names.map((name, i) => (i === at ? `[${name}]` : name));
  const from = Math.max(0, at - 1);
  return `${from > 0 ? '… ' : ''}${shown.slice(from).join('  ')}`;
}
