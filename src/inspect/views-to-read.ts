import type { Repository } from '../git/repository.ts';
import { fetchHint } from '../layout/fetch-hint.ts';
import type { LayoutName, View } from '../layout/layout.ts';
import { listLayoutRefs, openViews } from '../layout/layouts.ts';
import { readSettings } from '../stores/settings.ts';
import { NoCheckpointsError } from './errors.ts';

/**
 * The layouts that a repository has, the one that is read first in front: V1, which is written first, unless the settings
 * say that V2 is written alone. With `only`, that one. Throws `NoCheckpointsError` where none is left.
 */
export async function viewsToRead(repo: Repository, only?: LayoutName): Promise<View[]> {
  const views = openViews(repo, await listLayoutRefs(repo)).filter(
    ({ layout }) => only === undefined || layout === only,
  );
  if (views.length === 0) {
    throw new NoCheckpointsError(only, await fetchHint(repo, 'If the remote has it, fetch it: '));
  }
  if (views.length === 1) return views;
  const first = await primaryLayout(repo);
  return views.sort((a, b) => Number(b.layout === first) - Number(a.layout === first));
}

/** The layout that is written first. Settings that can't be read must not hinder a look at what is there. */
async function primaryLayout(repo: Repository): Promise<LayoutName> {
  return readSettings(repo).then(
    ({ mode }) => (mode === 'v2' ? 'v2' : 'v1'),
    () => 'v1',
  );
}
