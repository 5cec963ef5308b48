import { appendFile } from 'node:fs/promises';
import { CkptError } from '../checkpoint/errors.ts';
import { layoutOf } from '../layout/layouts.ts';
import { CURRENT_REF, MAIN_REF } from '../layout/ref-names.ts';
import { writeTextFile } from '../stores/text-file.ts';
import type { About, Reporter } from '../ui/reports/about.ts';
import type { RunFacts } from '../ui/run-facts.ts';
import { verifyText } from '../ui/verify-text.ts';
import { withoutWorkflowCommands } from '../ui/workflow-commands.ts';
import type { JudgedReport } from '../verify/baseline/judged-report.ts';
import { FINDING_CODES, kindOf } from '../verify/finding.ts';
import type { Outcome } from './base.ts';
import { sourceOf } from './envelope.ts';
import type { Format, ReportTarget } from './report-targets.ts';

/** Each format, and how to load what writes a report in it: only what is asked for is loaded. */
const REPORTERS: Readonly<Record<Exclude<Format, 'json'>, () => Promise<Reporter>>> = {
  text: async () => verifyText,
  junit: async () => (await import('../ui/reports/junit.ts')).junitReport,
  sarif: async () => (await import('../ui/reports/sarif.ts')).sarifReport,
  github: async () => (await import('../ui/reports/github.ts')).githubReport,
  gitlab: async () => (await import('../ui/reports/gitlab.ts')).gitlabReport,
  markdown: async () => (await import('../ui/reports/markdown.ts')).markdownReport,
};

/** How a verification ended. JSON says whether it passed by `ok`, and whether the layouts agree by the counts. */
export function verifyOutcome(report: JudgedReport): Outcome {
  const { consistent: _, gate, v1, v2, source, ...facts } = report;
  const { passed: ok, ...judgement } = gate;
  const own = [
    { ref: MAIN_REF, commit: v2.main },
    { ref: CURRENT_REF, commit: v2.current },
  ];
  const archives = v2.archives.map(({ ref, id }) => ({ ref, commit: id }));
  const layout = report.pairs[0]?.to ?? 'v2';
  const refs = layoutOf(layout).hasGenerations ? [...own.filter(({ commit }) => commit !== null), ...archives] : [];
  const read = source.layout === 'v1' ? sourceOf(v1) : { ...source, commit: null };
  return { ok, result: { source: read, target: { layout, refs }, ...facts, gate: judgement } };
}

/** What `writeReports` needs besides the report. */
export interface ReportOutput {
  readonly run: RunFacts;
  /** The document that `--json` prints. */
  readonly json: () => string;
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
  { run, json, showText, summaryFile }: ReportOutput,
): Promise<void> {
  const about: About = { run, codes: FINDING_CODES, kindOf };
  for (const { format, file } of targets) {
    const render = format === 'json' ? json : await REPORTERS[format]();
    if (file !== undefined) await writeTextFile(file, render(report, about));
    else if (format === 'text') showText(() => render(report, about));
    else
      process.stdout.write(
        MAY_CHANGE.has(format) ? withoutWorkflowCommands(render(report, about)) : render(report, about),
      );
    if (format !== 'github' || !summaryFile) continue;
    const summarize = await REPORTERS.markdown();
    await addTo(summaryFile, summarize(report, about));
  }
}

/** Formats in which a blank more changes nothing; in the others the strings are escaped. */
const MAY_CHANGE: ReadonlySet<string> = new Set(['markdown', 'junit']);

/** Throws a `CkptError` where the job's summary can't be written: the environment names it, so that is a mistake of its setup. */
async function addTo(summaryFile: string, text: string): Promise<void> {
  try {
    await appendFile(summaryFile, text);
  } catch (error) {
    const reason = (error as Error).message;
    throw new CkptError('FILE_NOT_WRITTEN', `the job's summary (GITHUB_STEP_SUMMARY) cannot be written: ${reason}`, {
      cause: error,
    });
  }
}
