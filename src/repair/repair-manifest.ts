import { type Manifest, NO_MANIFEST } from '../generations/manifest.ts';
import { type GenerationChange, manifestUpdate } from '../generations/manifest-update.ts';
import type { RefUpdate } from '../git/repository.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import { manifestFile, V2_MANIFEST_REF } from '../layout/ref-names.ts';
import type { ReadManifest } from '../verify/check-manifest.ts';
import type { ReadGeneration } from '../verify/read-generations.ts';
import { type RepairedGenerations, spanToldBy } from './repair-generations.ts';
import type { RepairSources } from './sources.ts';

/** The manifest without what can't be read of it. */
export function readableManifest({ manifest, entries }: ReadManifest): Manifest {
  if (manifest === undefined) return NO_MANIFEST;
  return { ...manifest, files: new Map([...manifest.files].filter(([number]) => entries.has(number))) };
}

/** The move of the manifest's ref: it tells of every archive that there is after the repair, and of those that were pruned. */
export async function repairManifest(
  sources: RepairSources,
  told: ReadManifest,
  { archives, unchanged }: RepairedGenerations,
): Promise<RefUpdate[]> {
  const { repo, refs, trees, findings } = sources;
  const manifest = readableManifest(told);
  const changes: GenerationChange[] = archives.map((archive) => ({ kind: 'archived', ...archive }));
  const wrong = new Set(findings.flatMap(({ code, path }) => (code === 'MANIFEST_WRONG' ? [path] : [])));
  for (const [number, archive] of unchanged) {
    // One whose archive has files too many goes on telling of the archive as it was.
    if (wrong.has(manifestFile(number))) changes.push(await changeOf(sources, number, archive));
  }
  const main = await CheckpointFolders.at(repo, refs.main ?? null);
  const kept = refs.archives.filter(({ number, name }) => unchanged.get(number)?.ref === name);
  const update = await manifestUpdate({ repo, sink: trees, manifest, archives: kept, main }, changes);
  if (update === undefined || update.new === refs.manifest) return [];
  return [{ ...update, ref: V2_MANIFEST_REF, old: refs.manifest ?? null }];
}

async function changeOf(sources: RepairSources, number: number, archive: ReadGeneration): Promise<GenerationChange> {
  const { tree, checkpoints } = archive;
  const span = await spanToldBy(sources, archive);
  return { kind: 'archived', number, tree, checkpoints: [...checkpoints.keys()], span };
}
