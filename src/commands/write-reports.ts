import { appendFile } from 'node:fs/promises';
import type { About, Reporter } from '../ui/reports/about.ts';
import { verifyText } from '../ui/verify-text.ts';
import { FINDING_CODES, kindOf } from '../verify/finding.ts';
import type { JudgedReport } from '../verify/judged-report.ts';
import { writeTextFile } from '../verify/text-file.ts';
import type { Format, ReportTarget } from './report-targets.ts';

/** Each format, and how to load what tells a report in it: only what is asked for is loaded. */
const REPORTERS: Readonly<Record<Format, () => Promise<Reporter>>> = {
  text: async () => verifyText,
  json: async () => (await import('../ui/reports/json.ts')).jsonReport,
  junit: async () => (await import('../ui/reports/junit.ts')).junitReport,
  sarif: async () => (await import('../ui/reports/sarif.ts')).sarifReport,
  github: async () => (await import('../ui/reports/github.ts')).githubReport,
  gitlab: async () => (await import('../ui/reports/gitlab.ts')).gitlabReport,
  markdown: async () => (await import('../ui/reports/markdown.ts')).markdownReport,
};

/** What `writeReports` needs besides the report. */
export interface ReportOutput {
  readonly version: string;
  /** Shows the text for people on stdout, or does not. */
  readonly showText: (text: () => string) => void;
  /** The file of the job's summary, which GitHub names in `GITHUB_STEP_SUMMARY`. */
  readonly summaryFile: string | undefined;
}

/**
 * Writes each report to its file or to stdout. The format `github` adds to the job's summary besides, where there is one.
 * Throws a `CkptError` where a file can't be written; the reports before it are written then.
 */
export async function writeReports(
  report: JudgedReport,
  targets: readonly ReportTarget[],
  { version, showText, summaryFile }: ReportOutput,
): Promise<void> {
  const about: About = { version, codes: FINDING_CODES, kindOf };
  for (const { format, file } of targets) {
    const render = await REPORTERS[format]();
    if (file !== undefined) await writeTextFile(file, render(report, about));
    else if (format === 'text') showText(() => render(report, about));
    else process.stdout.write(render(report, about));
    if (format !== 'github' || !summaryFile) continue;
    const summarize = await REPORTERS.markdown();
    await appendFile(summaryFile, summarize(report, about));
  }
}
