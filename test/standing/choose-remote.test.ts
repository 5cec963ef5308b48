import { expect, test } from 'vitest';
import { chooseRemote } from '../../src/standing/choose-remote.ts';
import { git } from '../fixtures/git.ts';
import { withRepository } from '../migrate/support.ts';
import { settings, team } from '../remote/team.ts';

test.each([
  ['https://github.com/Ann/code.git/', 'checkpoints'],
  ['https://github.com/bob/code/', 'origin'],
  ['git@github.com:ann/code', 'checkpoints'],
  ['https://github.com/ann/group/code.git', 'checkpoints'],
  ['../code.git', 'checkpoints'],
])('checkpoint_remote of ann where origin is %s: %s', async (url, name) => {
  const { clones } = team('ann');
  const [ann] = clones as [string];
  settings(ann, { checkpoint_remote: { provider: 'github', repo: 'ann/checkpoints' } });
  git(ann, 'remote', 'set-url', 'origin', url);
  expect(await withRepository(ann, 'native', (repo) => chooseRemote(repo, undefined))).toMatchObject({ name });
});
