import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { BUILT_CHILDREN } from '../fixtures/child.ts';

/**
 * Bundles the scripts in the `children` folders, which tests run in processes of their own: hundreds of files that are
 * transformed at each start take four times as long.
 */
export default async function setup(): Promise<void> {
  const names = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\/children\/[^/]+\.ts$/.test(path));
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name.replace(/\.ts$/, ''), join('test', name)])),
    platform: 'node',
    logLevel: 'silent',
  });
  await bundle.write({ dir: BUILT_CHILDREN, format: 'esm', entryFileNames: '[name].js' });
  await bundle.close();
}
