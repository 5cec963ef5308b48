import junit, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder';
import type { JudgedFinding, JudgedReport } from '../../verify/baseline/judged-report.ts';
import { countOf, formatCount } from '../words.ts';
import type { About } from './about.ts';
import { byCheckpoint, byCode, countAll } from './group.ts';
import { findingLine } from './place.ts';

/** The library's types speak of a `default` inside of what is imported; Node and the bundle give what is in it. */
const BUILDER = junit as unknown as Builder;
/** Findings that one test case names; the rest is counted. */
const MAX_LISTED = 50;

/**
 * The report as JUnit's XML. Suite `layout`: a test case for each code that was found outside of all checkpoints. Suite
 * `checkpoints`: a test case for each checkpoint that something was found about, and one for all others. A case fails by
 * its findings that fail; it is skipped where all that it has are known or ignored.
 */
export function junitReport(report: JudgedReport, { kindOf, run }: About): string {
  const builder = BUILDER.newBuilder().name('ckpt verify');
  const checkpoints = byCheckpoint(report.findings);
  const codes = byCode(checkpoints.get(undefined) ?? []);
  checkpoints.delete(undefined);

  const layout = builder.testSuite().name('layout');
  layout.time(run.durationMs / 1000);
  if (codes.size === 0) newCase(layout, 'layout', 'refs, history and generations');
  for (const [name, findings] of codes) {
    const { meaning, remedy } = kindOf(findings[0].code, findings[0]);
    tell(newCase(layout, 'layout', name), findings, `${meaning} ${remedy}`);
  }

  const suite = builder.testSuite().name('checkpoints');
  suite.time(0);
  for (const [id = '', findings] of checkpoints) tell(newCase(suite, 'checkpoints', id), findings, '');
  const rest = report.counts.checkpoints - checkpoints.size;
  if (rest > 0) {
    const about = report.unlistedCount === 0 ? 'nothing was found about' : 'no listed finding is about';
    const output = `${countOf(rest, 'checkpoint')} that ${about}`;
    newCase(suite, 'checkpoints', 'all other checkpoints').standardOutput(output);
  }
  return `${builder.build()}\n`;
}

function newCase(suite: TestSuite, group: string, name: string): TestCase {
  const testCase = suite.testCase().className(`ckpt.verify.${group}`).name(name);
  testCase.time(0);
  return testCase;
}

function tell(testCase: TestCase, findings: readonly JudgedFinding[], about: string): void {
  const failing = findings.filter(({ fails }) => fails);
  const others = findings.filter(({ fails }) => !fails);
  const [first] = failing;
  if (first !== undefined) {
    const count = countAll(failing);
    const more = count > 1 && first.more === undefined ? ` (and ${formatCount(count - 1)} more)` : '';
    testCase.failure(`${findingLine(first)}${more}`, first.code);
    testCase.stacktrace(cdata([...lines(failing), about].join('\n').trimEnd()));
  } else if (findings.every(({ status }) => status !== 'new')) testCase.skipped();
  if (others.length > 0) testCase.standardOutput(cdata(lines(others).join('\n')));
}

function lines(findings: readonly JudgedFinding[]): string[] {
  const texts = findings.slice(0, MAX_LISTED).map((finding) => {
    const standing = finding.status === 'new' ? '' : `${finding.status} `;
    return `${standing}${finding.severity} ${finding.code}: ${findingLine(finding)}`;
  });
  const rest = countAll(findings.slice(MAX_LISTED));
  return rest > 0 ? [...texts, `and ${formatCount(rest)} more`] : texts;
}

/** Text for a CDATA section, which the library does not keep from ending at the mark of its end. */
function cdata(text: string): string {
  return text.replaceAll(']]>', ']] >');
}
