import { open } from 'node:fs/promises';

/** Makes the renames in a folder outlast a power cut, where the file system can do that (Windows can't). */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  if (folder === undefined) return;
  await folder.sync().catch(() => undefined);
  await folder.close();
}
