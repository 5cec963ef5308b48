import type { Terminal } from '../test/fixtures/terminal.ts';
import { CheckFailed } from './check-report.ts';
import { browseIn, expectConversation, type Place, type Sample } from './screen-claims.ts';

/** A screen that does not come within this time does not come, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Goes through `ckpt browse` with its keys: the list, a search in it, a transcript, what can be done there, and the end. */
export async function browseThrough(place: Place, sample: Sample, count: number): Promise<string> {
  const terminal = browseIn(place);
  const see = (expected: RegExp) => terminal.waitFor(expected, PATIENCE_MS);
  try {
    await see(new RegExp(`^ckpt browse: ${count} checkpoints? in `));
    terminal.type(`/${sample.checkpoint}`);
    await see(new RegExp(`^/${sample.checkpoint}_ +1 found[\\s\\S]*\\n▸ ${sample.checkpoint}`, 'm'));
    terminal.type('\r');
    await see(/^\/\S+ +1 found/m);
    terminal.type('\r');
    await see(new RegExp(`^Checkpoint ${sample.checkpoint}(?: in |…)[\\s\\S]*\\nCheckpoint ${sample.checkpoint}:`));
    for (let tabs = 0; !isAt(terminal, sample.session); tabs++) {
      if (tabs > 50) throw new CheckFailed(`no session ${sample.session}:\n${terminal.screen().join('\n')}`);
      terminal.type('\t');
      await terminal.nextFrame();
    }
    terminal.type('\r');
    expectConversation((await see(/^(?:User|Assistant)\b/m)).join('\n'));
    await inTranscript(terminal, see);
    terminal.type('q');
    const { exitCode } = await terminal.exit;
    if (exitCode !== 0 || terminal.text() !== '' || !terminal.isCursorShown())
      throw new CheckFailed(`it left something behind, exit code ${exitCode}: ${terminal.text()}`);
    return `${count} checkpoints, a conversation with ${sample.agent}`;
  } finally {
    terminal.close();
  }
}

function isAt(terminal: Terminal, session: string): boolean {
  return terminal.screen()[1]?.includes(`[session ${session}]`) === true;
}

/** What is done in a transcript: all of it opened, the next prompt, a search and its next match, help. */
async function inTranscript(terminal: Terminal, see: (expected: RegExp) => Promise<string[]>): Promise<void> {
  terminal.type('e');
  await terminal.nextFrame();
  terminal.type(']');
  await see(/^session \S+, entry \d+ of [\d,]+\+?/m);
  terminal.type('g');
  terminal.type('/e\r');
  const first = await see(/entry \d+ of \S+ +\/e(?: |$)/m);
  terminal.type('n');
  const next = await see(/entry \d+ of \S+ +\/e(?: |$)/m);
  terminal.type('N');
  await see(/entry \d+ of \S+ +\/e(?: |$)/m);
  if (first.length !== next.length) throw new CheckFailed('the screen has another height after a search');
  terminal.type('?');
  await see(/^ckpt browse: help/);
  terminal.type('\x1b');
  await see(/^Transcript of /);
}
