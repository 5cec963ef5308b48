import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readability, report } from '../../scripts/check-transcripts.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';

beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

const said = (role: string, text: string) => `${JSON.stringify({ type: role, message: { role, content: text } })}\n`;
const talk = said('user', 'Mend it') + said('assistant', 'Done.').repeat(98);

/** What is measured of one transcript of one agent. */
async function measured(transcript: string) {
  const dir = tempDir();
  const v1 = new V1Builder();
  v1.checkpoint('a3b2c4d5e6f7', { sessions: [{ agent: 'Codex', transcript }] });
  v1.write(dir);
  const agents = await readability(dir);
  return { codex: agents.get('Codex'), exitCode: report(agents) };
}

it('a transcript that can be read passes, with one line of a hundred that is not understood', async () => {
  const { codex, exitCode } = await measured(`${talk}{"nobody":"knows"}\n`);
  expect(codex).toEqual({ transcripts: 1, entries: 100, raw: 1, blind: [] });
  expect(exitCode).toBe(0);
});

it('three lines of a hundred fail', async () => {
  const { codex, exitCode } = await measured(`${talk}${'{"nobody":"knows"}\n'.repeat(3)}`);
  expect(codex).toMatchObject({ entries: 102, raw: 3 });
  expect(exitCode).toBe(1);
});

it('a first screen without a prompt or an answer fails', async () => {
  const thinking = {
    type: 'assistant',
    message: { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm' }] },
  };
  const { codex, exitCode } = await measured(`${JSON.stringify(thinking)}\n`.repeat(20) + talk);
  expect(codex).toMatchObject({ raw: 0, blind: [expect.stringMatching(/^[0-9a-f]{40}$/)] });
  expect(exitCode).toBe(1);
});

it('nothing to measure fails', () => {
  expect(report(new Map())).toBe(1);
});
