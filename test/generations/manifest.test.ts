import { describe, expect, test } from 'vitest';
import { isCheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import {
  compareHistories,
  manifestEntryJson,
  parseManifestEntry,
  touchedNumbers,
} from '../../src/generations/manifest-entry.ts';
import { writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git } from '../fixtures/git.ts';
import { reference, V2_CURRENT, V2_MAIN, V2_MANIFEST } from '../fixtures/reference.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';
import { add, archive, id, ids, prepare, update } from '../migrate/checkpoints.ts';
import { ENGINES, expectConsistent, migrateIn, v2Refs } from '../migrate/support.ts';
import { manifestOf } from '../rotate/support.ts';
import { blob, editTip, textAt } from '../verify/damage.ts';

const file = (number: number) => `${String(number).padStart(13, '0')}.json`;

describe('an entry of the manifest', () => {
  const text = `{
  "oldest_checkpoint_at": "2025-03-03T09:00:00Z",
  "newest_checkpoint_at": null,
  "checkpoint_count": 1,
  "checkpoints": [
    "${id(1)}"
  ],
  "tree": "${'a'.repeat(40)}",
  "pruned": true
}
`;

  test('is what was written', () => {
    const entry = parseManifestEntry(Buffer.from(text));
    expect(entry).toMatchObject({ checkpoints: [id(1)], tree: 'a'.repeat(40), isPruned: true });
    expect(manifestEntryJson(entry).toString()).toBe(text);
  });

  test('of two the one counts that was brought back more often, then the one that is pruned', () => {
    const pruned = parseManifestEntry(Buffer.from(text));
    const restored = { ...pruned, isPruned: false, restoreCount: 1 };
    expect(parseManifestEntry(manifestEntryJson(restored, Buffer.from(text)))).toEqual(restored);
    const older = { ...pruned, isPruned: false };
    const inOrder = [older, pruned, restored, { ...restored, isPruned: true }, { ...restored, restoreCount: 2 }];
    expect([...inOrder].reverse().sort(compareHistories)).toEqual(inOrder);
  });

  test('says which archives V1 does not give', () => {
    const made = { isPruned: false, restoreCount: 0, checkpoints: [id(1), id(2)].filter(isCheckpointId) };
    expect(touchedNumbers(new Map([[2, made]]), 2)).toEqual(new Set());
    const pruned = [1, { ...made, isPruned: true }] as const;
    expect(touchedNumbers(new Map([pruned, [2, made]]), 2)).toEqual(new Set([1]));
    expect(touchedNumbers(new Map([[3, made], [2, { ...made, restoreCount: 1 }], pruned]), 2)).toEqual(new Set([2, 1]));
    // Fewer than a generation holds: rotated by force, or V1 has deleted some. One that is empty holds nothing that V1 could give otherwise.
    const [short, empty] = [
      { ...made, checkpoints: made.checkpoints.slice(1) },
      { ...made, checkpoints: [] },
    ];
    expect(touchedNumbers(new Map([pruned, [2, short], [3, made], [4, empty]]), 2)).toEqual(new Set([1, 2]));
    expect(touchedNumbers(new Map([pruned, [2, short]]), undefined)).toEqual(new Set([1]));
  });

  test('keeps the bytes of what it does not know when it is written again', () => {
    const before = Buffer.from(text.replace('{', '{\n  "by": {"n":  12345678901234567890},'));
    const entry = { ...parseManifestEntry(before), isPruned: false };
    const after = manifestEntryJson(entry, before).toString();
    expect(after).toBe(before.toString().replace(',\n  "pruned": true', ''));
  });

  test.each([
    ['no object', '[]'],
    ['no JSON', '{'],
    ['a list of something else', text.replace(id(1), 'x')],
    ['no tree', text.replace('a'.repeat(40), 'HEAD')],
  ])('that is %s is refused', (_, content) => {
    expect(() => parseManifestEntry(Buffer.from(content))).toThrow(SyntaxError);
  });
});

describe.each(ENGINES)('the manifest (%s)', (engine) => {
  const options = { engine, maxCheckpoints: 2 };

  test('is made with the archives, and not before there is one', async () => {
    const { dir, v1 } = prepare(1);
    await migrateIn(dir, options);
    expect(Object.keys(v2Refs(dir))).toEqual([V2_CURRENT, V2_MAIN]);
    update(dir, add(v1, 2, 5));
    await migrateIn(dir, options);
    expect(v2Refs(dir)).toEqual(reference(dir, options).refs);
    expect(Object.keys(manifestOf(dir))).toEqual([file(1), file(2)]);
    expect(git(dir, 'log', '--format=%an <%ae> %ct %P%n%B', V2_MANIFEST).trim()).toBe(
      `ckpt <ckpt@localhost> ${(1.76e12 + 4 * 3.6e6) / 1000} \nManifest of the generations`,
    );
  });

  test('gets entries that it lacks in a run that has nothing else to do, once', async () => {
    const { dir } = prepare(5);
    await migrateIn(dir, options);
    const final = v2Refs(dir);
    git(dir, 'update-ref', '-d', V2_MANIFEST);
    const update = { ref: V2_MANIFEST, old: null, new: final[V2_MANIFEST] };
    expect(await migrateIn(dir, options)).toMatchObject({ status: 'migrated', refs: [update] });
    expect(v2Refs(dir)).toEqual(final);
    editTip(dir, V2_MANIFEST, { [file(2)]: null });
    expect(await migrateIn(dir, options)).toMatchObject({ status: 'migrated', refs: [{ ref: V2_MANIFEST }] });
    expect(v2Refs(dir)).toEqual(final);
    expect(await migrateIn(dir, options)).toMatchObject({ status: 'up-to-date', refs: [] });
  });

  test('keeps what it does not know when an archive is changed', async () => {
    const { dir, v1 } = prepare(4);
    await migrateIn(dir, options);
    const text = textAt(dir, V2_MANIFEST, file(1)).replace('{', '{\n  "by": "somebody",');
    editTip(dir, V2_MANIFEST, { [file(1)]: text, 'notes.txt': 'x' });
    v1.finalize(id(1), 0, transcriptText('complete', 9));
    update(dir, v1);
    await migrateIn(dir, options);
    const tree = git(dir, 'rev-parse', `${archive(1)}^{tree}`);
    expect(textAt(dir, V2_MANIFEST, file(1))).toBe(text.replace(/"tree": ".*"/, `"tree": "${tree}"`));
    expect(textAt(dir, V2_MANIFEST, 'notes.txt')).toBe('x');
    await expectConsistent(dir, options);
  });

  test('that can not be read is an error that says so, and a rebuild makes it again', async () => {
    const { dir, v1 } = prepare(4);
    await migrateIn(dir, options);
    const final = v2Refs(dir);
    git(dir, 'update-ref', V2_MANIFEST, blob(dir, 'no commit'));
    update(dir, add(v1, 5));
    await expect(migrateIn(dir, options)).rejects.toMatchObject({
      code: 'BAD_MANIFEST',
      hint: expect.arrayContaining([['ckpt', 'migrate', '--rebuild']]),
    });
    await migrateIn(dir, { ...options, rebuild: true });
    expect(v2Refs(dir)).toMatchObject({ [V2_MANIFEST]: final[V2_MANIFEST] });
    await expectConsistent(dir, options);
  });

  test("tells of another tool's archives as they are now, though that tool has changed them since", async () => {
    const { dir, v1 } = prepare(4);
    writeForeignV2(dir, v1, { archives: { 1: ids(1, 2) }, lost: [id(4)] });
    await migrateIn(dir, options);
    editTip(dir, archive(1), { 'notes.txt': 'theirs' });
    update(dir, add(v1, 5));
    await migrateIn(dir, options);
    expect(manifestOf(dir)[file(1)].tree).toBe(git(dir, 'rev-parse', `${archive(1)}^{tree}`));
  });
});
