import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { Role } from '../../checkpoint/roles.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';
import { tryObject } from '../../json/read.ts';
import { type Owners, openOwned } from '../list-checkpoints.ts';

/** Larger files are not looked into. */
const LARGEST = 8 * 1024 * 1024;

/** The files that may have the text, and how each is looked at. */
const LOOKS: Partial<Record<Role, (content: Buffer, wanted: string) => boolean>> = {
  summary: metadataHas,
  metadata: metadataHas,
  prompts: (content, wanted) => has(content.toString('utf8'), wanted),
};

/** A file of a checkpoint that may have the text. */
interface Candidate {
  readonly checkpoint: CheckpointId;
  readonly id: ObjectId;
  readonly hasText: (content: Buffer) => boolean;
}

/**
 * Those of a batch of checkpoints whose ID, branch, agent, touched file or prompt has this text, whatever its case. One file is
 * in memory at a time. Files that are absent, larger than 8 MiB or not JSON are passed over, and none is fetched.
 */
export async function matchingCheckpoints(repo: Repository, owners: Owners, text: string): Promise<CheckpointId[]> {
  const wanted = text.toLowerCase();
  const matches = new Set([...owners.keys()].filter((id) => id.toLowerCase().includes(wanted)));
  const candidates = await candidatesIn(owners, wanted);
  const infos = await repo.objectInfo(candidates.map(({ id }) => id));
  const readable = candidates.filter((_, i) => (infos[i]?.size ?? LARGEST) < LARGEST);
  await repo.visitObjects(
    readable.map(({ id }) => id),
    (object, i) => {
      const candidate = readable[i];
      if (object === undefined || candidate === undefined || matches.has(candidate.checkpoint)) return;
      if (candidate.hasText(object.content)) matches.add(candidate.checkpoint);
    },
  );
  return [...owners.keys()].filter((id) => matches.has(id));
}

async function candidatesIn(owners: Owners, wanted: string): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for await (const batch of openOwned(owners, ['summary', 'metadata', 'prompts'])) {
    for (const { id: checkpoint, files } of batch) {
      for (const { role, id } of files) {
        const look = role === 'outside' ? undefined : LOOKS[role];
        if (look !== undefined) candidates.push({ checkpoint, id, hasText: (content) => look(content, wanted) });
      }
    }
  }
  return candidates;
}

function metadataHas(content: Buffer, wanted: string): boolean {
  const { branch, agent, files_touched: files } = tryObject(content) ?? {};
  return [branch, agent, ...(Array.isArray(files) ? files : [])].some((value) => has(value, wanted));
}

function has(value: unknown, wanted: string): boolean {
  return typeof value === 'string' && value.toLowerCase().includes(wanted);
}
