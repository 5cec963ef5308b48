import type { JudgedReport } from '../../verify/baseline/judged-report.ts';
import type { LayoutAtRemote } from '../../verify/report.ts';
import { LAYOUT_NAMES } from '../layout-names.ts';
import { sanitize } from '../sanitize.ts';
import { countOf, formatCount } from '../words.ts';

/** Whether the layouts agree, in one line. */
export function verdict({ consistent, counts, v1, pairs, source, remote }: JudgedReport): string {
  const warnings = counts.warnings === 0 ? '' : `, ${countOf(counts.warnings, 'warning')}`;
  if (consistent && remote !== undefined) {
    const name = sanitize(remote.name);
    if (remote.namedCount === 0)
      return `CONSISTENT: no commit names a checkpoint that would have to be on ${name}${warnings}.`;
    return `CONSISTENT: ${name} has every checkpoint that ${remote.isAskedFor ? 'was asked for' : 'commits name'}${warnings}.`;
  }
  if (consistent && !isOfV2(pairs, source)) {
    const have = LAYOUT_NAMES[source.layout];
    const verb = source.layout === 'refs' ? 'hold' : 'holds';
    if (pairs.length === 0) return `CONSISTENT: ${have} can be read${warnings}.`;
    const targets = pairs.map(({ to }) => LAYOUT_NAMES[to]).join(' and ');
    const does = pairs.length > 1 || pairs[0]?.to === 'refs' ? 'hold' : 'holds';
    return `CONSISTENT: ${targets} ${does} everything that ${have} ${verb}${warnings}.`;
  }
  if (consistent && v1.tip === null) return `CONSISTENT: V2's archives are what its manifest says${warnings}.`;
  if (consistent) return `CONSISTENT: V2 holds everything that V1 holds${warnings}.`;
  return `INCONSISTENT: ${countOf(counts.errors, 'error')}${warnings}.`;
}

/** Whether V1 and V2 alone were looked at. */
function isOfV2(pairs: JudgedReport['pairs'], source: JudgedReport['source']): boolean {
  if (pairs.length === 0) return source.layout !== 'refs';
  return pairs.every(({ from, to }) => from === 'v1' && to === 'v2');
}

/** What was compared, in one line. */
export function compared(report: JudgedReport): string {
  const { counts, v1, scope, deep, pairs, source, remote } = report;
  if (remote !== undefined) return comparedRemote(remote);
  if (!isOfV2(pairs, source)) return comparedPairs(report);
  const parts = [
    countOf(counts.checkpoints, 'checkpoint'),
    countOf(counts.sessions, 'session'),
    countOf(counts.commits, 'commit'),
    countOf(counts.generations, 'archived generation'),
  ];
  const current = `${formatCount(counts.currentCheckpoints)} in full/current`;
  if (v1.tip === null)
    return `V1 is gone, so that V2 was looked at alone: ${parts.join(', ')}, ${current}.${looked(scope)}`;
  return `Compared with ${sanitize(v1.ref)}: ${parts.join(', ')}, ${current}.${looked(scope)}${read(deep)}`;
}

/** As `compared`, where others than V1 and V2 were. */
function comparedPairs({ pairs, source, counts, scope, deep }: JudgedReport): string {
  const numbers = [countOf(counts.checkpoints, 'checkpoint'), countOf(counts.sessions, 'session')].join(', ');
  const rest = `${looked(scope)}${read(deep)}`;
  if (pairs.length === 0) return `Nothing to compare with ${sanitize(source.ref)}: ${numbers}.${rest}`;
  const each = pairs.map(({ from, to, errorCount, deletedCount }) => {
    const deleted = deletedCount === 0 ? '' : `, ${countOf(deletedCount, 'checkpoint')} deleted here`;
    return `${LAYOUT_NAMES[from]} to ${LAYOUT_NAMES[to]} (${countOf(errorCount, 'error')}${deleted})`;
  });
  return `Compared: ${each.join(', ')}. Of ${sanitize(source.ref)}: ${numbers}.${rest}`;
}

