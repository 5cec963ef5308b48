import { unshallowCommand } from '../git/fetch-hint.ts';
import type { Repository } from '../git/repository.ts';
import { commandText } from '../shell/quote.ts';
import { type Finding, type FindingPlace, finding } from './finding.ts';

/** The finding for a history of which a shallow clone lacks a part, with this clone's command for it. */
export async function historyNotCompared(repo: Repository, place: FindingPlace = {}): Promise<Finding> {
  const message = 'the history was not compared, since a part of it is not here (a shallow clone); to get it';
  return finding('HISTORY_NOT_COMPARED', `${message}: ${commandText(await unshallowCommand(repo))}`, place);
}
