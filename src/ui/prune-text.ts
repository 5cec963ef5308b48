import type { Freed, PruneArchive, PruneResult, RestoreResult } from '../prune/prune-result.ts';
import type { RemotePruneResult } from '../remote/prune-remote.ts';
import { alignColumns } from './align-columns.ts';
import { printedText } from './command-line.ts';
import { page } from './page.ts';
import { outcomeTable } from './ref-table.ts';
import { againLine, nextLine, type RunFacts, tookLine } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatBytes, formatCount } from './words.ts';

/** Checkpoints of one archive that are named; the rest is counted. */
const MAX_NAMED = 5;
const DAY = 86_400;

/** What prune found and did, for a person to read; `backup`: whether one was asked for. Ends with a line feed. */
export function pruneText(result: PruneResult, run: RunFacts, backup: boolean): string {
  return page([
    [headline(result)],
    result.archives.length > 0 ? archiveTable(result, run) : [],
    onlyCopies(result),
    freed(result, backup),
    result.warnings.map((text) => `warning: ${sanitize(printedText(text, run.argv))}`),
    [tookLine(run), ...next(result, run)],
  ]);
}

/** What a restore did, for a person to read. Ends with a line feed. */
export function restoreText(result: RestoreResult, run: RunFacts): string {
  const { number, ref, commit, backup, checkpointCount, leftOut } = result;
  const left = countOf(leftOut.length, 'checkpoint');
  return page([
    [
      `Archive ${number} is there again: ${countOf(checkpointCount, 'checkpoint')}, from ${sanitize(backup)}`,
      `  ${sanitize(ref)}  ${commit}`,
    ],
    leftOut.length === 0
      ? []
      : [`Left out, since another generation has newer transcripts of them: ${left}`, `  ${named(leftOut)}`],
    [tookLine(run), nextLine(run, 'verify')],
  ]);
}

/** What was pruned at a remote, for a person to read. Ends with a line feed. */
export function remotePruneText({ status, remote, archives }: RemotePruneResult, run: RunFacts): string {
  const name = sanitize(remote);
  const were = archives.length === 1 ? 'was' : 'were';
  const words = {
    off: 'Nothing is deleted at a remote: the settings say push_sessions: false.',
    'nothing-to-do': `${name} has no archive that was pruned here.`,
    planned: `A plan, nothing was deleted. Pruned here, and still at ${name}: ${countOf(archives.length, 'archive')}.`,
    pruned: `Deleted at ${name}: ${countOf(archives.length, 'archive')} that ${were} pruned here.`,
    incomplete: `Not all of ${countOf(archives.length, 'archive')} could be deleted at ${name}.`,
  };
  const outcomes = { deleted: 'deleted', 'to-delete': 'would go', refused: 'still there' };
  return page([
    [words[status]],
    outcomeTable(archives.map(({ ref, outcome, reason }) => ({ ref, what: outcomes[outcome], reason }))),
    [tookLine(run), ...(status === 'planned' ? [againLine(run, { with: '--apply' })] : [])],
  ]);
}

/** Where the retention comes from, behind it. */
const FROM = { flag: '', settings: ' (the settings)', default: ' (the default: no setting says another)' } as const;

function headline(result: PruneResult): string {
  const { archives, retention, status } = result;
  const count = (verdict: PruneArchive['verdict']) => archives.filter((archive) => archive.verdict === verdict).length;
  const age = `${duration(retention.seconds)}${FROM[retention.from]}`;
  switch (status) {
    case 'nothing-to-do':
      if (archives.length === 0) return 'Nothing to prune: there is no archived generation.';
      return archives.some(({ stays }) => stays === 'kept')
        ? `Nothing to prune: what is past the retention of ${age} is spared by --keep ${retention.keep}.`
        : `Nothing to prune: no archive has to go by the retention of ${age}.`;
    case 'planned':
      return `A plan, nothing was written. Past the retention of ${age}: ${countOf(count('prune') + count('refuse'), 'archive')}.`;
    case 'pruned':
      return `Pruned ${countOf(count('prune'), 'archive')} past the retention of ${age}.`;
    case 'refused':
      return `Pruned ${countOf(count('prune'), 'archive')} past the retention of ${age}; ${formatCount(count('refuse'))} stayed.`;
  }
}

function archiveTable({ archives, status }: PruneResult, { argv }: RunFacts): string[] {
  const isPlan = status === 'planned';
  const rows = archives.map((archive) => [
    `  ${archive.ref.slice(archive.ref.lastIndexOf('/') + 1)}`,
    formatCount(archive.checkpointCount),
    archive.newest === null ? 'not known' : sanitize(archive.newest),
    archive.ageSeconds === null ? '-' : duration(archive.ageSeconds),
    printedText(verdictWords(archive, isPlan), argv),
    archive.frees === null
      ? ''
      : `${countOf(archive.frees.objectCount, 'object')}, ${formatBytes(archive.frees.bytes)}`,
  ]);
  return alignColumns([['  archive', 'checkpoints', 'newest checkpoint', 'age', 'verdict', 'frees'], ...rows]);
}

