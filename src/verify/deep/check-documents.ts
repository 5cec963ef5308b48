import { idsOf, type ObjectId } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';
import type { SecretScan } from '../../redaction/secret-lines.ts';
import type { Document, DocumentFacts } from './deep-document.ts';
import { DocumentCheck } from './document-check.ts';
import { hashOfObjects } from './hash-of-objects.ts';

/**
 * Reads documents one after the other and returns what is found out about each, in their order. A byte is read once; once
 * more where secrets are looked for. None is held in memory.
 */
export async function checkDocuments(
  repo: Repository,
  documents: readonly Document[],
  scan?: SecretScan,
): Promise<DocumentFacts[]> {
  const checks = documents.map((document) => new DocumentCheck(document, repo.objectFormat));
  const places = checks.flatMap((check, index) => documents[index]?.pieces.map((id) => ({ id, check })) ?? []);
  for await (const part of repo.streamContents(idsOf(places))) {
    const place = places[part.index];
    place?.check.take(part, place.id);
  }
  const facts: DocumentFacts[] = [];
  for (const [index, document] of documents.entries()) {
    const check = checks[index] as DocumentCheck;
    const found = check.end();
    const isWhole = found.absent.length === 0 && found.damaged.length === 0;
    const mayBeObjects = isWhole && found.wrong.length > 0 && check.hasOneValueEach;
    const joined = mayBeObjects ? await rejoined(repo, document, found) : found;
    const isScanned = isWhole && scan !== undefined && !document.isHistory;
    const secrets = isScanned ? await scan(contentOf(repo, document.pieces)) : [];
    facts.push({ ...joined, secrets });
  }
  return facts;
}

/** Where the hash of joined lines is not the expected one, but each piece is one JSON value: these are joined by messages. */
async function rejoined(repo: Repository, document: Document, facts: DocumentFacts): Promise<DocumentFacts> {
  const hash = await hashOfObjects(repo, document);
  if (hash === 'too large') return { ...facts, wrong: [], isUnchecked: true };
  return { ...facts, wrong: facts.wrong.filter((wrong) => wrong !== hash) };
}

/** The pieces with a newline between them. */
async function* contentOf(repo: Repository, pieces: readonly ObjectId[]): AsyncGenerator<Buffer, void, undefined> {
  for await (const part of repo.streamContents(pieces)) {
    if (part.kind === 'start' && part.index > 0) yield Buffer.from('\n');
    if (part.kind === 'bytes') yield part.bytes;
  }
}
