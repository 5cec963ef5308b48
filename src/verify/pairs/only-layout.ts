import { CkptError } from '../../checkpoint/errors.ts';
import { fetchHint } from '../../git/fetch-hint.ts';
import type { Repository } from '../../git/repository.ts';
import type { LayoutName } from '../../layout/layout.ts';
import { LAYOUT_NAMES } from '../../layout/layout-names.ts';

/** Two layouts are needed, and one is here alone: exit code 3. */
export async function onlyLayout(repo: Repository, layout: LayoutName): Promise<CkptError> {
  const message = `there is no other layout than ${LAYOUT_NAMES[layout]} here to compare with`;
  const hint = await fetchHint(repo, 'If the remote has one, fetch it: ');
  return new CkptError('ONLY_LAYOUT', message, { hint, exitCode: 3 });
}
