import { agreeing, LAYOUT_NAMES } from '../../layout/layout-names.ts';
import type { JudgedReport } from '../../verify/baseline/judged-report.ts';
import type { LayoutAtRemote, RemoteReport } from '../../verify/report.ts';
import { sanitize } from '../sanitize.ts';
import { countOf, formatCount } from '../words.ts';
import { countAll } from './group.ts';

/** Whether the layouts agree, in one line, and what of them that is said of. */
export function verdict(report: JudgedReport): string {
  const { consistent, counts, findings, remote } = report;
  const warnings = counts.warnings === 0 ? '' : `, ${countOf(counts.warnings, 'warning')}`;
  if (!consistent) {
    const following = countAll(findings.filter(({ cause, severity }) => cause !== undefined && severity === 'error'));
    const rest = following === 0 ? '' : `, of which ${formatCount(following)} follow from what is gone`;
    return `INCONSISTENT: ${countOf(counts.errors, 'error')}${rest}${warnings}.`;
  }
  const nothing = nothingCompared(report);
  if (nothing !== undefined) return `NOTHING COMPARED: ${nothing}${warnings}.`;
  if (remote !== undefined) {
    if (remote.namedCount === 0) return `${refsCompared(remote)}${warnings}.`;
    const asked = remote.isAskedFor ? 'was asked for' : 'commits name';
    return `CONSISTENT: ${sanitize(remote.name)} has every checkpoint that ${asked}${warnings}.`;
  }
  const reservations = reservationsOf(report);
  const butFor = reservations.length === 0 ? '' : `, but for ${reservations.join(' and ')}`;
  return `CONSISTENT${butFor}: ${claim(report, reservations.length > 0)}${warnings}.`;
}

/** Why nothing can be said to agree; `undefined` where something was compared. */
function nothingCompared({ counts, remote, scope, source }: JudgedReport): string | undefined {
  if (remote !== undefined) {
    if (remote.namedCount > 0 || remote.layouts.length > 0) return undefined;
    return `no commit names a checkpoint, and none is here or on ${sanitize(remote.name)}`;
  }
  if (counts.checkpoints > 0) return undefined;
  if (scope !== null) return 'no checkpoint was looked at';
  return `${LAYOUT_NAMES[source.layout]} ${agreeing(source.layout, 'has', 'have')} no checkpoint`;
}

/** What was looked at where no commit names a checkpoint: how the refs here are to those of the remote. */
function refsCompared({ name, layouts }: RemoteReport): string {
  const sum = (of: (layout: LayoutAtRemote) => number) => layouts.reduce((total, one) => total + of(one), 0);
  const all = sum((one) => standings(one).reduce((total, [count]) => total + count, 0));
  const inStep = sum(({ inStepCount }) => inStepCount);
  const what = `${formatCount(inStep)} of ${countOf(all, 'ref')} in step with ${sanitize(name)}`;
  return `REFS ALONE COMPARED: no commit names a checkpoint; ${what}`;
}

/** What does not hold of all that was compared. */
function reservationsOf({ counts, findings, pairs }: JudgedReport): string[] {
  const deleted = Math.max(0, ...pairs.map(({ deletedCount }) => deletedCount));
  const isAlone = pairs.length === 0;
  const archives = isAlone ? countAll(findings.filter(({ code }) => code === 'GENERATION_PRUNED')) : 0;
  const all: ReadonlyArray<readonly [number, string]> = [
    [counts.prunedTranscripts, 'pruned transcript'],
    [archives, 'pruned archive'],
    [deleted, 'deleted checkpoint'],
  ];
  return all.flatMap(([count, what]) => (count === 0 ? [] : [countOf(count, what)]));
}

/** What a consistent run has shown. */
function claim({ pairs, source, v1, scope, counts }: JudgedReport, hasReservations: boolean): string {
  const all = hasReservations ? 'everything else' : 'everything';
  const name = LAYOUT_NAMES[source.layout];
  const of = scope === null ? '' : ` of ${countOf(counts.checkpoints, 'checkpoint')}`;
  if (!isOfSplit(pairs, source)) {
    if (pairs.length === 0) return `${name} can be read`;
    const targets = pairs.map(({ to }) => LAYOUT_NAMES[to]).join(' and ');
    const verb = pairs.length > 1 ? 'hold' : agreeing(pairs[0]?.to ?? source.layout, 'holds', 'hold');
    return `${targets} ${verb} ${all} that ${name} ${agreeing(source.layout, 'holds', 'hold')}${of}`;
  }
  if (v1.tip === null) return "V2's archives are what its manifest says";
  return `V2 holds ${all} that V1 holds${of}`;
}

/** Whether V1 and V2 alone were looked at. */
function isOfSplit(pairs: JudgedReport['pairs'], source: JudgedReport['source']): boolean {
  if (pairs.length === 0) return source.layout !== 'refs';
  return pairs.every(({ from, to }) => from === 'v1' && to === 'v2');
}

