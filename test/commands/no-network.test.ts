import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { git } from '../fixtures/git.ts';
import { BOTH_ENGINES } from '../fixtures/scale.ts';
import { historyScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ckpt } from './ckpt.ts';

/** Commands that need no remote. */
const OFFLINE = [
  ['status'],
  ['list'],
  ['migrate'],
  ['verify'],
  ['verify', '--deep', '--secrets'],
  ['migrate', '--to', 'refs'],
  ['dual-write'],
  ['repair'],
  ['rotate'],
  ['prune'],
  ['hooks', 'status'],
  ['export', '--output', 'pages', 'HEAD'],
  ['--help'],
  ['no-such-command'],
];

/** Writes down each connection that Node is asked for, and makes none. */
const WATCH = `
import { appendFileSync } from 'node:fs';
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';
for (const [object, name] of [[net.Socket.prototype, 'connect'], [dgram.Socket.prototype, 'send'], [dns, 'lookup']]) {
  object[name] = (...args) => {
    appendFileSync(process.env.WATCHED, name + '\\n');
    throw new Error('no network here');
  };
}
`;

it.each(BOTH_ENGINES)('sends nothing anywhere, but what is asked of a remote by its commands (%s)', async (engine) => {
  const dir = tempDir();
  await historyScenarios.besideCode(dir);
  // Nobody listens there. Port 1 is one of those that Node's fetch refuses by itself.
  git(dir, 'remote', 'add', 'origin', 'https://127.0.0.1:9419/x.git');
  const aside = tempDir();
  const [watch, watched, trace] = [join(aside, 'watch.mjs'), join(aside, 'watched'), join(aside, 'trace')];
  writeFileSync(watch, WATCH);
  const env = {
    NODE_OPTIONS: `--import "${watch}"`,
    WATCHED: watched,
    CKPT_TRACE: trace,
    CKPT_ENGINE: engine,
    HOME: aside,
  };
  for (const args of OFFLINE) ckpt(args, { cwd: dir, env });
  expect(existsSync(watched)).toBe(false);
  const started = existsSync(trace) ? readFileSync(trace, 'utf8') : '';
  expect(started.split('\n').filter((line) => /127\.0\.0\.1| (?:fetch|push|ls-remote|clone) /.test(line))).toEqual([]);
  expect(started.includes('for-each-ref')).toBe(engine === 'native');

  // What watches does see a connection, and a remote that is asked for.
  ckpt(['verify', '--remote', 'origin'], { cwd: dir, env });
  expect(engine === 'native' ? readFileSync(trace, 'utf8') : readFileSync(watched, 'utf8')).toMatch(
    engine === 'native' ? / ls-remote / : /connect|lookup/,
  );
});
