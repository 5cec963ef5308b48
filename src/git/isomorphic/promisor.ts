import { isTrue } from '../config-value.ts';
import type { GitConfig } from '../git-config.ts';

/** The promisor remote that a configuration names; `undefined` where it is that of no partial clone. */
export function promisorRemote(config: GitConfig): string | undefined {
  const named = config.get('extensions.partialClone');
  if (named) return named;
  const promisor = config.entries.find(
    ({ key, value }) => /^remote\..*\.promisor$/s.test(key) && (value === null || isTrue(value)),
  );
  return promisor?.key.slice('remote.'.length, -'.promisor'.length);
}
