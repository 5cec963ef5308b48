import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FleetRow } from '../../src/fleet/fleet-row.ts';
import { git, refs } from '../fixtures/git.ts';
import { type GitHttp, serveGit } from '../fixtures/git-http.ts';
import { tempDir } from '../fixtures/temp.ts';
import { type Running, startCkpt } from './run-ckpt.ts';

/** Port and connections of a remote that takes every connection and never answers. */
let silent: Server;
let http: GitHttp;
/** Twelve repositories; `fleet.txt` names them. */
const dir = tempDir('file');
const HERE = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `repos/${letter}.git`);
const url = (server: Server) => `http://127.0.0.1:${(server.address() as { port: number }).port}/x.git`;

beforeAll(async () => {
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  http = await serveGit(join(dir, 'served'));
  expect((await startCkpt(dir, ['sample', 'sample.git']).ended).code).toBe(0);
  const copies = [...HERE, 'repos/damaged.git', 'served/shop.git'];
  for (const copy of copies) cpSync(join(dir, 'sample.git'), join(dir, copy), { recursive: true });
  git(join(dir, 'served/shop.git'), 'config', 'uploadpack.allowFilter', 'true');
  writeFileSync(join(dir, 'repos/damaged.git/refs/heads/entire/checkpoints/v1'), `${'1'.repeat(40)}\n`);
  git(dir, 'init', '--quiet', 'repos/empty');
  const others = ['repos/damaged.git', 'repos/empty', 'repos/absent'];
  const urls = [`${http.urlWithPassword}/shop.git`, url(silent)];
  writeFileSync(join(dir, 'fleet.txt'), [...HERE, ...others, ...urls].join('\n'));
  writeFileSync(join(dir, 'good.txt'), [...HERE, urls[0]].join('\n'));
});

afterAll(async () => {
  silent.close();
  await http.close();
});

const fleet = (...args: string[]): Running => startCkpt(dir, ['fleet', ...args]);

/** The lines of a report. */
function linesOf(report: string): Array<FleetRow & { readonly document: { readonly command: string } }> {
  const file = join(dir, report, 'results.jsonl');
  if (!existsSync(file)) return [];
  const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line));
}

