import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CKPT } from '../commands/ckpt.ts';
import { type Certificate, HAS_OPENSSL, makeCertificate } from '../fixtures/certificates.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git } from '../fixtures/git.ts';
import { type GitHttp, PASSWORD, serveGit, USER } from '../fixtures/git-http.ts';
import { ENGINES, share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { checkpointRefs, team } from './team.ts';

type Environment = Readonly<Record<string, string>>;

/** What a person or a program may see of a run: what it prints, its log, and its trace of git's calls. */
interface Seen {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly all: string;
}

/** Runs ckpt without keeping this process, in which the server is, from answering. */
function run(dir: string, args: readonly string[], env: Environment): Promise<Seen> {
  const log = join(dir, '..', 'run.log');
  const words = [CKPT, ...args, '-C', dir, '--log-level', 'debug'];
  const options = { env: { ...cleanEnvironment(), CKPT_TRACE: '1', CKPT_LOG: log, ...env } };
  return new Promise((done) => {
    const child = execFile(process.execPath, words, options, (_, stdout, stderr) => {
      done({ code: child.exitCode ?? -1, stdout, stderr, all: [stdout, stderr, readFileSync(log, 'utf8')].join('\n') });
    });
  });
}

describe.skipIf(!HAS_OPENSSL)(
  `a server for https, with a password${HAS_OPENSSL ? '' : ' (skipped: no openssl here)'}`,
  () => {
    let folder: string;
    let certificate: Certificate;
    let server: GitHttp;
    let remote: string;
    let ann: string;
    let bob: string;
    beforeAll(() => {
      folder = tempDir('file');
      certificate = makeCertificate(folder);
      writeFileSync(
        join(folder, 'askpass'),
        `#!/bin/sh\ncase $1 in User*) echo ${USER} ;; *) echo ${PASSWORD} ;; esac\n`,
        {
          mode: 0o755,
        },
      );
    });
    beforeEach(async () => {
      const made = team('ann', 'bob');
      remote = made.remote;
      [ann = '', bob = ''] = made.clones;
      server = await serveGit(dirname(remote), undefined, undefined, certificate);
      return () => server.close();
    });

    /** What lets each engine believe the server, and gives it the password: git by its settings, the other by the URL alone. */
    const setUp = {
      native: (dir: string, by: 'helper' | 'askpass') => {
        git(dir, 'config', 'http.sslCAInfo', certificate.ca);
        git(dir, 'remote', 'set-url', 'origin', `${server.url}/remote.git`);
        if (by === 'helper') git(dir, 'config', 'credential.helper', `store --file=${join(folder, 'credentials')}`);
        return by === 'helper' ? {} : { GIT_ASKPASS: join(folder, 'askpass') };
      },
      isomorphic: (dir: string) => {
        git(dir, 'remote', 'set-url', 'origin', `${server.urlWithPassword}/remote.git`);
        return { NODE_EXTRA_CA_CERTS: certificate.ca };
      },
    };

    const ways = [
      ['native', 'helper'],
      ['native', 'askpass'],
      ['isomorphic', undefined],
    ] as const;
    test.each(share(ways, 2))(
      '%s: pushes, fetches and verifies, and nothing that is seen has the password (%s)',
      async (engine, by) => {
        writeFileSync(join(folder, 'credentials'), `${server.urlWithPassword}\n`);
        const environments = [ann, bob].map((dir) =>
          engine === 'native' ? setUp.native(dir, by ?? 'helper') : setUp.isomorphic(dir),
        );
        for (const word of ['a1', 'a2']) clientWrite(ann, { id: idOf(word) });
        for (const [who, args] of [
          [0, ['push']],
          [1, ['fetch', '--json']],
          [1, ['verify', '--remote']],
          [0, ['push', '--json']],
          [0, ['status', '--remote']],
        ] as const) {
          const seen = await run(
            [ann, bob][who] as string,
            [...args, '--engine', engine],
            environments[who] as Environment,
          );
          expect({ args, code: seen.code, stderr: seen.code === 0 ? '' : seen.stderr }).toEqual({
            args,
            code: 0,
            stderr: '',
          });
          expectNoPassword(seen);
        }
        expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
        expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
      },
    );

    test("GIT_SSL_CAINFO is git's, and is refused by name without git", async () => {
      clientWrite(ann, { id: idOf('a1') });
      git(ann, 'remote', 'set-url', 'origin', `${server.urlWithPassword}/remote.git`);
      const env = { GIT_SSL_CAINFO: certificate.ca };
      expect(await run(ann, ['push', '--engine', 'native'], env)).toMatchObject({ code: 0 });
      const refused = await run(ann, ['fetch', '--engine', 'isomorphic'], env);
      expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('does not heed GIT_SSL_CAINFO') });
      expectNoPassword(refused);
    });

    test.each(ENGINES)(
      '%s: what is said of a certificate that nobody trusts, and of a password that is not there',
      async (engine) => {
        clientWrite(ann, { id: idOf('a1') });
        for (const [url, env, words] of [
          [
            server.urlWithPassword,
            {},
            engine === 'native' ? ` config http.${server.url}/.sslCAInfo CA.pem` : 'NODE_EXTRA_CA_CERTS=CA.pem',
          ],
          [
            server.url,
            engine === 'native' ? { GIT_SSL_CAINFO: certificate.ca } : { NODE_EXTRA_CA_CERTS: certificate.ca },
            engine === 'native' ? ' ls-remote origin' : 'http.extraHeader',
          ],
        ] as const) {
          git(ann, 'remote', 'set-url', 'origin', `${url}/remote.git`);
          for (const args of [['push'], ['fetch'], ['verify', '--remote']]) {
            const seen = await run(ann, [...args, '--engine', engine, '--json'], env as Environment);
            expectNoPassword(seen);
            const { error } = JSON.parse(seen.stdout);
            expect(error).toMatchObject({ code: 'REMOTE_FAILED', hint: expect.stringContaining(words) });
            expect(seen.code).toBe(1);
          }
        }
        expect(checkpointRefs(remote)).toEqual({});
      },
    );
  },
);

function expectNoPassword({ all }: Seen): void {
  expect(all).not.toContain(PASSWORD);
  expect(all).not.toContain(Buffer.from(`${USER}:${PASSWORD}`).toString('base64'));
}
