import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/stores/settings.ts';
import { tempDir } from '../fixtures/temp.ts';

const DEFAULTS = { mode: 'v1', fullCurrentMode: 'accumulate', pushV2Refs: false, retentionDays: 14 };

function workTree(shared?: unknown, local?: unknown): string {
  const dir = tempDir();
  mkdirSync(join(dir, '.entire'));
  const write = (name: string, value: unknown) => {
    if (value === undefined) return;
    writeFileSync(join(dir, '.entire', name), typeof value === 'string' ? value : JSON.stringify(value));
  };
  write('settings.json', shared);
  write('settings.local.json', local);
  return dir;
}

const options = (strategy_options: unknown) => ({ enabled: true, strategy_options });

describe('readSettings', () => {
  it.each<[string, unknown]>([
    ['no file', undefined],
    ['an empty object', {}],
    ['no options', options(undefined)],
    ['null for options', options(null)],
    ['values of other types', options({ checkpoints_v2: 'true', full_current_mode: 1, push_v2_refs: 1 })],
    ['a negative number of days', options({ full_transcript_generation_retention_days: -1 })],
    ['the flag off', options({ checkpoints_v2: false })],
    ['version 1', options({ checkpoints_version: 1 })],
  ])('gives the defaults for %s', async (_, shared) => {
    expect(await readSettings(workTree(shared))).toEqual(DEFAULTS);
  });

  it('gives the defaults without a work tree, or without the folder', async () => {
    expect(await readSettings(undefined)).toEqual(DEFAULTS);
    expect(await readSettings(tempDir())).toEqual(DEFAULTS);
  });

  it('reads all of them', async () => {
    const shared = {
      checkpoints_v2: true,
      push_v2_refs: true,
      full_current_mode: 'replace',
      full_transcript_generation_retention_days: 0,
    };
    const expected = { mode: 'dual', fullCurrentMode: 'replace', pushV2Refs: true, retentionDays: 0 };
    expect(await readSettings(workTree(options(shared)))).toEqual(expected);
  });

  it.each([2, '2'])('takes version %j as V2 alone, whatever the flag says', async (checkpoints_version) => {
    const settings = await readSettings(workTree(options({ checkpoints_version, checkpoints_v2: false })));
    expect(settings.mode).toBe('v2');
  });

  it('lets the local file override single options, in both directions', async () => {
    const shared = options({ checkpoints_v2: true, push_v2_refs: true });
    expect(await readSettings(workTree(shared, options({ checkpoints_v2: false })))).toEqual({
      ...DEFAULTS,
      pushV2Refs: true,
    });
    expect((await readSettings(workTree(undefined, options({ checkpoints_v2: true })))).mode).toBe('dual');
  });

  it.each(['{', '', '[]', '"x"', 'null'])('fails where a file holds %j', async (text) => {
    const failure = expect(readSettings(workTree(options({}), text))).rejects;
    await failure.toMatchObject({ code: 'BAD_SETTINGS', message: expect.stringContaining('settings.local.json') });
  });

  it('fails where a file is a folder', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, '.entire', 'settings.json'), { recursive: true });
    await expect(readSettings(dir)).rejects.toMatchObject({ code: 'BAD_SETTINGS' });
  });
});
