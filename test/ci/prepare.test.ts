import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cleanEnvironment } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ROOT } from './shell.ts';

/** A package whose build says in a file's name what npm was told of `global`. */
function packageThere({ hasTools }: { hasTools: boolean }): string {
  const dir = tempDir();
  for (const name of hasTools ? ['other', 'rolldown'] : ['other'])
    mkdirSync(join(dir, 'node_modules', name), { recursive: true });
  cpSync(join(ROOT, 'scripts/prepare.js'), join(dir, 'scripts/prepare.js'));
  const build = `node -e "fs.writeFileSync('built-' + (process.env.npm_config_global ?? 'here'), '')"`;
  const scripts = { build, 'build:types': build.replace('built', 'types') };
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', type: 'module', scripts }));
  const packages = { '': { name: 'x', version: '1.0.0' } };
  writeFileSync(join(dir, 'package-lock.json'), JSON.stringify({ name: 'x', lockfileVersion: 3, packages }));
  return dir;
}

it.each([
  ['installs what the build needs where npm has left it out', { hasTools: false }],
  ['installs nothing where it is there', { hasTools: true }],
])('prepare builds in its own folder, also for a global install, and %s', (_, { hasTools }) => {
  const dir = packageThere({ hasTools });
  const env = {
    ...cleanEnvironment(),
    npm_config_global: 'true',
    npm_config_prefix: join(dir, 'prefix'),
    NODE_ENV: 'production',
    npm_config_update_notifier: 'false',
  };
  const { status, stderr } = spawnSync(process.execPath, [join(dir, 'scripts/prepare.js')], {
    cwd: dir,
    env,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readdirSync(dir)).toEqual(expect.arrayContaining(['built-here', 'types-here']));
  // `npm ci` takes away what the lockfile does not name.
  expect(existsSync(join(dir, 'node_modules/other'))).toBe(hasTools);
  expect(existsSync(join(dir, 'prefix'))).toBe(false);
});
