import { SarifBuilder, SarifResultBuilder, SarifRuleBuilder, SarifRunBuilder } from 'node-sarif-builder';
import type { LogicalLocation, ReportingDescriptor, Result } from 'sarif';
import type { JudgedFinding, JudgedReport } from '../../verify/baseline/judged-report.ts';
import type { FindingCode } from '../../verify/finding.ts';
import { sanitize, stringifyJson } from '../sanitize.ts';
import type { About } from './about.ts';
import { isListed } from './group.ts';
import { fileOf, findingLine } from './place.ts';

/**
 * The report as a SARIF 2.1.0 log: each code a rule, each finding a result, but for notes that do not fail. Known and ignored
 * findings are results with a suppression, which is how SARIF marks what was decided before.
 */
export function sarifReport(report: JudgedReport, about: About): string {
  const run = new SarifRunBuilder().initSimple({ toolDriverName: 'ckpt', toolDriverVersion: about.run.version });
  run.run.columnKind = 'utf16CodeUnits';
  run.run.automationDetails = { id: 'ckpt-verify/' };
  for (const code of about.codes) run.addRule(new SarifRuleBuilder(rule(code, about)));
  for (const finding of report.findings.filter(isListed))
    run.addResult(new SarifResultBuilder(result(finding, report.v1.ref)));
  const log = new SarifBuilder();
  log.addRun(run);
  return `${stringifyJson(log.buildSarifOutput())}\n`;
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
