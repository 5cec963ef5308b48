import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { thirdPartyLicenses } from '../../scripts/build-plugins.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ROOT } from './shell.ts';

it('the notices have a text for each package, and nothing of the machine that built them', () => {
  const notices = readFileSync(join(ROOT, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  const [, ...parts] = notices.split(/^={72}$/m);
  expect(parts.length).toBeGreaterThan(60);
  const titles = parts.filter((_, i) => i % 2 === 0).map((title) => title.trim());
  const texts = parts.filter((_, i) => i % 2 === 1);
  for (const [i, text] of texts.entries()) {
    // The shortest of all, ISC's, has 700 characters.
    expect(text.length, titles[i]).toBeGreaterThan(500);
  }
  expect(titles.filter((title) => title.startsWith('clean-git-ref '))).toHaveLength(1);
  expect(notices).not.toContain('node_modules');
  expect(notices).not.toContain(ROOT);
});

it('a package without one fails the build', () => {
  const folder = join(tempDir(), 'node_modules', 'bare');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name":"bare","version":"1.0.0","license":"MIT"}');
  const { generateBundle } = thirdPartyLicenses();
  const bundle = { 'main.js': { type: 'chunk', moduleIds: [join(folder, 'index.js')] } };
  const context = { emitFile: () => expect.unreachable() };
  expect(() => generateBundle?.call(context, {}, bundle)).toThrow('bare has no text of its license (MIT)');
});
