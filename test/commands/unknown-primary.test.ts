import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { A, B } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { migrateIn } from '../migrate/support.ts';
import { ckpt } from './ckpt.ts';

const dir = join(tempDir('file'), 'repo');
const env = { ENTIRE_CHECKPOINTS_PRIMARY: 'nonsense' };
const SAID =
  'ENTIRE_CHECKPOINTS_PRIMARY is "nonsense", which is not known: it can be git-branch (V1) or git-refs (git-refs); V1 counts as primary';

beforeAll(async () => {
  const v1 = new V1Builder();
  v1.checkpoint(A);
  v1.checkpoint(B);
  v1.write(dir);
  await migrateIn(dir);
});

describe('a primary layout that is not known', () => {
  test.each([['verify'], ['repair'], ['list'], ['show', A], ['diff', A], ['dual-write']])(
    'is a warning of each command that depends on it: %s',
    (...args) => {
      const run = (...more: string[]) => ckpt([...args, '--repo', dir, ...more], { env });
      const { code, stdout } = run('--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout).warnings).toEqual([SAID]);
      const text = run();
      expect(text.code).toBe(0);
      expect(text.stderr.split(SAID)).toHaveLength(2);
    },
  );

  test('is a warning of an export too', () => {
    const { code, stderr } = ckpt(['export', A, '--repo', dir], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: `warning: ${SAID}\n` });
  });

  test.each([
    ['verify', '--from', 'v1', '--to', 'v2'],
    ['list', '--layout', 'v1'],
  ])('is not one where the layouts are named: %s', (...args) => {
    expect(JSON.parse(ckpt([...args, '--repo', dir, '--json'], { env }).stdout).warnings).toEqual([]);
  });

  test('is a problem of ckpt status', () => {
    const { stdout } = ckpt(['status', '--repo', dir, '--json'], { env });
    expect(JSON.parse(stdout).problems).toContainEqual({ code: 'SETTING_UNKNOWN', message: `${SAID}.`, commands: [] });
    expect(ckpt(['status', '--repo', dir], { env }).stdout).toContain('ENTIRE_CHECKPOINTS_PRIMARY is "nonsense"');
  });
});
