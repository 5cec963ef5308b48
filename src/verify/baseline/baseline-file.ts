import * as v from 'valibot';
import { CkptError } from '../../checkpoint/errors.ts';
import type { Severity } from '../finding.ts';
import { isAtLeast } from '../severity.ts';

/** The places of a finding, in the order in which an entry has them. */
const PLACE = ['code', 'checkpoint', 'session', 'path', 'line', 'field', 'ref', 'commit'] as const;

const Entry = v.object({
  code: v.string(),
  checkpoint: v.optional(v.string()),
  session: v.optional(v.string()),
  path: v.optional(v.string()),
  line: v.optional(v.number()),
  field: v.optional(v.string()),
  ref: v.optional(v.string()),
  commit: v.optional(v.string()),
  fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'it has to be 32 hex digits')),
});

const Baseline = v.object({ schemaVersion: v.literal(1), findings: v.array(Entry) });

/** A finding that is known. Its fingerprint alone says which one it is; the other keys are for who reads the file. */
export type BaselineEntry = v.InferOutput<typeof Entry>;

/** Reads a baseline. Throws a `CkptError` where the text is none; `file` names it there. */
export function parseBaseline(text: string, file: string): readonly BaselineEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badBaseline(file, `it is not JSON (${(error as Error).message})`);
  }
  const result = v.safeParse(Baseline, value);
  if (result.success) return result.output.findings;
  const [issue] = result.issues;
  throw badBaseline(file, `${v.getDotPath(issue) ?? 'the document'}: ${issue.message}`);
}

/** What a run found, and the severity from which on it fails. */
interface Judged {
  readonly findings: Iterable<
    BaselineEntry & { readonly status: string; readonly severity: Severity; readonly more?: number }
  >;
  readonly failOn: Severity;
}

/**
 * The baseline that a run gives: what fails or would fail without the baseline of before, and of that one what the run did
 * not look for. Ignored findings are left out: they do not fail anyhow. Throws a `CkptError` where not all of them are held.
 */
export function nextBaseline(
  { findings, failOn }: Judged,
  before: readonly BaselineEntry[],
  looksFor: (entry: BaselineEntry) => boolean,
): readonly BaselineEntry[] {
  const kept = before.filter((entry) => !looksFor(entry));
  const entries = new Map(kept.map((entry) => [entry.fingerprint, entry]));
  for (const finding of findings) {
    if (finding.status === 'ignored' || !isAtLeast(finding.severity, failOn)) continue;
    if (finding.more !== undefined) throw tooMany(finding.code);
    entries.set(finding.fingerprint, finding);
  }
  return [...entries.values()];
}

/** A baseline as its file has it: the same text for the same findings in any order. Ends with a line feed. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  const sorted = entries.map(inOrder).sort((a, b) => compare(sortKey(a), sortKey(b)));
  return `${JSON.stringify({ schemaVersion: 1, findings: sorted }, null, 2)}\n`;
}

function inOrder(entry: BaselineEntry): BaselineEntry {
  const places = PLACE.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]]));
  return { ...Object.fromEntries(places), fingerprint: entry.fingerprint };
}

/** By checkpoint, so that what is about one stands together; what is about none comes first. */
function sortKey(entry: BaselineEntry): string {
  const { checkpoint = '', session = '', path = '', line = 0, field = '', ref = '', code, fingerprint } = entry;
  return [checkpoint, session.padStart(9), path, String(line).padStart(9), field, ref, code, fingerprint].join('\0');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function tooMany(code: string): CkptError {
  const message = `a baseline cannot name all findings of the code ${code}: there are too many to hold each`;
  return new CkptError('TOO_MANY_FINDINGS', message, {
    hint: ['Mend them, or leave them out: ', ['ckpt', 'verify', '--ignore', code]],
    exitCode: 2,
  });
}

function badBaseline(file: string, why: string): CkptError {
  return new CkptError('BAD_BASELINE', `${file} is not a baseline: ${why}`, {
    hint: ['Write it again: ', ['ckpt', 'verify', '--baseline', file, '--update-baseline']],
    exitCode: 2,
  });
}
