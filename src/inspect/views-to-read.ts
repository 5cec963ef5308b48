import type { ProgressListener } from '../checkpoint/progress.ts';
import { fetchHint } from '../git/fetch-hint.ts';
import type { Repository } from '../git/repository.ts';
import { withHeldAlone } from '../layout/held-alone-view.ts';
import type { LayoutName, View } from '../layout/layout.ts';
import { DEFAULT_LAYOUT } from '../layout/layout-names.ts';
import { isRestAlone, listLayoutRefs, openViews } from '../layout/layouts.ts';
import { readPrimaryLayout } from '../stores/primary-layout.ts';
import { NoCheckpointsError } from './errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How layouts are read. */
interface ViewOptions {
  /** Which layout comes first. Default: this process's environment. */
  readonly env?: Environment;
  /** Takes a warning for each generation that can't be read, and for a setting that is not known. */
  readonly onEvent?: ProgressListener | undefined;
}

/**
 * The layouts that a repository has, the one that is read first in front: the one that is written first by the settings and the
 * environment. V2 has also what generations alone have. With `only`, that one. Throws `NoCheckpointsError` where none is left.
 */
export async function viewsToRead(
  repo: Repository,
  only?: LayoutName,
  { env = process.env, onEvent }: ViewOptions = {},
): Promise<View[]> {
  const views = openViews(repo, await listLayoutRefs(repo))
    .filter((view) => !isRestAlone(view) && (only === undefined || view.layout === only))
    .map((view) =>
      withHeldAlone(repo, view, ({ name }) =>
        onEvent?.({ kind: 'warning', message: `${name} can't be read: what it alone has is left out` }),
      ),
    );
  if (views.length === 0) {
    throw new NoCheckpointsError(only, await fetchHint(repo, 'If the remote has it, fetch it: '));
  }
  if (views.length === 1) return views;
  const first = await primaryLayout(repo, env, onEvent);
  return views.sort((a, b) => Number(b.layout === first) - Number(a.layout === first));
}

/** The layout that is written first. Settings that can't be read must not hinder a look at what is there. */
async function primaryLayout(repo: Repository, env: Environment, onEvent: ViewOptions['onEvent']): Promise<LayoutName> {
  return readPrimaryLayout(repo, env, onEvent).then(
    ({ layout }) => layout,
    () => DEFAULT_LAYOUT,
  );
}