function verdictWords({ verdict, stays, onlyHere }: PruneArchive, isPlan: boolean): string {
  switch (verdict) {
    case 'prune': {
      const loss = onlyHere.length === 0 ? '' : `, with the only copy of ${countOf(onlyHere.length, 'checkpoint')}`;
      return `${isPlan ? 'would go' : 'gone'}${loss}`;
    }
    case 'refuse':
      return `stays: the only copy of ${countOf(onlyHere.length, 'checkpoint')}`;
    case 'stay':
      return `stays: ${stayWords(stays)}`;
  }
}

function stayWords(reason: PruneArchive['stays']): string {
  switch (reason) {
    case 'kept':
      return '--keep';
    case 'no-time':
      return 'no time is known, so it is never past the retention';
    case 'odd-time':
      return 'its newest time is odd, and no age follows from it';
    case 'unreadable':
      return 'it cannot be read (`ckpt verify` says why)';
    case 'within-retention':
    case null:
      return 'within the retention';
  }
}

/** The checkpoints whose transcripts exist nowhere else, and why. */
function onlyCopies({ archives, isV1Absent, status }: PruneResult): string[] {
  const lines = archives.flatMap(({ number, onlyHere }) =>
    onlyHere.length === 0 ? [] : [`  archive ${number}: ${named(onlyHere)}`],
  );
  if (lines.length === 0) return [];
  const refused = archives.some(({ verdict }) => verdict === 'refuse');
  const lost = status === 'planned' ? 'Transcripts that would be lost' : 'Transcripts that were lost';
  const why = isV1Absent
    ? 'There is no V1 branch here any more, and they are not in git-refs, and not in a generation that stays.'
    : "They are not at V1's tip, not in git-refs, and not in a generation that stays.";
  return [
    `${refused ? 'Transcripts that exist nowhere else' : lost} (${countOf(totalOf(archives), 'checkpoint')}):`,
    ...lines,
    why,
    ...(refused ? ['To delete them all the same, add --allow-loss.'] : []),
  ];
}

function totalOf(archives: readonly PruneArchive[]): number {
  return archives.reduce((total, { onlyHere }) => total + onlyHere.length, 0);
}

/** What deleting frees, in honest words: nothing is off the disk before git's garbage collection. */
function freed({ frees, archives, status, backup, isV1Absent }: PruneResult, asksForBackup: boolean): string[] {
  if (frees === null || !archives.some(({ verdict }) => verdict === 'prune')) return [];
  const lines = [
    `${status === 'planned' ? 'This would free' : 'This frees'} ${amount(frees)}: what no other ref reaches.`,
  ];
  if (!isV1Absent) lines.push('Transcripts that V1 has too stay on disk as long as V1 does.');
  if (frees.inBackups.objectCount > 0) {
    lines.push(`Of it, earlier backups under refs/ckpt/backup/ keep ${amount(frees.inBackups)}.`);
  }
  const isKept = status === 'planned' ? asksForBackup : backup !== null;
  if (isKept) lines.push(backup === null ? 'A backup will keep it.' : `The backup keeps it: ${sanitize(backup)}`);
  const first = isKept ? 'Once the backup is deleted, it' : 'It';
  lines.push(`${first} leaves the disk when git gc has run and its grace period (gc.pruneExpire, two weeks) is over.`);
  return lines;
}

function amount({ objectCount, bytes }: Pick<Freed, 'objectCount' | 'bytes'>): string {
  return `${countOf(objectCount, 'object')}, ${formatBytes(bytes)} on disk`;
}

function next({ status, archives }: PruneResult, run: RunFacts): string[] {
  if (status === 'pruned' || status === 'refused') return [nextLine(run, 'verify')];
  const isPlan = status === 'planned' && archives.some(({ verdict }) => verdict === 'prune');
  return isPlan ? [againLine(run, { with: '--apply' })] : [];
}

function named(checkpoints: readonly string[]): string {
  const rest = checkpoints.length - MAX_NAMED;
  const list = checkpoints.slice(0, MAX_NAMED).map(sanitize).join(', ');
  return rest > 0 ? `${list} and ${formatCount(rest)} more (--json names all)` : list;
}

/** A span of time in days, or in hours where it is shorter than two days. */
function duration(seconds: number): string {
  if (Math.abs(seconds) < 2 * DAY && seconds % DAY !== 0) return countOf(Math.floor(seconds / 3600), 'hour');
  return countOf(Math.floor(seconds / DAY), 'day');
}
