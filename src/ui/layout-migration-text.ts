import type { LayoutName } from '../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import type { LayoutMigration } from '../migrate/between/layout-migration.ts';
import type { SessionPlace } from '../project/back/session-fate.ts';
import { printedCommand } from './command-line.ts';
import { page } from './page.ts';
import { refTable } from './ref-table.ts';
import { againLine, nextLine, type RunFacts, tookLine } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf } from './words.ts';

/** What a migration between two layouts did, for a person to read. Ends with a line feed. */
export function layoutMigrationText(result: LayoutMigration, run: RunFacts): string {
  const { status, from, to, dryRun, refs, backup } = result;
  const isChange = status === 'migrated' || status === 'planned';
  const next =
    status === 'planned' && dryRun
      ? againLine(run, { without: '--dry-run' })
      : nextLine(run, 'verify', '--from', from, '--to', to);
  return page([
    [headline(result)],
    status === 'no-source' ? [] : numbers(result),
    ...namedSessions(result),
    left(result, run),
    isChange ? refTable(refs, dryRun) : [],
    backup === null ? [] : [`Copies of the refs that this replaces: ${sanitize(backup)}`],
    [tookLine(run), ...(status === 'no-source' ? [] : [next])],
  ]);
}

function headline({ status, from, to, refs, counts, leftCheckpoints }: LayoutMigration): string {
  const [source, target] = [LAYOUT_NAMES[from], LAYOUT_NAMES[to]];
  const { created, advanced, added, replaced, restored, joined } = counts;
  const isNew = created + advanced + added + replaced + restored + joined > 0;
  const holds = (layout: LayoutName) => agreeing(layout, 'holds', 'hold');
  switch (status) {
    case 'no-source':
      return `Nothing to migrate: there ${agreeing(from, 'is', 'are')} no ${source} here.`;
    case 'up-to-date':
      return `Nothing to do: ${target} ${holds(to)} everything that ${source} ${holds(from)}.`;
    case 'differs':
      return leftCheckpoints.length === 0
        ? `Nothing to add from ${source}, but ${target} can't be read as a whole.`
        : `Nothing to add: ${target} ${agreeing(to, 'has', 'have')} every checkpoint and session that ${source} ${holds(from)}, but not all as there.`;
    case 'migrated':
      return isNew
        ? `Migrated ${source} to ${target}.`
        : `No checkpoint of ${source} is new to ${target}. Brought up to date: ${countOf(refs.length, 'ref')}.`;
    case 'planned':
      return isNew
        ? `Dry run, nothing was written. To migrate ${source} to ${target}:`
        : `Dry run, nothing was written. No checkpoint of ${source} is new to ${target}. To bring up to date: ${countOf(refs.length, 'ref')}.`;
  }
}

function numbers({ counts }: LayoutMigration): string[] {
  const lines: ReadonlyArray<readonly [number, string]> = [
    [counts.created, 'new'],
    [counts.advanced, 'brought up to date'],
    [counts.added, 'added to, which another tool wrote'],
    [counts.replaced, 'replaced: V1 was rewritten since'],
    [counts.restored, 'that V1 lacked'],
    [counts.joined, 'that V1 had less of'],
    [counts.same + counts.foreign, 'already there'],
    [counts.ahead, 'of a newer V1 than this one'],
    [counts.deleted, 'deleted here, which stay away'],
  ];
  return lines.flatMap(([count, words]) => (count === 0 ? [] : [`  ${countOf(count, 'checkpoint')} ${words}`]));
}

/** Sessions that are named in the text; `--json` names them all. */
const MAX_NAMED = 20;

function namedSessions({ sessions, to }: LayoutMigration): string[][] {
  const target = LAYOUT_NAMES[to];
  const lists: ReadonlyArray<readonly [readonly SessionPlace[], one: string, many: string]> = [
    [
      sessions.withoutTranscript,
      'session comes without a transcript: V2 has none of it, since it was pruned or never written',
      'sessions come without transcripts: V2 has none of them, since they were pruned or never written',
    ],
    [
      sessions.startsCounted,
      'session has its checkpoint_transcript_start counted in the raw transcript; V2 counted it in the compact one',
      'sessions have their checkpoint_transcript_start counted in the raw transcript; V2 counted it in the compact one',
    ],
    [
      sessions.startsLeftOut,
      `session has no checkpoint_transcript_start in ${target}: what V2 counted can't be found in the raw transcript`,
      `sessions have no checkpoint_transcript_start in ${target}: what V2 counted can't be found in the raw transcripts`,
    ],
  ];
  return lists.flatMap(([places, one, many]) => {
    if (places.length === 0) return [];
    const names = places.map(({ checkpoint, session }) => `${checkpoint}/${session}`);
    return [[`${countOf(places.length, one, many)}:`, ...listed(names)]];
  });
}

function listed(names: readonly string[]): string[] {
  const shown = names.slice(0, MAX_NAMED).map((name) => `  ${sanitize(name)}`);
  const more = names.length - shown.length;
  return more === 0 ? shown : [...shown, `  and ${countOf(more, 'more', 'more')}, which --json names`];
}

/** What the target keeps as its own, and the commands that show it and decide otherwise. */
function left({ leftCheckpoints, from, to }: LayoutMigration, { argv }: RunFacts): string[] {
  if (leftCheckpoints.length === 0) return [];
  const [source, target] = [LAYOUT_NAMES[from], LAYOUT_NAMES[to]];
  const what = countOf(leftCheckpoints.length, 'checkpoint');
  const command = (...words: string[]) => printedCommand(['ckpt', ...words, '--from', from, '--to', to], argv);
  return [
    `Left: ${target} ${agreeing(to, 'has', 'have')} ${what} otherwise than ${source}, and ${agreeing(to, 'keeps its', 'keep their')} own:`,
    ...listed(leftCheckpoints),
    `  To see how: ${command('diff', ...leftCheckpoints.slice(0, 1))}`,
    `  To take what ${source} ${agreeing(from, 'has', 'have')}: ${command('repair')}`,
  ];
}
