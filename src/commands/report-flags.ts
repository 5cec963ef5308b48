import * as Flags from '@oclif/core/flags';
import { parseCheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { IgnoreRule } from '../verify/baseline/judge-findings.ts';
import type { GateOptions } from '../verify/baseline/judged-run.ts';
import { FINDING_CODES, type FindingCode, type Severity } from '../verify/finding.ts';
import { SEVERITIES } from '../verify/severity.ts';
import { UsageError } from './errors.ts';
import { nearest } from './nearest.ts';
import { FORMATS, type Format, type ReportTarget, reportTargets, type TargetFlag } from './report-targets.ts';

const GROUP = 'REPORT';

/** In which form and where findings are reported, and which of them fail. */
export const reportFlags = {
  format: Flags.option({
    options: FORMATS,
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: GROUP,
    summary: 'The form of the report; may be repeated, each with its own --output. Default: text.',
  })(),
  output: Flags.string({
    char: 'o',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: GROUP,
    helpValue: 'FILE',
    summary: 'Write the report of the --format before it to this file instead of stdout.',
  }),
  'fail-on': Flags.option({
    options: SEVERITIES,
    default: 'error' as const,
    helpGroup: GROUP,
    summary: 'The least severity that makes the exit code 1.',
  })(),
  ignore: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: GROUP,
    helpValue: 'CODE[:CHECKPOINT-ID]',
    summary: 'Findings of this code do not fail, in one checkpoint or in all; may be repeated.',
  }),
  baseline: Flags.string({
    helpGroup: GROUP,
    helpValue: 'FILE',
    summary: 'Findings in this file are known, and do not fail.',
  }),
  'update-baseline': Flags.boolean({
    dependsOn: ['baseline'],
    helpGroup: GROUP,
    summary: 'Write what fails to the --baseline file.',
  }),
};

/** What `reportFlags` were parsed to. */
export interface ReportChoice {
  readonly 'fail-on': Severity;
  readonly ignore?: readonly string[] | undefined;
  readonly baseline?: string | undefined;
  readonly 'update-baseline': boolean;
}

/** What the flags say about which findings fail. Throws a `UsageError` for a code that there is not. */
export function gateOptions(flags: ReportChoice): GateOptions {
  const { baseline, ignore = [], 'fail-on': failOn, 'update-baseline': update } = flags;
  return { baseline, ignore: ignore.map(ignoreRule), failOn, update };
}

/** The reports that are asked for, by what oclif's parser found on the command line, in its order. */
export function targetsOf(
  raw: ReadonlyArray<{ readonly type: string; readonly flag?: string; readonly input: string }>,
): readonly ReportTarget[] {
  return reportTargets(
    raw.flatMap(({ flag, input }): TargetFlag[] => {
      if (flag === 'json') return [{ flag }];
      if (flag === 'format') return [{ flag, value: input as Format }];
      return flag === 'output' ? [{ flag, value: input }] : [];
    }),
  );
}

function ignoreRule(text: string): IgnoreRule {
  const [code = '', ...rest] = text.split(':');
  const checkpoint = rest.join(':');
  const known: readonly string[] = FINDING_CODES;
  if (!known.includes(code)) {
    const similar = nearest(code.toUpperCase(), known);
    const hint = similar === undefined ? 'docs/findings.md lists the codes.' : `Did you mean: --ignore ${similar}`;
    throw new UsageError(`there is no code ${code}`, hint);
  }
  if (rest.length === 0) return { code: code as FindingCode };
  const id = parseCheckpointId(checkpoint);
  if (id !== undefined) return { code: code as FindingCode, checkpoint: id };
  throw new UsageError(`${checkpoint} is not a checkpoint ID`, `Name a whole one: --ignore ${code}:a3b2c4d5e6f7`);
}
