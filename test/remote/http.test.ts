import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git } from '../fixtures/git.ts';
import { type GitHttp, serveGit } from '../fixtures/git-http.ts';
import { checkpointRefs, fetchIn, pushIn, team } from './team.ts';

let server: GitHttp;
let remote: string;
let clones: string[];
beforeEach(async () => {
  ({ remote, clones } = team('ann', 'bob'));
  server = await serveGit(dirname(remote));
});
afterEach(() => server.close());

test('smart HTTP with a password: pushed, and fetched', async () => {
  const [ann, bob] = clones as [string, string];
  for (const clone of clones) git(clone, 'remote', 'set-url', 'origin', `${server.urlWithPassword}/remote.git`);
  for (const word of ['a1', 'a2', 'a3', 'a4']) clientWrite(ann, { id: idOf(word) });
  expect(await pushIn(ann)).toMatchObject({ status: 'pushed' });
  expect(await fetchIn(bob)).toMatchObject({ status: 'fetched' });
  expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
  expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
});

test('without one nobody is asked, and with a wrong one it is not printed', async () => {
  const [ann] = clones as [string];
  clientWrite(ann, { id: idOf('a1') });
  await expect(pushIn(ann, { remote: `${server.url}/remote.git` })).rejects.toMatchObject({ code: 'REMOTE_FAILED' });
  const right = await pushIn(ann, { remote: `${server.urlWithPassword}/remote.git` });
  expect(right).toMatchObject({ status: 'pushed', remote: `${server.url}/remote.git` });
  await fetchIn(ann, { remote: `${server.urlWithPassword}/remote.git` });
  expect(git(ann, 'for-each-ref')).not.toContain('s3cret');
  const wrong = `${server.url.replace('//', '//ann:not-the-password@')}/remote.git`;
  const failed = await pushIn(ann, { remote: wrong }).catch((error: Error & { hint: unknown }) => error);
  expect(failed).toMatchObject({ code: 'REMOTE_FAILED' });
  expect(JSON.stringify([(failed as Error).message, (failed as { hint: unknown }).hint])).not.toContain(
    'not-the-password',
  );
});
