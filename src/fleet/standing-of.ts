import * as v from 'valibot';
import type { FleetCommand, FleetRow } from './fleet-row.ts';

type Standing = Pick<FleetRow, 'standing' | 'grade' | 'detail' | 'checkpointCount'>;

/** What is read of the document that a command printed; docs/json.md has all of it. */
const ChildDocument = v.looseObject({
  exitCode: v.picklist([0, 1, 2, 3]),
  error: v.nullable(v.object({ code: v.string(), message: v.string() })),
  status: v.fallback(v.optional(v.string()), undefined),
  counts: v.fallback(v.optional(v.looseObject({ checkpoints: v.optional(v.number()) })), undefined),
  layouts: v.fallback(
    v.optional(v.array(v.looseObject({ counts: v.looseObject({ checkpoints: v.number() }) }))),
    undefined,
  ),
  refs: v.fallback(
    v.optional(v.array(v.looseObject({ outcome: v.optional(v.string()), reason: v.optional(v.nullable(v.string())) }))),
    undefined,
  ),
  problems: v.fallback(v.optional(v.array(v.looseObject({ code: v.string() }))), undefined),
  findings: v.fallback(v.optional(v.array(v.looseObject({ code: v.string(), fails: v.boolean() }))), undefined),
});
export type ChildDocument = v.InferOutput<typeof ChildDocument>;

/** The document in a text; `undefined` where it holds none. */
export function documentIn(text: string): ChildDocument | undefined {
  try {
    const parsed = v.safeParse(ChildDocument, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** How a repository stands by what a command printed there. */
export function standingOf(command: FleetCommand, document: ChildDocument): Standing {
  const { error, counts, layouts = [] } = document;
  const checkpointCount = layouts.length > 0 ? Math.max(...layouts.map((one) => one.counts.checkpoints)) : null;
  const counted = { detail: '', checkpointCount: counts?.checkpoints ?? checkpointCount };
  if (error !== null)
    return { ...counted, standing: 'failed', grade: 'bad', detail: `${error.code}: ${error.message}` };
  if (command === 'status') return { ...counted, ...statusStanding(document) };
  if (command === 'verify') {
    if (document.exitCode === 0) return { ...counted, standing: 'consistent', grade: 'good' };
    const codes = (document.findings ?? []).filter(({ fails }) => fails).map(({ code }) => code);
    return { ...counted, standing: 'differs', grade: 'bad', detail: eachCode(codes) };
  }
  const standing = document.status ?? 'unknown';
  const detail = eachCode((document.refs ?? []).flatMap(({ reason }) => reason ?? []));
  return { ...counted, detail, standing, grade: document.exitCode === 0 ? (GRADE_OF[standing] ?? 'open') : 'bad' };
}

/** Words of `ckpt migrate` and `ckpt push`; others leave something to do. */
const GRADE_OF: Readonly<Record<string, Standing['grade']>> = {
  migrated: 'good',
  pushed: 'good',
  'up-to-date': 'good',
  'no-v1': 'none',
  'no-source': 'none',
};

/** How a repository stands that has nothing to look at. */
const NO_CHECKPOINTS = { standing: 'no-checkpoints', grade: 'none' as const };

function statusStanding({ exitCode, problems = [] }: ChildDocument) {
  const codes = problems.map(({ code }) => code);
  const detail = eachCode(codes);
  if (exitCode !== 0) return { standing: 'remote-not-asked', grade: 'bad' as const, detail };
  if (codes.includes('NO_CHECKPOINTS')) return NO_CHECKPOINTS;
  if (codes.length === 0) return { standing: 'in-step', grade: 'good' as const };
  return { standing: codes.includes('V2_MISSING') ? 'not-migrated' : 'attention', grade: 'open' as const, detail };
}

function eachCode(codes: readonly string[]): string {
  return [...new Set(codes)].join(', ');
}
