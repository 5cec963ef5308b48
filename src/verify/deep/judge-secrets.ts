import { idsOf } from '../../git/object-id.ts';
import { type Finding, finding } from '../finding.ts';
import { foundList } from '../finding-list.ts';
import { type DocumentFacts, documentKey } from './deep-document.ts';
import { findingPlaceOf } from './judge-transcripts.ts';
import type { PlacedObject } from './layout-files.ts';

/** Lines with secrets that are listed for one file; the rest is counted. */
const LISTED_LINES = 20;

/**
 * Lines with secrets, for each file that has some; where both layouts have the file, once. Which line and which rule, and never
 * the secret. `documents` are files, and transcripts with all their pieces.
 */
export function judgeSecrets(
  documents: ReadonlyArray<readonly PlacedObject[]>,
  facts: ReadonlyMap<string, DocumentFacts>,
): Finding[] {
  const said = new Set<string>();
  const findings = foundList();
  for (const pieces of documents) {
    const [first] = pieces;
    const key = documentKey(idsOf(pieces));
    const secrets = facts.get(key)?.secrets ?? [];
    if (first === undefined || secrets.length === 0 || said.has(`${first.path} ${key}`)) continue;
    said.add(`${first.path} ${key}`);
    const place = findingPlaceOf(first);
    for (const { line, count, rules } of secrets.slice(0, LISTED_LINES)) {
      const what = count === 1 ? 'what looks like a secret' : `what looks like ${count} secrets`;
      const names = `${rules.length === 1 ? 'rule' : 'rules'} ${rules.join(', ')}`;
      findings.push(
        finding('SECRET_FOUND', `line ${line} of ${first.path} has ${what} (${names})`, { ...place, line }),
      );
    }
    const rest = secrets.length - LISTED_LINES;
    if (rest > 0)
      findings.push(finding('SECRET_FOUND', `${rest} more lines of ${first.path} have what looks like secrets`, place));
  }
  return findings.all();
}
