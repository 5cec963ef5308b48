import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { UNUSED_IN_OCLIF } from '../../scripts/build-plugins.ts';
import { ROOT } from './shell.ts';

const LIB = join(ROOT, 'node_modules/@oclif/core/lib');

it.each(Object.entries(UNUSED_IN_OCLIF))('what the build leaves out of oclif/%s is loaded there: %j', (module, ids) => {
  const file = join(LIB, `${module}.js`);
  expect(existsSync(file)).toBe(true);
  const text = readFileSync(file, 'utf8');
  for (const id of ids) expect(text).toContain(`require("${id}")`);
});

it('oclif stays at one version, since parts of its inside are left out', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { version } = JSON.parse(readFileSync(join(LIB, '../package.json'), 'utf8'));
  expect(devDependencies['@oclif/core']).toBe(version);
});
