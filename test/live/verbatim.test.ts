import { expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { ckptInTerminal } from '../commands/terminal.ts';

it('a text for a shell keeps its lines in a narrow terminal', async () => {
  const args = ['completion', 'bash'];
  const terminal = ckptInTerminal(args, { columns: 40 });
  await terminal.waitFor('COMPREPLY');
  const seen = terminal.output.replaceAll('\r\n', '\n').replaceAll('\r', ''); // its beginning: more may be under way
  expect(seen.split('\n').some((line) => line.length > 200)).toBe(true);
  expect(ckpt(args).stdout.startsWith(seen)).toBe(true);
});
