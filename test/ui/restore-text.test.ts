import { expect, it } from 'vitest';
import { restoreLostText } from '../../src/ui/restore-text.ts';
import { runOf } from './run.ts';

it.each([
  ['v1', 'V1'],
  ['v2', 'V2'],
  ['refs', 'git-refs'],
] as const)('names the layout that was written: %s', (layout, name) => {
  const text = (dryRun: boolean) =>
    restoreLostText(
      { status: dryRun ? 'planned' : 'restored', layout, checkpoints: [], refs: [], dryRun },
      runOf('restore'),
    );
  expect(text(false)).toContain(`Restored to ${name}: 0 checkpoints.`);
  expect(text(true)).toContain(`To be restored to ${name}: 0 checkpoints.`);
});
