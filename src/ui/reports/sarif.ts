import { SarifBuilder, SarifResultBuilder, SarifRuleBuilder, SarifRunBuilder } from 'node-sarif-builder';
import type { LogicalLocation, Notification, ReportingDescriptor, Result } from 'sarif';
import type { JudgedFinding, JudgedReport } from '../../verify/baseline/judged-report.ts';
import type { FindingCode, Severity } from '../../verify/finding.ts';
import { sanitize, stringifyJson } from '../sanitize.ts';
import type { About } from './about.ts';
import { countAll, isListed } from './group.ts';
import { fileOf, findingLine } from './place.ts';

/** What GitHub takes of one file: a run with more results, or a larger file, is refused as a whole. */
const MAX_RESULTS = 25_000;
/** Bytes of all results together; the rest of the 10 MB is for the rules and what is around them. */
const MAX_BYTES = 9_500_000;
/** What the log adds to each result: `,"ruleIndex":123`, and a comma. */
const RULE_INDEX = 20;
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

/**
 * The report as a SARIF 2.1.0 log: each code a rule, each finding a result, but for notes that do not fail. Known and ignored
 * findings are results with a suppression, which is how SARIF marks what was decided before. What is more than GitHub takes
 * is left out, the least severe first, and counted in a notification; one line, since indentation would cost half of the results.
 */
export function sarifReport(report: JudgedReport, about: About): string {
  const run = new SarifRunBuilder().initSimple({ toolDriverName: 'ckpt', toolDriverVersion: about.run.version });
  run.run.columnKind = 'utf16CodeUnits';
  run.run.automationDetails = { id: 'ckpt-verify/' };
  for (const code of about.codes) run.addRule(new SarifRuleBuilder(rule(code, about)));
  const { results, omittedCount } = withinLimits(report);
  for (const one of results) run.addResult(new SarifResultBuilder(one));
  if (omittedCount > 0) {
    run.run.properties = { omittedResultCount: omittedCount };
    run.run.invocations = [{ executionSuccessful: true, toolExecutionNotifications: [omission(omittedCount, report)] }];
  }
  const log = new SarifBuilder();
  log.addRun(run);
  return `${stringifyJson(log.buildSarifOutput(), 0)}\n`;
}

/** The results that a file may have: those that nobody decided about first, the most severe first, else in the report's order. */
function withinLimits(report: JudgedReport): { results: Result[]; omittedCount: number } {
  const rank = ({ status, severity }: JudgedFinding) => (status === 'new' ? 0 : 3) + SEVERITIES.indexOf(severity);
  const listed = report.findings.filter(isListed).sort((a, b) => rank(a) - rank(b));
  const results: Result[] = [];
  let bytes = 0;
  for (const finding of listed.slice(0, MAX_RESULTS)) {
    const one = result(finding, report.v1.ref);
    bytes += Buffer.byteLength(stringifyJson(one, 0)) + RULE_INDEX;
    if (bytes > MAX_BYTES) break;
    results.push(one);
  }
  return { results, omittedCount: countAll(listed) - results.length };
}

function omission(count: number, { unlistedCount }: JudgedReport): Notification {
  const others = unlistedCount === 0 ? ' `ckpt verify --json` has all.' : '';
  const text = `${count} less severe ${count === 1 ? 'finding is' : 'findings are'} left out: GitHub takes 25,000 results and 10 MB.${others}`;
  return { level: 'warning', message: { text } };
}

function rule(code: FindingCode, { kindOf }: About): ReportingDescriptor {
  const { severity, meaning, remedy } = kindOf(code);
  return {
    id: code,
    shortDescription: { text: meaning },
    fullDescription: { text: `${meaning} ${remedy}` },
    help: { text: `What to do: ${remedy}`, markdown: `**What to do:** ${remedy}` },
    defaultConfiguration: { level: severity },
  };
}

function result(finding: JudgedFinding, v1: string): Result {
  const { code, severity, status, fingerprint } = finding;
  return {
    ruleId: code,
    level: severity,
    message: { text: findingLine(finding) },
    // Who shows results beside code wants a file with a line: the path in the tree of a ref is the nearest to it.
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(fileOf(finding, v1)) },
          region: { startLine: finding.line ?? 1 },
        },
        logicalLocations: logicalLocations(finding),
      },
    ],
    partialFingerprints: { 'ckptFinding/v1': fingerprint },
    ...(status === 'new' ? {} : { suppressions: [{ kind: 'external', justification: reasonOf(status) }] }),
  };
}

/** The places that are not lines of a file, from the largest to the smallest; each name has those above it in it. */
function logicalLocations({ ref, checkpoint, session, path, field, commit }: JudgedFinding): LogicalLocation[] {
  const steps: Array<readonly [kind: string, name: string | undefined]> = [
    ['ref', ref],
    ['commit', commit],
    ['checkpoint', checkpoint],
    ['session', session],
    ['path', path],
    ['field', field],
  ];
  const above: string[] = [];
  return steps.flatMap(([kind, name]) => {
    if (name === undefined) return [];
    const safe = sanitize(name);
    above.push(safe);
    return [{ kind, name: safe, fullyQualifiedName: above.join(' › ') }];
  });
}

function reasonOf(status: 'known' | 'ignored'): string {
  return status === 'known' ? 'The baseline has it.' : 'Its code is ignored by --ignore.';
}

function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
