import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { ckpt } from '../commands/ckpt.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { IS_LONG, IS_THOROUGH, share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { compileShim, strikeAt } from './kills/strike.ts';

const temp = tempDir('file');
const shim = IS_THOROUGH ? compileShim(temp) : undefined;
const INSTALL = ['hooks', 'install', '--git', '--agent', 'claude-code', '--push', '--mirror', 'v2'];
const UNINSTALL = ['hooks', 'uninstall'];

/** Commands that write git's configuration. Without git, fetches are not set up. */
const CASES: ReadonlyArray<readonly [args: readonly string[], engine: EngineName]> = [
  [['fetch', '--setup'], 'native'],
  [INSTALL, 'native'],
  [INSTALL, 'isomorphic'],
];

/** The files that a killed run has written and not given their names. */
function unnamed(dir: string): string[] {
  const files = readdirSync(dir, { recursive: true }).map(String);
  return files.filter((name) => basename(name).startsWith('.ckpt-'));
}

/** The configuration, and the hooks, as text; without the files that a killed run has not given their names yet. */
function written(dir: string): Record<string, string> {
  const hooks = join(dir, '.git/hooks');
  const files = [
    'config',
    ...(existsSync(hooks)
      ? readdirSync(hooks).flatMap((name) => (name.startsWith('.ckpt-') ? [] : `hooks/${name}`))
      : []),
  ];
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(dir, '.git', name), 'utf8')]));
}

test.skipIf(shim === undefined).each(share(CASES, 2))(
  'ckpt %j, %s, is killed: the configuration is whole, and nothing is left for a person',
  (args, engine) => {
    const dir = initRepository({ dir: join(temp, `${args[0]}-${engine}`) });
    git(dir, 'remote', 'add', 'origin', '../remote');
    git(dir, 'config', 'ckpt.mirror', 'refs');
    const kill = (n: number) => {
      const work = `${dir}-${n}`;
      cpSync(dir, work, { recursive: true });
      return {
        work,
        ...strikeAt(n, args, { shim: shim as string, dir: work, engine, blow: { victim: 'everything' } }),
      };
    };
    const whole = kill(0);
    const after = written(whole.work);
    let leftBefore = 0;
    const seen = new Set<string | undefined>();
    for (let n = 1; n <= whole.calls; n += IS_LONG ? 2 : 15) {
      const { work, isKilled } = kill(n);
      seen.add(isKilled ? written(work).config : undefined);
      for (const [name, text] of Object.entries(written(work))) {
        if (name.startsWith('hooks/')) expect([n, name, text]).toEqual([n, name, after[name]]);
      }
      expect([n, git(work, 'config', '--local', '--get', 'remote.origin.url')]).toEqual([n, '../remote']);
      ckpt(['status', '--engine', engine], { cwd: work });
      const left = readdirSync(join(work, '.git'), { recursive: true }).map(String);
      expect([n, left.filter((name) => name.endsWith('.lock') || /^ckpt\/locks\/./.test(name))]).toEqual([n, []]);
      leftBefore += unnamed(work).length;
      const taken = `${work}-taken`;
      cpSync(work, taken, { recursive: true });
      expect(ckpt(UNINSTALL, { cwd: taken }).code, `uninstall after a kill at call ${n}`).toBe(0);
      expect([n, unnamed(taken)]).toEqual([n, []]);
      expect(ckpt([...args, '--engine', engine], { cwd: work }).code, `after a kill at call ${n}`).toBe(0);
      expect([n, written(work), unnamed(work)]).toEqual([n, after, []]);
    }
    expect(seen.size).toBeGreaterThan(1);
    if (IS_LONG && args === INSTALL) expect(leftBefore).toBeGreaterThan(0);
  },
);