describe('ckpt fleet', () => {
  it('gives each repository a row, whatever becomes of it, and ends with the worst exit code', async () => {
    const args = ['status', '--list', 'fleet.txt', '--report', 'found', '--repo-timeout', '12', '-j', '4', '--json'];
    const { code, stdout, stderr } = await fleet(...args).ended;
    expect(stderr).toBe('');
    const { repositories, counts, exitCode, ok } = JSON.parse(stdout);
    const standings = Object.fromEntries(repositories.map((row: FleetRow) => [row.name, row.standing]));
    const inOrder = Object.fromEntries([...HERE, `${http.url}/shop.git`].map((name) => [name, 'not-migrated']));
    expect(standings).toEqual({
      ...inOrder,
      'repos/absent': 'failed',
      'repos/damaged.git': expect.stringMatching(/attention|failed/),
      'repos/empty': 'no-checkpoints',
      [url(silent)]: 'timed-out',
    });
    expect({ code, exitCode, ok, repositories: counts.repositories }).toEqual({
      code: 3,
      exitCode: 3,
      ok: false,
      repositories: 12,
    });
    expect(
      linesOf('found')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(standings).sort());
    expect(linesOf('found').find(({ name }) => name === HERE[0])?.document.command).toBe('status');
  });

  it('keeps credentials where their owner alone reads them', async () => {
    const { code, stdout } = await fleet('verify', '--list', 'good.txt', '--report', 'verified').ended;
    expect({ code, hasName: stdout.includes(`${http.url}/shop.git`) }).toEqual({ code: 1, hasName: true });
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /^(?:cache|verified)/.test(path),
    );
    const secret = files
      .map((path) => join(dir, path))
      .filter((path) => statSync(path).isFile() && readFileSync(path).includes('s3cret'));
    expect(secret.map((path) => path.replace(/.*\//, ''))).toEqual(['origin.config']);
    expect(statSync(secret[0] ?? '').mode & 0o777).toBe(0o600);
    expect(stdout).not.toContain('s3cret');
  });

  it('migrates and pushes, in place and at the URL', async () => {
    rmSync(join(dir, 'pushed'), { recursive: true, force: true });
    cpSync(join(dir, 'repos'), join(dir, 'pushed'), { recursive: true });
    writeFileSync(join(dir, 'two.txt'), `pushed/a.git\n${http.urlWithPassword}/shop.git\n`);
    git(dir, 'init', '--quiet', '--bare', 'origin.git');
    git(join(dir, 'pushed/a.git'), 'remote', 'add', 'origin', join(dir, 'origin.git'));
    // Clones of URLs have no blobs: a dry run there fetches what it needs.
    const runs = [['migrate', '--', '--dry-run'], ['migrate'], ['push'], ['verify'], ['status']];
    for (const [command = '', ...words] of runs) {
      const { code, stdout } = await fleet(command, '--list', 'two.txt', ...words).ended;
      expect({ command, code, stdout }).toMatchObject({ code: 0 });
    }
    const v2 = (path: string) => refs(join(dir, path), 'refs/entire/checkpoints/v2');
    expect(v2('served/shop.git')).toEqual(v2('pushed/a.git'));
    expect(v2('origin.git')).toEqual(v2('pushed/a.git'));
    expect(Object.keys(v2('origin.git')).length).toBeGreaterThan(0);
  });

  it('does every repository exactly once, also where it is killed on the way', async () => {
    // With the last one, which never answers, no run is over before it is killed.
    writeFileSync(join(dir, 'killed.txt'), `${readFileSync(join(dir, 'good.txt'), 'utf8')}\n${url(silent)}\n`);
    const args = ['verify', '--list', 'killed.txt', '--report', 'killed', '-j', '2'];
    for (const count of [1, 4]) {
      const { child, ended } = fleet(...args);
      while (linesOf('killed').length < count && child.exitCode === null) await wait(20);
      child.kill('SIGKILL');
      expect((await ended).signal).toBe('SIGKILL');
    }
    const before = linesOf('killed').map(({ name }) => name);
    const hangUp = (socket: Socket) => socket.destroy();
    silent.on('connection', hangUp);
    const { code, stdout } = await fleet(...args).ended;
    silent.off('connection', hangUp);
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('of them were done before') });
    const names = linesOf('killed').map(({ name }) => name);
    expect(names.slice(0, before.length)).toEqual(before);
    expect([...names].sort()).toEqual([...HERE, `${http.url}/shop.git`, url(silent)].sort());
  });

  it('ends what hangs, and git with it, where it is stopped or killed', async () => {
    writeFileSync(join(dir, 'silent.txt'), `${url(silent)}\n`);
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const connected = new Promise<Socket>((resolve) => silent.once('connection', resolve));
      const { child, ended } = fleet('status', '--list', 'silent.txt', '--report', `stopped-${signal}`);
      const socket = await connected;
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.resume().on('error', () => undefined);
      child.kill(signal);
      const { code, stderr } = await ended;
      await closed; // git's end, of which there is no other sign
      if (signal === 'SIGINT')
        expect({ code, stderr }).toMatchObject({ code: 130, stderr: expect.stringMatching(/0 of 1 repositories/) });
      expect(linesOf(`stopped-${signal}`)).toEqual([]);
    }
  });

  it('takes with --retry what failed, and has one row for it', async () => {
    mkdirSync(join(dir, 'later'));
    writeFileSync(join(dir, 'later.txt'), 'repos/a.git\nlater/x.git\n');
    const args = ['status', '--list', 'later.txt', '--report', 'retried', '--json'];
    expect((await fleet(...args).ended).code).toBe(3);
    cpSync(join(dir, 'sample.git'), join(dir, 'later/x.git'), { recursive: true });
    expect((await fleet(...args).ended).code).toBe(3);
    const { code, stdout } = await fleet(...args, '--retry').ended;
    const { repositories, doneBeforeCount } = JSON.parse(stdout);
    expect({ code, count: repositories.length, doneBeforeCount }).toEqual({ code: 0, count: 2, doneBeforeCount: 1 });
  });

  it('refuses words that are its own, and URLs that run programs, before it begins', async () => {
    writeFileSync(join(dir, 'bad.txt'), `repos/a.git\next::sh -c touch% ${dir}/ran\n`);
    const runs = [
      ['status', '--list', 'bad.txt'],
      ['status'],
      ['status', '--list', 'good.txt', '--dir', '.'],
      ['verify', '--list', 'good.txt', '--', '--repo', 'x'],
      ['verify', '--list', 'good.txt', '--', 'a3b2'],
      ['verify', '--list', 'good.txt', '--shard', '3/2'],
    ];
    for (const args of runs) expect({ args, ...(await fleet(...args).ended) }).toMatchObject({ code: 2, stdout: '' });
    expect(existsSync(join(dir, 'ran'))).toBe(false);
    const { code, stderr } = await fleet('status', '--list', 'good.txt', '--report', 'good.txt').ended;
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('opening the report: ') });
  });
});
