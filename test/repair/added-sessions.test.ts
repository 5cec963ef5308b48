import { expect, test } from 'vitest';
import { repair } from '../../src/repair/repair.ts';
import type { ForeignSpec } from '../fixtures/foreign-v2.ts';
import { shardPath } from '../fixtures/v1-builder.ts';
import { filesAt } from '../migrate/foreign-expectations.ts';
import { BOTH_ENGINES, withRepository } from '../migrate/support.ts';
import { textAt } from '../verify/damage.ts';
import { A, B, C, D, foreignRepository } from '../verify/foreign-v2.ts';
import { CURRENT, MAIN } from '../verify/sabotages.ts';

/** The names of a checkpoint's session folders on `main`. */
function numbersOf(dir: string, id: string): string[] {
  const below = Object.keys(filesAt(dir, MAIN)).flatMap((path) =>
    path.startsWith(`${shardPath(id)}/`) ? (path.split('/')[2] ?? '') : [],
  );
  return [...new Set(below)].filter((name) => /^\d+$/.test(name)).sort();
}

const repairIn = (dir: string, index: number) =>
  withRepository(dir, BOTH_ENGINES[index % BOTH_ENGINES.length] ?? 'native', (repo) => repair(repo));

test("sessions that are added take the next numbers after V2's own, and their paths are not doubled", async () => {
  // V1 has 0, 2 and 3; the tool has the first two by position, as 0 and 1.
  const { dir } = foreignRepository({ defects: ['positions'] });
  expect(numbersOf(dir, A)).not.toContain('2');
  await repairIn(dir, 1);
  for (const id of [A, B]) {
    expect(numbersOf(dir, id)).toEqual(['0', '1', '2']);
    const { sessions } = JSON.parse(textAt(dir, MAIN, `${shardPath(id)}/metadata.json`));
    expect(sessions.at(-1).metadata).toBe(`/${shardPath(id)}/2/metadata.json`);
  }
});

test.each<[string, ForeignSpec, string]>([
  ['that was just started', { archives: { 1: [A], 2: [B, C] }, lost: [D] }, 'raw_transcript'],
  ['that is absent', { archives: { 1: [A], 2: [B, C] }, lost: [D], withoutCurrent: true }, 'raw_transcript'],
  ['whose archive has the names of V1', { archives: { 1: [A, B, C] }, lost: [D], names: 'own' }, 'full.jsonl'],
])('a full/current %s gets the file names of the newest archive', async (how, spec, name) => {
  const { dir } = foreignRepository({ defects: [], ...spec });
  await repairIn(dir, how.length);
  const names = Object.keys(filesAt(dir, CURRENT)).filter((path) => path.startsWith(shardPath(D)));
  expect(names).toContain(`${shardPath(D)}/0/${name}`);
});