/** As `compared`, where a remote was looked at. */
function comparedRemote(remote: NonNullable<JudgedReport['remote']>): string {
  const { name, branchesOf, branchCount, commitCount, namedCount, arrivedCount } = remote;
  const where =
    branchesOf === null
      ? countOf(commitCount, 'commit')
      : `${countOf(commitCount, 'commit')} on ${countOf(branchCount, 'branch', 'branches')} of ${sanitize(branchesOf)}`;
  const layouts = remote.layouts.map((one) => `${LAYOUT_NAMES[one.layout]} ${standingWords(one)}`);
  const by = remote.isAskedFor ? 'asked for by ID' : `named by ${where}`;
  const arrived = `${formatCount(arrivedCount)} of ${countOf(namedCount, 'checkpoint')} arrived, ${by}`;
  return `Compared with ${sanitize(name)}: ${arrived}. ${layouts.length === 0 ? 'No layout is here or there' : layouts.join('; ')}.`;
}

/** How the refs of a layout relate to those of a remote: `in step`, or how many of them in each way. */
export function standingWords(one: LayoutAtRemote): string {
  const ways: ReadonlyArray<readonly [number, string]> = [
    [one.inStepCount, 'in step'],
    [one.onlyHereCount, 'only here'],
    [one.aheadCount, 'ahead of the remote'],
    [one.onlyThereCount, 'only there'],
    [one.behindCount, 'behind the remote'],
    [one.divergedCount, 'diverged'],
    [one.unknownCount, 'not known'],
  ];
  const present = ways.filter(([count]) => count > 0);
  const [first] = present;
  if (first !== undefined && present.length === 1) return first[1];
  return present.map(([count, way]) => `${countOf(count, 'ref')} ${way}`).join(', ');
}

function read(deep: JudgedReport['deep']): string {
  if (deep === undefined) return '';
  const megabytes = (deep.bytes / 1e6).toFixed(deep.bytes < 1e7 ? 1 : 0);
  return ` Read ${countOf(deep.transcriptCount, 'transcript')} and ${countOf(deep.objectCount, 'object')} (${megabytes} MB).`;
}

/** What the run was narrowed down to, as a sentence behind another; nothing where it was not. */
function looked(scope: JudgedReport['scope']): string {
  if (scope === null) return '';
  const commits = scope.commitCount === 0 ? '' : ` (${countOf(scope.commitCount, 'commit')} of yours read)`;
  return ` Only ${countOf(scope.checkpoints.length, 'checkpoint')} looked at${commits}.`;
}

/** Why the run passes or fails, where something else than errors decided it; nothing otherwise. */
export function gateLines({ consistent, gate }: JudgedReport): string[] {
  const { known, ignored, resolved, failing, failOn, passed } = gate;
  const file = sanitize(gate.baseline ?? '');
  const parts: string[] = [];
  if (known > 0) parts.push(`${countOf(known, 'finding')} known by ${file}`);
  if (ignored > 0) parts.push(`${countOf(ignored, 'finding')} ignored`);
  const lines: string[] = [];
  if (parts.length > 0 || passed !== consistent) {
    const what =
      failing === 0
        ? `no new finding weighs ${failOn} or more`
        : `${countOf(failing, 'new finding')} of weight ${failOn} or more`;
    lines.push(`${passed ? 'PASSED' : 'FAILED'}: ${[what, ...parts].join('; ')}.`);
  }
  if (resolved.length > 0) {
    const [are, them] = resolved.length === 1 ? ['is', 'it'] : ['are', 'them'];
    const what = `${countOf(resolved.length, 'finding')} of ${file} ${are} not found any more`;
    lines.push(`${what}: --update-baseline takes ${them} out.`);
  }
  return lines;
}
