import xterm from '@xterm/headless';
import { expect, it } from 'vitest';
import { Screen } from '../../src/ui/live/screen.ts';

/** A screen whose output an emulator shows. */
function shown(columns: number, rows: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const writes: string[] = [];
  let drawn = Promise.resolve();
  const stream = {
    get columns() {
      return terminal.cols;
    },
    get rows() {
      return terminal.rows;
    },
    write(text: string) {
      writes.push(text);
      drawn = new Promise((resolve) => terminal.write(text.replaceAll('\n', '\r\n'), resolve));
    },
  };
  const lines = async () => {
    await drawn;
    const { active } = terminal.buffer;
    const all = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
    return all.join('\n').trimEnd().split('\n');
  };
  return { terminal, stream, writes, lines, screen: new Screen(stream) };
}

function frame(columns: number, ...lines: string[]) {
  return { lines, widths: lines.map((line) => line.length), columns };
}

it('draws each frame over the one before, in one write', async () => {
  const { screen, stream, writes, lines } = shown(20, 10);
  stream.write('$ ckpt\n');
  screen.draw(frame(20, 'one', 'two', 'three'));
  screen.draw(frame(20, 'ONE', 'x'));
  expect(await lines()).toEqual(['$ ckpt', 'ONE', 'x']);
  expect(writes).toHaveLength(3);
  screen.clear();
  stream.write('done\n');
  expect(await lines()).toEqual(['$ ckpt', 'done']);
});

it('leaves the cursor shown after every write', () => {
  const { screen, writes } = shown(20, 10);
  screen.draw(frame(20, 'one'));
  screen.clear();
  for (const text of writes) expect(text.lastIndexOf('\x1b[?25h')).toBeGreaterThan(text.lastIndexOf('\x1b[?25l'));
});

it('finds its frame again in a window that got narrower, and leaves out a frame for another width', async () => {
  const { screen, terminal, stream, lines } = shown(20, 10);
  stream.write('$ ckpt\n');
  screen.draw(frame(20, 'a'.repeat(19), 'short', 'b'.repeat(12)));
  terminal.resize(8, 10);
  screen.draw(frame(20, 'too wide'));
  expect((await lines()).length).toBe(1 + 3 + 1 + 2);
  screen.draw(frame(8, 'new', 'frame'));
  expect(await lines()).toEqual(['$ ckpt', 'new', 'frame']);
});

it('asks for the size before it draws: Node knows of another one only when it comes round to a signal', async () => {
  const { terminal, stream, lines } = shown(20, 10);
  const stale = {
    columns: 20,
    rows: 10,
    write: stream.write,
    _refreshSize() {
      stale.columns = terminal.cols;
    },
  };
  const screen = new Screen(stale);
  stream.write('$ ckpt\n');
  screen.draw(frame(20, 'a'.repeat(19), 'short'));
  terminal.resize(8, 10);
  screen.draw(frame(20, 'b'.repeat(19), 'short'));
  expect((await lines()).slice(0, 2)).toEqual(['$ ckpt', 'a'.repeat(8)]);
  screen.draw(frame(8, 'new', 'frame'));
  expect(await lines()).toEqual(['$ ckpt', 'new', 'frame']);
  terminal.resize(3, 10);
  screen.clear();
  expect(await lines()).toEqual(['$ c', 'kpt']);
});

it('draws no more lines than the window has', async () => {
  const { screen, lines } = shown(20, 3);
  for (const word of ['a', 'b']) screen.draw(frame(20, word, word, word, word, word));
  expect(await lines()).toEqual(['b', 'b']);
});

it('writes nothing where there is nothing to clear', () => {
  const { screen, writes } = shown(20, 10);
  screen.clear();
  expect(writes).toEqual([]);
});
