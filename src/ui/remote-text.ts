import type { FetchResult, PushResult, SentRef, UnitedRef } from '../remote/result.ts';
import { printedCommand } from './command-line.ts';
import { page } from './page.ts';
import { MAX_REFS, outcomeTable, type RefOutcome } from './ref-table.ts';
import { againLine, nextLine, type RunFacts, tookLine } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatBytes } from './words.ts';

/** What a fetch did, for a person to read. Ends with a line feed. */
export function fetchText(result: FetchResult, run: RunFacts): string {
  const { status, refspecs, fetched, united, mergedCheckpoints, dryRun } = result;
  const isSetUp = status === 'set-up' || status === 'removed';
  const next = status === 'planned' ? againLine(run, { without: '--dry-run' }) : nextLine(run, 'status');
  return page([
    [fetchHeadline(result, run)],
    refspecs.map((one) => `  ${sanitize(one)}`),
    dryRun
      ? outcomeTable(fetched.map(({ ref, old }) => plain(ref, old === null ? 'new' : 'moved')))
      : unitedRows(united),
    mergedCheckpoints.length === 0
      ? []
      : [`${countOf(mergedCheckpoints.length, 'checkpoint')} had changed on both sides.`],
    [tookLine(run), ...(isSetUp ? [] : [next])],
  ]);
}

function fetchHeadline({ status, remote, fetched, united, refspecs }: FetchResult, { argv }: RunFacts): string {
  const from = sanitize(remote);
  const command = printedCommand(['git', 'fetch', remote], argv);
  if (status === 'set-up') return `From now on \`${command}\` brings checkpoints too. Added to its refspecs:`;
  if (status === 'removed') return `\`${command}\` brings no checkpoints any more. Taken out of its refspecs:`;
  if (refspecs.length > 0) return `Dry run, nothing was written. The refspecs of \`${command}\` that would change:`;
  if (status === 'up-to-date') return `Nothing to do: all that ${from} has is here.`;
  if (fetched.length === 0)
    return `Nothing new at ${from}. Brought up to what it has: ${countOf(united.length, 'ref')}.`;
  const what = countOf(fetched.length, 'ref');
  return status === 'planned'
    ? `Dry run, nothing was written. ${from} has ${what} to fetch.`
    : `Fetched ${what} from ${from}.`;
}

/** What a push did, for a person to read. Ends with a line feed. */
export function pushText(result: PushResult, run: RunFacts): string {
  const { status, refs, united } = result;
  return page([
    [pushHeadline(result)],
    outcomeTable(refs.filter(isNamed).map(({ ref, outcome, reason }) => ({ ref, what: outcome, reason }))),
    unitedRows(united),
    [tookLine(run), ...(status === 'planned' ? [againLine(run, { without: '--dry-run' })] : [])],
  ]);
}

/** All refs of a small push are named; of a large one those that did not arrive. */
function isNamed({ outcome }: SentRef, _: number, all: readonly SentRef[]): boolean {
  return all.length <= MAX_REFS || outcome === 'refused' || outcome === 'diverged';
}

function pushHeadline({ status, remote, refs, objectCount, byteCount }: PushResult): string {
  const to = sanitize(remote);
  const size = `at most ${countOf(objectCount, 'object')}, ${formatBytes(byteCount)}`;
  switch (status) {
    case 'off':
      return 'Nothing was pushed: the settings say push_sessions: false.';
    case 'up-to-date':
      return `Nothing to do: ${to} has all that is here.`;
    case 'planned':
      return `Dry run, nothing was written. To push to ${to}: ${countOf(refs.length, 'ref')}, ${size}.`;
    case 'pushed':
      return `Pushed ${countOf(refs.length, 'ref')} to ${to}.`;
    case 'incomplete': {
      const arrived = refs.filter(({ outcome }) => outcome === 'pushed').length;
      return `${countOf(refs.length - arrived, 'ref')} did not arrive at ${to}; ${arrived} did.`;
    }
  }
}

function unitedRows(united: readonly UnitedRef[]): string[] {
  return outcomeTable(united.map(({ ref, change }) => plain(ref, change)));
}

function plain(ref: string, what: string): RefOutcome {
  return { ref, what, reason: null };
}
