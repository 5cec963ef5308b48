import { UsageError } from './errors.ts';

/** The forms in which `ckpt verify` says what it found. */
export const FORMATS = ['text', 'json', 'junit', 'sarif', 'github', 'gitlab', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** One report to be made: on stdout where no file is named. */
export interface ReportTarget {
  readonly format: Format;
  readonly file?: string;
}

/** A flag as it stood on the command line. */
export type TargetFlag =
  | { readonly flag: 'format'; readonly value: Format }
  | { readonly flag: 'output'; readonly value: string }
  | { readonly flag: 'json' };

/**
 * Which reports are asked for, by the flags in their order: an `--output` belongs to the `--format` before it, and one that
 * stands before all formats to the first. Text on stdout where nothing is said. Throws a `UsageError` where two reports
 * would go to the same place.
 */
export function reportTargets(flags: readonly TargetFlag[]): readonly ReportTarget[] {
  const targets: Array<{ format: Format; file?: string }> = [];
  let early: string | undefined;
  for (const flag of flags) {
    if (flag.flag === 'format') {
      targets.push({ format: flag.value, ...(early === undefined ? {} : { file: early }) });
      early = undefined;
    } else if (flag.flag === 'json') {
      targets.push({ format: 'json' });
    } else {
      const last = targets.at(-1);
      if (last === undefined && early === undefined) early = flag.value;
      else if (last === undefined || last.file !== undefined) throw noFormatFor(flag.value);
      else last.file = flag.value;
    }
  }
  if (early !== undefined) targets.push({ format: 'text', file: early });
  return withoutClash(targets.length === 0 ? [{ format: 'text' }] : targets);
}

/** Whether stdout is to have one JSON document. */
function isJsonOnStdout(targets: readonly ReportTarget[]): boolean {
  return targets.some(({ format, file }) => format === 'json' && file === undefined);
}

/** Whether an error is to be told as JSON on stdout, because that is where the result would have gone as JSON. */
export function wantsJson(argv: readonly string[]): boolean {
  const flags = argv.flatMap((arg, at): TargetFlag[] => {
    const [name, ...rest] = arg.split('=');
    const value = rest.length > 0 ? rest.join('=') : (argv[at + 1] ?? '');
    if (name === '--json') return [{ flag: 'json' }];
    if (name === '--output' || arg === '-o') return [{ flag: 'output', value }];
    return name === '--format' ? [{ flag: 'format', value: value as Format }] : [];
  });
  try {
    return isJsonOnStdout(reportTargets(flags));
  } catch {
    return flags.some(({ flag }) => flag === 'json');
  }
}

function withoutClash(targets: readonly ReportTarget[]): readonly ReportTarget[] {
  const byPlace = new Map<string, ReportTarget>();
  for (const target of targets) {
    const { format, file } = target;
    const other = byPlace.get(file ?? '');
    if (other === undefined) byPlace.set(file ?? '', target);
    else if (other.format === format)
      continue; // `--json --format json`
    else if (file === undefined) throw twiceOnStdout(format);
    else throw new UsageError(`two reports would go to ${file}`, 'Name another file with --output.');
  }
  return [...byPlace.values()];
}

function twiceOnStdout(format: Format): UsageError {
  return new UsageError(
    'two reports would go to stdout',
    `Name a file for one of them, after its format: --format ${format} --output FILE`,
  );
}

function noFormatFor(file: string): UsageError {
  return new UsageError(
    `--output ${file} has no format of its own`,
    `Put its format before it: --format junit --output ${file}`,
  );
}
