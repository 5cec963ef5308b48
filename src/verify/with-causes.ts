import { CURRENT_REF, generationRef } from '../layout/ref-names.ts';
import type { There } from './comparison.ts';
import type { Finding, FindingCode } from './finding.ts';

/** What is said of a generation, and explains why it does not have its transcripts. */
const CAUSES: ReadonlySet<FindingCode> = new Set([
  'GENERATION_LOST',
  'GENERATION_PRUNED',
  'GENERATION_UNREADABLE',
  'GENERATION_MISSING',
  'CURRENT_MISSING',
]);
const CONSEQUENCES: ReadonlySet<FindingCode> = new Set(['TRANSCRIPT_MISSING', 'TRANSCRIPT_PRUNED']);

/**
 * The findings, where those about a checkpoint whose transcripts are in no generation name the generation that is gone: the one that the
 * manifest says held them; what it says nothing of was in the one generation that is gone without an entry, where it is one.
 */
export function withCauses(findings: readonly Finding[], there: Pick<There, 'generations' | 'manifest'>): Finding[] {
  const gone = new Set(findings.flatMap(({ code, ref }) => (CAUSES.has(code) && ref !== undefined ? [ref] : [])));
  if (gone.size === 0) return [...findings];
  const readable = new Set(there.generations.map(({ number }) => number));
  const held = new Map<string, string>();
  const told = new Set<string>();
  for (const [number, { entry }] of there.manifest.entries) {
    const ref = generationRef(number);
    told.add(ref);
    if (readable.has(number) || !gone.has(ref)) continue;
    for (const id of entry.checkpoints) held.set(id, ref);
  }
  const untold = [...gone].filter((ref) => ref === CURRENT_REF || !told.has(ref));
  const rest = untold.length === 1 ? untold[0] : undefined;
  return findings.map((one) => {
    const isWhole = CONSEQUENCES.has(one.code) && one.session === undefined && one.checkpoint !== undefined;
    const cause = isWhole ? (held.get(one.checkpoint ?? '') ?? rest) : undefined;
    return cause === undefined ? one : { ...one, cause };
  });
}
