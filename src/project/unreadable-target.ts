import type { Repository } from '../git/repository.ts';
import type { LayoutPair } from '../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import { isMadeOf, layoutOf, listLayoutRefs } from '../layout/layouts.ts';
import { CHECKPOINTS_PREFIX, SPLIT_PREFIX } from '../layout/ref-names.ts';
import { unreadableRefs } from '../layout/unreadable-refs.ts';

/** Refs that a warning names; of git-refs there may be thousands. */
const MAX_NAMED = 3;

/**
 * A warning where refs of a layout can't be read; `undefined` where all can. For a run with nothing to do, which takes the ids of the tips on
 * trust otherwise. The mirror of a hook does not ask: it would cost each commit an object for each ref.
 */
export async function unreadableTarget(repo: Repository, pair: LayoutPair): Promise<string | undefined> {
  const left = await unreadableRefs(repo, layoutOf(pair.to).refs(await listLayoutRefs(repo)));
  if (left.length === 0) return undefined;
  const { from, to } = pair;
  const names = left.slice(0, MAX_NAMED).map(({ name }) => shortName(name));
  if (left.length > MAX_NAMED) names.push(`and ${left.length - MAX_NAMED} more`);
  // V2 by V1 is what both commands look at where they are asked for nothing else.
  const words = isMadeOf(pair) ? '' : ` --from ${from} --to ${to}`;
  return `${LAYOUT_NAMES[to]} can't be read (${names.join(', ')}): trees of ${agreeing(to, 'it', 'them')} are absent or damaged; ckpt verify${words} names them, ckpt repair${words} makes again what ${LAYOUT_NAMES[from]} ${agreeing(from, 'gives', 'give')}`;
}

function shortName(name: string): string {
  const prefix = [SPLIT_PREFIX, CHECKPOINTS_PREFIX, 'refs/heads/'].find((one) => name.startsWith(one));
  return name.slice(prefix?.length ?? 0);
}
