import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { BrowseSource } from '../../../src/inspect/browse/browse-source.ts';
import type { BrowseContent } from '../../../src/ui/browse/controller.ts';
import { runBrowse } from '../../../src/ui/browse/run-browse.tsx';
import { idOf, rowOf } from './support.ts';

const LEAVE = '\x1b[?25h\x1b[?1007l\x1b[?1049l';

/** A terminal that only remembers; `isBroken` says of what is written whether that fails. */
function terminal(isBroken: (text: string) => boolean = () => false) {
  const seen = { output: '', rawModes: [] as boolean[] };
  const stdin = Object.assign(new PassThrough(), {
    setRawMode(mode: boolean) {
      seen.rawModes.push(mode);
      return stdin;
    },
  });
  const stdout = Object.assign(new PassThrough(), {
    columns: 60,
    rows: 10,
    write(text: string) {
      if (isBroken(text)) throw new Error('a mistake while drawing');
      seen.output += text;
      return true;
    },
  });
  return { seen, stdin: stdin as unknown as NodeJS.ReadStream, stdout: stdout as unknown as NodeJS.WriteStream };
}

const content: BrowseContent = {
  source: {
    layouts: ['v1'],
    order: async () => ({ total: 1, ids: [idOf(7)] }),
    rows: async (_layout, ids) => ids.map((id) => rowOf(id)),
  } as Partial<BrowseSource> as BrowseSource,
  diff: () => Promise.reject(new Error('not asked for')),
  commits: () => Promise.reject(new Error('not asked for')),
  meaningOf: () => '',
};

describe('runBrowse', () => {
  it('takes the second screen, and gives back the first one, the cursor and the keys', async () => {
    const { seen, stdin, stdout } = terminal();
    const over = runBrowse({ content, layout: undefined, stdin, stdout, hasSymbols: true });
    stdin.push('q');
    expect(await over).toBe('quit');
    expect(seen.output.startsWith('\x1b[?1049h\x1b[?1007h\x1b[?25l')).toBe(true);
    expect(seen.output.endsWith(LEAVE)).toBe(true);
    expect(seen.rawModes).toEqual([true, false]);
  });

  it('also after a mistake of its own, which it hands on', async () => {
    const { seen, stdin, stdout } = terminal((text) => text.includes('ckpt browse'));
    const before = process.listenerCount('exit');
    const over = runBrowse({ content, layout: undefined, stdin, stdout, hasSymbols: true });
    await expect(over).rejects.toThrow('a mistake while drawing');
    expect(seen.output.endsWith(LEAVE)).toBe(true);
    expect(seen.rawModes).toEqual([true, false]);
    expect(process.listenerCount('exit')).toBe(before);
    expect(process.listenerCount('SIGTERM')).toBe(0);
  });
});
