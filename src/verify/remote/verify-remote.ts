import { type CheckpointId, parseCheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { Repository } from '../../git/repository.ts';
import type { LayoutName } from '../../layout/layout.ts';
import { LAYOUT_WORDS } from '../../layout/layout-names.ts';
import { BRANCH_REF } from '../../layout/ref-names.ts';
import { compareRemote, type RemoteComparison } from '../../standing/compare-remote.ts';
import type { RefStanding, Standing } from '../../standing/ref-standings.ts';
import type { Finding } from '../finding.ts';
import type { LayoutAtRemote, RemoteReport, VerifyReport } from '../report.ts';
import type { VerifyOptions } from '../verify.ts';
import { remoteFindings } from './remote-findings.ts';

/** What of the options of `verify` counts where a remote is looked at. */
export interface VerifyRemoteOptions extends Pick<VerifyOptions, 'checkpoints' | 'commits' | 'requires' | 'onEvent'> {
  /** Its name, or a URL; empty: that of the settings, or `origin`. */
  readonly remote: string;
}

/**
 * Proves what reached a remote: whether it has the checkpoints that commits name, and how its refs stand to those that are here.
 * Fetches no object, writes nothing. Throws what `compareRemote` throws.
 */
export async function verifyRemote(repo: Repository, options: VerifyRemoteOptions): Promise<VerifyReport> {
  const { remote, commits, checkpoints = [], requires = false, onEvent } = options;
  const ids = checkpoints.flatMap((text) => parseCheckpointId(text) ?? []);
  const comparison = await compareRemote(repo, {
    remote: remote === '' ? undefined : remote,
    commits,
    checkpoints: ids.length === 0 ? undefined : ids,
    onEvent,
  });
  const findings = remoteFindings(comparison).map(
    (one): Finding => (requires && one.code === 'NOTHING_COMPARED' ? { ...one, severity: 'error' } : one),
  );
  return reportOf(comparison, findings, { ids, commits });
}

function reportOf(
  comparison: RemoteComparison,
  findings: readonly Finding[],
  { ids, commits }: { ids: readonly CheckpointId[]; commits: string | undefined },
): VerifyReport {
  const { named, commitCount } = comparison;
  const count = (severity: Finding['severity']) => findings.filter((one) => one.severity === severity).length;
  const isScoped = ids.length > 0 || commits !== undefined;
  return {
    consistent: count('error') === 0,
    scope: isScoped ? { checkpoints: named.map(({ checkpoint }) => checkpoint), commitCount } : null,
    source: { layout: 'v1', ref: BRANCH_REF },
    pairs: [],
    v1: { ref: BRANCH_REF, tip: comparison.refs.find(({ ref }) => ref === BRANCH_REF)?.here ?? null },
    v2: { main: null, current: null, archives: [] },
    counts: {
      commits: commitCount,
      checkpoints: named.length,
      sessions: 0,
      generations: 0,
      currentCheckpoints: 0,
      prunedTranscripts: 0,
      errors: count('error'),
      warnings: count('warning'),
      notes: count('note'),
    },
    remote: remoteReport(comparison, ids.length > 0),
    findings,
  };
}

/** What a comparison comes to, in numbers. */
function remoteReport(
  { remote, branches, branchesOf, commitCount, named, refs, queued }: RemoteComparison,
  isAskedFor: boolean,
): RemoteReport {
  const arrived = named.filter(({ arrival }) => arrival === 'arrived').length;
  const layouts = LAYOUT_WORDS.filter((name) => refs.some(({ layout }) => layout === name));
  return {
    name: remote.name,
    isNamed: remote.kind === 'named',
    branchesOf,
    branchCount: branches.length,
    isAskedFor,
    commitCount,
    namedCount: named.length,
    arrivedCount: arrived,
    missingCount: named.filter(({ arrival }) => arrival === 'missing').length,
    unknownCount: named.filter(({ arrival }) => arrival === 'unknown').length,
    queuedCount: queued.length,
    layouts: layouts.map((layout) => layoutAt(layout, refs)),
  };
}

function layoutAt(layout: LayoutName, refs: readonly RefStanding[]): LayoutAtRemote {
  const count = (wanted: Standing) => refs.filter((one) => one.layout === layout && one.standing === wanted).length;
  return {
    layout,
    inStepCount: count('in-step'),
    onlyHereCount: count('only-here'),
    onlyThereCount: count('only-there'),
    aheadCount: count('ahead'),
    behindCount: count('behind'),
    divergedCount: count('diverged'),
    unknownCount: count('unknown'),
  };
}