/** What was compared, in one line. */
export function compared(report: JudgedReport): string {
  const { counts, v1, scope, deep, pairs, source, remote } = report;
  if (remote !== undefined) return comparedRemote(remote);
  if (counts.checkpoints === 0 && scope === null) {
    return `Nothing of ${sanitize(v1.tip === null ? source.ref : v1.ref)} was compared.${read(deep)}`;
  }
  if (!isOfSplit(pairs, source)) return comparedPairs(report);
  const contents = [countOf(counts.checkpoints, 'checkpoint'), countOf(counts.sessions, 'session')];
  if (scope !== null) {
    const where = v1.tip === null ? 'V1 is gone, so that V2 was looked at alone' : `Compared with ${sanitize(v1.ref)}`;
    return `${where}: ${contents.join(', ')}.${looked(scope, counts.checkpoints)}${read(deep)}`;
  }
  const parts = [
    ...contents,
    ...(counts.commits === 0 ? [] : [countOf(counts.commits, 'commit')]),
    countOf(counts.generations, 'archived generation'),
    `${formatCount(counts.currentCheckpoints)} in full/current`,
  ].join(', ');
  if (v1.tip === null) return `V1 is gone, so that V2 was looked at alone: ${parts}.${read(deep)}`;
  const history = counts.commits === 0 ? ' The history was not compared.' : '';
  return `Compared with ${sanitize(v1.ref)}: ${parts}.${history}${read(deep)}`;
}

/** As `compared`, where others than V1 and V2 were. */
function comparedPairs({ pairs, source, counts, scope, deep }: JudgedReport): string {
  const numbers = [countOf(counts.checkpoints, 'checkpoint'), countOf(counts.sessions, 'session')].join(', ');
  const rest = `${looked(scope, counts.checkpoints)}${read(deep)}`;
  if (pairs.length === 0) return `Nothing to compare with ${sanitize(source.ref)}: ${numbers}.${rest}`;
  const each = pairs.map(({ from, to, errorCount, deletedCount }) => {
    const deleted = deletedCount === 0 ? '' : `, ${countOf(deletedCount, 'checkpoint')} deleted here`;
    return `${LAYOUT_NAMES[from]} to ${LAYOUT_NAMES[to]} (${countOf(errorCount, 'error')}${deleted})`;
  });
  return `Compared: ${each.join(', ')}. Of ${sanitize(source.ref)}: ${numbers}.${rest}`;
}

/** As `compared`, where a remote was looked at. */
function comparedRemote(remote: RemoteReport): string {
  const layouts = remote.layouts.map((one) => `${LAYOUT_NAMES[one.layout]} ${standingWords(one)}`);
  const there = layouts.length === 0 ? 'No layout is here or there' : layouts.join('; ');
  return `Compared with ${sanitize(remote.name)}: ${arrivals(remote)}. ${there}.`;
}

/** What of the checkpoints that were looked for has arrived, and who names them. */
function arrivals({
  branchesOf,
  branchCount,
  commitCount,
  namedCount,
  arrivedCount,
  isAskedFor,
}: RemoteReport): string {
  const branches =
    branchesOf === null ? '' : ` on ${countOf(branchCount, 'branch', 'branches')} of ${sanitize(branchesOf)}`;
  if (namedCount === 0) return `no commit${branches} names a checkpoint`;
  const by = isAskedFor ? 'asked for by ID' : `named by ${countOf(commitCount, 'commit')}${branches}`;
  return `${formatCount(arrivedCount)} of ${countOf(namedCount, 'checkpoint')} arrived, ${by}`;
}

/** How the refs of a layout relate to those of a remote: `in step`, or how many of them in each way. */
export function standingWords(one: LayoutAtRemote): string {
  const present = standings(one).filter(([count]) => count > 0);
  const [first] = present;
  if (first !== undefined && present.length === 1) return first[1];
  return present.map(([count, way]) => `${countOf(count, 'ref')} ${way}`).join(', ');
}

function standings(one: LayoutAtRemote): ReadonlyArray<readonly [count: number, way: string]> {
  return [
    [one.inStepCount, 'in step'],
    [one.onlyHereCount, 'only here'],
    [one.aheadCount, 'ahead of the remote'],
    [one.onlyThereCount, 'only there'],
    [one.behindCount, 'behind the remote'],
    [one.divergedCount, 'diverged'],
    [one.unknownCount, 'not known'],
  ];
}

function read(deep: JudgedReport['deep']): string {
  if (deep === undefined) return '';
  const megabytes = (deep.bytes / 1e6).toFixed(deep.bytes < 1e7 ? 1 : 0);
  return ` Read ${countOf(deep.transcriptCount, 'transcript')} and ${countOf(deep.objectCount, 'object')} (${megabytes} MB).`;
}

/** What the run was narrowed down to, as a sentence behind another; nothing where it was not. `found`: what of it is here. */
function looked(scope: JudgedReport['scope'], found: number): string {
  if (scope === null) return '';
  const asked = scope.checkpoints.length;
  const commits = scope.commitCount === 0 ? '' : ` (${countOf(scope.commitCount, 'commit')} of yours read)`;
  const others = asked - found;
  const were = others === 1 ? 'was' : 'were';
  const rest = others <= 0 ? '' : ` ${formatCount(others)} more ${were} asked for, and not found there.`;
  return `${rest} Nothing else was looked at, neither history nor generations${commits}.`;
}

/** Why the run passes or fails, where something else than errors decided it; nothing otherwise. */
export function gateLines({ consistent, gate, unlistedCount }: JudgedReport): string[] {
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
  if (unlistedCount > 0) {
    const stand = unlistedCount === 1 ? 'stands' : 'stand';
    lines.push(
      `${countOf(unlistedCount, 'more finding')} ${stand} in no list: of those that are alike, 25,000 are listed.`,
    );
  }
  return lines;
}
