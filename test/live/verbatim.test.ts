import { expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { ckptInTerminal } from '../commands/terminal.ts';

it('a text for a shell keeps its lines in a narrow terminal', async () => {
  const args = ['completion', 'bash'];
  const terminal = ckptInTerminal(args, { columns: 40 });
  await terminal.exit;
  const seen = terminal.output.replaceAll('\r\n', '\n').replaceAll('\r', '');
  expect(seen.split('\n').some((line) => line.length > 200)).toBe(true);
  expect(seen).toBe(ckpt(args).stdout); // to the end: it is more than a terminal holds
});
