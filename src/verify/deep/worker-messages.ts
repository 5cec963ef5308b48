import type { EngineName } from '../../git/repository.ts';
import type { Document, DocumentFacts } from './deep-document.ts';

/** What a thread is started with. */
export interface WorkerSetup {
  readonly dir: string;
  readonly engine: EngineName;
  readonly findsSecrets: boolean;
}

/** Documents to check, or that there are no more. */
export type Request = readonly Document[] | 'end';

/** What was found out about each of the documents that were asked about. The first answer, without any, says that it is ready. */
export type Answer = readonly DocumentFacts[];
