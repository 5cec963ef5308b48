import { describe, expect, it } from 'vitest';
import type { CheckpointWriter } from '../../src/stores/dual-writer.ts';
import { DualWriter } from '../../src/stores/dual-writer.ts';
import type { WriteMode } from '../../src/stores/settings.ts';
import type { WriteResult } from '../../src/stores/write-result.ts';
import { ID, sessionWrite } from './store-bench.ts';

function parts(mode: WriteMode, failing: readonly string[] = []) {
  const calls: string[] = [];
  const call = async <T>(name: string, result: T): Promise<T> => {
    calls.push(name);
    if (failing.includes(name.split('.')[0] ?? '')) throw new Error(`${name} failed`);
    return result;
  };
  const store = (name: string): CheckpointWriter => {
    const result = { checkpointId: ID, session: name } as unknown as WriteResult;
    return {
      writeCommitted: () => call(`${name}.write`, result),
      updateCommitted: () => call(`${name}.finalize`, result),
      updateSummary: () => call(`${name}.summary`, result),
    };
  };
  const writer = new DualWriter({
    mode,
    v1: store('v1'),
    v2: store('v2'),
    mirror: () => call('mirror', undefined),
    onV2Failure: (error) => void calls.push(`told: ${(error as Error).message}`),
  });
  const all = async () => [
    (await writer.writeCommitted(sessionWrite('x'))).session,
    (await writer.updateCommitted({ checkpointId: ID, sessionId: 'x' })).session,
    (await writer.updateSummary({ checkpointId: ID, summary: 1 })).session,
  ];
  return { calls, all };
}

describe('DualWriter', () => {
  it('writes V1 alone where the flag is off', async () => {
    const { calls, all } = parts('v1', ['mirror', 'v2']);
    expect(await all()).toEqual(['v1', 'v1', 'v1']);
    expect(calls).toEqual(['v1.write', 'v1.finalize', 'v1.summary']);
  });

  it('writes V1, then brings V2 up to it', async () => {
    const { calls, all } = parts('dual');
    expect(await all()).toEqual(['v1', 'v1', 'v1']);
    expect(calls).toEqual(['v1.write', 'mirror', 'v1.finalize', 'mirror', 'v1.summary', 'mirror']);
  });

  it('tells a V2 failure, and goes on', async () => {
    const { calls, all } = parts('dual', ['mirror']);
    expect(await all()).toEqual(['v1', 'v1', 'v1']);
    expect(calls.slice(0, 4)).toEqual(['v1.write', 'mirror', 'told: mirror failed', 'v1.finalize']);
  });

  it('fails where V1 does, and leaves V2 alone', async () => {
    const { calls, all } = parts('dual', ['v1']);
    await expect(all()).rejects.toThrow('v1.write failed');
    expect(calls).toEqual(['v1.write']);
  });

  it('writes V2 alone, and then fails where that does', async () => {
    const good = parts('v2', ['v1', 'mirror']);
    expect(await good.all()).toEqual(['v2', 'v2', 'v2']);
    expect(good.calls).toEqual(['v2.write', 'v2.finalize', 'v2.summary']);
    await expect(parts('v2', ['v2']).all()).rejects.toThrow('v2.write failed');
  });
});
