import { describe, expect, it } from 'vitest';
import { git, refs } from '../fixtures/git.ts';
import { V1_BRANCH, V2_CURRENT, V2_MAIN } from '../fixtures/reference.ts';
import { shardPath, transcriptText } from '../fixtures/v1-builder.ts';
import { v2Refs } from '../migrate/support.ts';
import {
  checkpointId,
  DUAL,
  documentOf,
  ENGINES,
  expectSilentMirror,
  expectVerified,
  fileOf,
  newRepository,
  run,
  write,
  writeSettings,
} from './dual-write.ts';

describe.each(ENGINES)('where V2 is off (%s)', (engine) => {
  const env = { CKPT_ENGINE: engine };

  it.each([
    ['there are no settings', undefined, undefined],
    ['the flag is absent', { strategy_options: {} }, undefined],
    ['there are no options', {}, undefined],
    ['the flag is false', { strategy_options: { checkpoints_v2: false } }, undefined],
    ['the local settings turn it off', { strategy_options: DUAL }, { strategy_options: { checkpoints_v2: false } }],
  ])('no V2 ref is made: %s', async (_case, shared, local) => {
    const dir = newRepository();
    if (shared !== undefined) writeSettings(dir, shared);
    if (local !== undefined) writeSettings(dir, local, 'settings.local.json');
    const before = refs(dir);
    const result = write(dir, documentOf(1), [], { env });
    expect(result).toMatchObject({ mode: 'v1', v2: 'off', warnings: [] });
    expect(result.refs.map(({ ref }: { ref: string }) => ref)).toEqual([V1_BRANCH]);
    expectSilentMirror(dir, [], { env });
    expect(refs(dir)).toEqual({ ...before, [V1_BRANCH]: result.refs[0].new });
  });

  it('a flag that is not a boolean counts for nothing, with a warning', () => {
    const dir = newRepository();
    writeSettings(dir, { strategy_options: { checkpoints_v2: 'true' } });
    const { code, stdout } = run(dir, ['dual-write', '--json'], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).warnings).toEqual([
      expect.stringMatching(/checkpoints_v2 in .* is "true", which is not/),
    ]);
    expect(git(dir, 'for-each-ref', 'refs/entire')).toBe('');
  });

  it('V2 refs that are there stay as they are', async () => {
    const dir = newRepository(DUAL);
    write(dir, documentOf(1), [], { env });
    writeSettings(dir, { strategy_options: { checkpoints_v2: false } }, 'settings.local.json');
    const before = git(dir, 'for-each-ref', 'refs/entire');
    const text = run(dir, ['dual-write', '--from', '-'], { env, input: JSON.stringify(documentOf(2)) });
    expect(text.stdout).toContain('\nV1 alone was written.\n');
    write(dir, documentOf(1, { transcript: { text: transcriptText('complete') } }), ['--finalize'], { env });
    expectSilentMirror(dir, [], { env });
    expect(git(dir, 'for-each-ref', 'refs/entire')).toBe(before);

    writeSettings(dir, {}, 'settings.local.json');
    expectSilentMirror(dir, [], { env });
    await expectVerified(dir);
  });

  it('the local settings turn it on', async () => {
    const dir = newRepository({ checkpoints_v2: false });
    writeSettings(dir, { strategy_options: DUAL }, 'settings.local.json');
    expect(write(dir, documentOf(1), [], { env })).toMatchObject({ mode: 'dual', v2: 'ok' });
    await expectVerified(dir);
  });
});

describe.each(ENGINES)('checkpoints_version: 2 (%s)', (engine) => {
  const env = { CKPT_ENGINE: engine };
  const folder = `${shardPath(checkpointId(1))}/0`;

  it('writes V2 alone', () => {
    const dir = newRepository({ checkpoints_version: 2 });
    const result = write(dir, documentOf(1), [], { env });
    expect(result).toMatchObject({ mode: 'v2', checkpoint: checkpointId(1), session: '0', v2: 'ok' });
    expect(result.refs.map(({ ref }: { ref: string }) => ref).sort()).toEqual([V2_CURRENT, V2_MAIN]);
    write(dir, documentOf(1, { transcript: { text: transcriptText('complete') } }), ['--finalize'], { env });
    expect(fileOf(dir, V2_CURRENT, `${folder}/full.jsonl`)).toBe(transcriptText('complete').trimEnd());
    expectSilentMirror(dir, [], { env });
    expect(Object.keys(refs(dir))).toEqual([V2_CURRENT, V2_MAIN, 'refs/heads/main']);
  });

  it('leaves a V1 that is there alone', () => {
    const dir = newRepository(DUAL);
    write(dir, documentOf(1), [], { env });
    const before = refs(dir)[V1_BRANCH];
    writeSettings(dir, { strategy_options: { checkpoints_v2: true, checkpoints_version: 2 } });
    write(dir, documentOf(2), [], { env });
    expectSilentMirror(dir, [], { env });
    expect(refs(dir)[V1_BRANCH]).toBe(before);
    expect(fileOf(dir, V2_CURRENT, `${shardPath(checkpointId(2))}/0/full.jsonl`)).toBe(transcriptText('t2').trimEnd());
  });

  it('a V2 failure is a failure', () => {
    const dir = newRepository({ checkpoints_version: 2 });
    const blob = git(dir, 'hash-object', '-w', '.entire/settings.json');
    git(dir, 'update-ref', V2_CURRENT, blob);
    const before = refs(dir);
    const { code, stdout } = run(dir, ['dual-write', '--from', '-', '--json'], {
      env,
      input: JSON.stringify(documentOf(1)),
    });
    expect(code).toBeGreaterThan(0);
    expect(JSON.parse(stdout).error.code).not.toBe('UNEXPECTED');
    expect(refs(dir)).toEqual(before);
    expect(v2Refs(dir)).toEqual({ [V2_CURRENT]: blob });
  });
});
