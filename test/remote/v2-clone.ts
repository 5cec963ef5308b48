import { expect } from 'vitest';
import { rotate } from '../../src/rotate/rotate.ts';
import { verify } from '../../src/verify/verify.ts';
import { git, gitBytes, refs } from '../fixtures/git.ts';
import { shardPath } from '../fixtures/v1-builder.ts';
import { withRepository } from '../migrate/support.ts';
import { MAX } from './v2-writes.ts';

const FULL = 'refs/entire/checkpoints/v2/full/';

/** `ckpt rotate --force` in a clone. */
export async function rotateV2(dir: string, force = true): Promise<void> {
  await withRepository(dir, 'native', (repo) => rotate(repo, { maxCheckpoints: MAX, force }));
}

/** Which generation holds what, by the last part of its ref's name: `<checkpoint>/<session folder>`. */
export function generationsOf(dir: string): Record<string, string[]> {
  return Object.fromEntries(
    Object.keys(refs(dir, FULL)).map((ref) => {
      const paths = git(dir, 'ls-tree', '-r', '--name-only', ref).split('\n');
      const held = paths.flatMap((path) => /^(..)\/(.{10})\//.exec(path)?.slice(1).join('') ?? []);
      return [ref.slice(FULL.length), [...new Set(held)].sort()];
    }),
  );
}

/** Every transcript in a clone's V2, by checkpoint and session ID. A checkpoint in two generations fails. */
export function transcriptsIn(dir: string): Record<string, string> {
  const found: Record<string, string> = {};
  const seen = new Set<string>();
  for (const [generation, ids] of Object.entries(generationsOf(dir))) {
    for (const id of ids) {
      expect(seen.has(id), `${id} lies in two generations`).toBe(false);
      seen.add(id);
      const numbers = git(dir, 'ls-tree', '--name-only', FULL + generation, `${shardPath(id)}/`).split('\n');
      for (const folder of numbers) {
        const metadata = git(dir, 'show', `refs/entire/checkpoints/v2/main:${folder}/metadata.json`);
        const name = git(dir, 'ls-tree', '--name-only', FULL + generation, `${folder}/`)
          .split('\n')
          .find((path) => /\/(?:full\.jsonl|raw_transcript)$/.test(path));
        const text = gitBytes(dir, ['show', `${FULL}${generation}:${name}`]).toString();
        found[`${id} ${JSON.parse(metadata).session_id}`] = text;
      }
    }
  }
  return found;
}

/** Verifies a V2 that no V1 stands behind. */
export async function expectSoundV2(dir: string): Promise<void> {
  const report = await withRepository(dir, 'native', (repo) => verify(repo, { maxCheckpoints: MAX }));
  expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
}
