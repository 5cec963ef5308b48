import { CkptError } from '../../checkpoint/errors.ts';
import { readTextFile, writeTextFile } from '../../stores/text-file.ts';
import type { VerifyReport } from '../report.ts';
import type { VerifyOptions } from '../verify.ts';
import type { BaselineEntry } from './baseline-file.ts';
import { judge, judgeEach, type PassRules } from './judge-findings.ts';
import type { JudgedReport } from './judged-report.ts';
import { looksFor } from './was-looked-for.ts';

/** What decides whether a run passes, and where what is known lies. */
export interface GateOptions extends Pick<PassRules, 'failOn' | 'ignore'> {
  /** The file of the baseline. */
  readonly baseline?: string | undefined;
  /** Writes the baseline again, so that nothing of what was found fails any more. */
  readonly update: boolean;
}

/**
 * Runs a verification with a scope and judges what it found. The baseline is read before it, so that a wrong one is reported at
 * once. Throws what `run` throws, and a `CkptError` where the baseline can't be read or written.
 */
export async function judged(
  { baseline: file, update, ...options }: GateOptions,
  scope: VerifyOptions,
  run: () => Promise<VerifyReport>,
): Promise<JudgedReport> {
  const before = file === undefined ? [] : await readBaseline(file, update);
  const report = await run();
  const rules = { ...options, looksFor: looksFor(report.scope ?? scope, report) };
  const rulesWith = (entries: readonly BaselineEntry[]) => ({
    ...rules,
    known: file === undefined ? undefined : { file, entries },
  });
  if (!update || file === undefined) return judge(report, rulesWith(before));
  const { baselineText, nextBaseline } = await import('./baseline-file.ts');
  const found = { findings: judgeEach(report, rulesWith(before)), failOn: rules.failOn };
  const next = nextBaseline(found, before, rules.looksFor);
  await writeTextFile(file, baselineText(next));
  return judge(report, rulesWith(next));
}

async function readBaseline(file: string, mayBeAbsent: boolean): Promise<readonly BaselineEntry[]> {
  const text = await readTextFile(file);
  const { parseBaseline } = await import('./baseline-file.ts'); // with the library for schemas, which few runs need
  if (text !== undefined) return parseBaseline(text, file);
  if (mayBeAbsent) return [];
  throw new CkptError('NO_BASELINE', `there is no ${file}`, {
    hint: ['Write it: ', ['ckpt', 'verify', '--baseline', file, '--update-baseline']],
    exitCode: 2,
  });
}
