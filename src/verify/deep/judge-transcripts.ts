import { idsOf } from '../../git/object-id.ts';
import { type Finding, type FindingPlace, finding } from '../finding.ts';
import { type DocumentFacts, documentKey } from './deep-document.ts';
import type { HashTexts } from './documents.ts';
import type { PlacedObject } from './layout-files.ts';
import type { PlacedTranscript } from './transcripts.ts';

/** What may be wrong with a transcript, and the codes for it: where V1 has it too it is V1's, else V2's. */
const PROBLEMS = {
  malformed: { v1: 'V1_HASH_MALFORMED', v2: 'TRANSCRIPT_HASH_MALFORMED' },
  wrong: { v1: 'V1_HASH_WRONG', v2: 'TRANSCRIPT_HASH_WRONG' },
  notJson: { v1: 'V1_NOT_JSON', v2: 'TRANSCRIPT_NOT_JSON' },
  unchecked: { v1: 'TRANSCRIPT_NOT_CHECKED', v2: 'TRANSCRIPT_NOT_CHECKED' },
} as const;

interface Problem {
  readonly kind: keyof typeof PROBLEMS;
  /** The file that it is said of. */
  readonly file: PlacedObject;
  readonly message: string;
  /** The hash that it is about. */
  readonly hash?: string;
}

/** What is needed to judge. `facts` are by the key of the document. */
export interface TranscriptEvidence {
  readonly facts: ReadonlyMap<string, DocumentFacts>;
  readonly hashes: HashTexts;
}

/**
 * What is wrong with the transcripts of both layouts. A problem that V1 has with the same transcript and hash is V1's, wherever V2
 * keeps these; it is said once.
 */
export function judgeTranscripts(
  v1: readonly PlacedTranscript[],
  v2: readonly PlacedTranscript[],
  evidence: TranscriptEvidence,
): Finding[] {
  const findings: Finding[] = [];
  const known = new Set<string>();
  for (const transcript of v1) {
    for (const problem of problemsOf(transcript, evidence)) {
      known.add(keyOf(problem, transcript));
      findings.push(finding(PROBLEMS[problem.kind].v1, problem.message, findingPlaceOf(problem.file)));
    }
  }
  const onBranch = new Set(v1.map(({ pieces }) => pieces[0]?.checkpoint));
  for (const transcript of v2) {
    for (const problem of problemsOf(transcript, evidence)) {
      if (known.has(keyOf(problem, transcript))) continue;
      findings.push(finding(PROBLEMS[problem.kind].v2, problem.message, findingPlaceOf(problem.file)));
    }
    const [first] = transcript.pieces;
    // What V1 has of it is compared with V1 already.
    if (first === undefined || transcript.hash !== undefined || transcript.isCompact) continue;
    if (onBranch.has(first.checkpoint)) continue;
    findings.push(
      finding('TRANSCRIPT_HASH_MISSING', `${first.path} has no content hash beside it`, findingPlaceOf(first)),
    );
  }
  return findings;
}

function problemsOf(transcript: PlacedTranscript, { facts, hashes }: TranscriptEvidence): Problem[] {
  const [first] = transcript.pieces;
  const found = facts.get(documentKey(idsOf(transcript.pieces)));
  if (first === undefined || found === undefined || found.absent.length > 0 || found.damaged.length > 0) return [];
  const problems: Problem[] = [];
  const { hash } = transcript;
  const text = hash === undefined ? undefined : hashes.get(hash.id);
  if (hash !== undefined && text === 'malformed') {
    problems.push({
      kind: 'malformed',
      file: hash,
      message: `${hash.path} is not sha256: and 64 hex digits`,
      hash: hash.id,
    });
  } else if (hash !== undefined && text !== undefined && found.wrong.includes(text)) {
    problems.push({
      kind: 'wrong',
      file: hash,
      message: `${first.path} does not have the hash that ${hash.path} gives`,
      hash: text,
    });
  } else if (found.isUnchecked) {
    problems.push({ kind: 'unchecked', file: first, message: `the hash of ${first.path} was not compared` });
  }
  const { count, first: lines } = found.invalidLines;
  if (count > 0) {
    const named = count > lines.length ? `${lines.join(', ')} and ${count - lines.length} more` : lines.join(', ');
    const message = `${first.path} has ${count === 1 ? 'a line that is' : `${count} lines that are`} no JSON: ${named}`;
    problems.push({ kind: 'notJson', file: first, message });
  }
  return problems;
}

function keyOf({ kind, file, hash }: Problem, { pieces }: PlacedTranscript): string {
  return [kind, file.checkpoint, documentKey(idsOf(pieces)), hash].join(' ');
}

/** Where a finding about a file is. */
export function findingPlaceOf({ ref, path, checkpoint, session }: PlacedObject): FindingPlace {
  return {
    ref,
    ...(path === '' ? {} : { path }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(session === undefined ? {} : { session }),
  };
}
