/**
 * Lines that no CI service obeys: at the beginning of a line GitHub takes `::word…::` for a command, and anywhere in it `##[`, and
 * Azure `##vso[`. A blank is put in between. For all output that is not meant as such a command.
 */
export function withoutWorkflowCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1: ').replace(/##(?=\[|vso\[)/g, '# #');
}

/** A longer line is not held until it ends. */
const LONGEST_HELD = 1 << 20;
/** More than a command's beginning takes. */
const TAIL = 16;

/** The same for bytes that come in pieces; what is ASCII in them is a character a byte. */
export async function* piecesWithoutCommands(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let held = '';
  for await (const piece of pieces) {
    held += piece.toString('latin1');
    const end = held.lastIndexOf('\n') + 1 || (held.length > LONGEST_HELD ? held.length - TAIL : 0);
    yield Buffer.from(withoutWorkflowCommands(held.slice(0, end)), 'latin1');
    held = held.slice(end);
  }
  yield Buffer.from(withoutWorkflowCommands(held), 'latin1');
}
