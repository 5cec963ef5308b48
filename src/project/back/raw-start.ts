import { factsOfLine, type LineFacts } from '../../checkpoint/compact-lines.ts';
import { splitLines } from '../../json/split-lines.ts';
import { isJson } from '../../json/tokens.ts';

/**
 * How many lines of a raw transcript come before what a line of its compact transcript was made of; `undefined` where that can't be
 * said. `start` is the number of compact lines before it, as a V2 of Entire counts `checkpoint_transcript_start`.
 * The compact line is found again by its message ID or its time; where it has neither, by counting: prompts, where both have as many
 * of them, or all lines, where both have as many of those. Lines that no compact line is made of, right before it, count as before it.
 */
export async function rawStart(
  start: number,
  compact: AsyncIterable<Buffer>,
  raw: AsyncIterable<Buffer>,
): Promise<number | undefined> {
  const wanted = await readCompact(compact, start);
  // More than there are lines: not counted in this transcript.
  if (start > wanted.lines) return undefined;
  const found = await readRaw(raw, wanted);
  // One document (Gemini, OpenCode) is not counted in lines; each compact line comes of at least one line.
  if (!found.areLines || found.lines < wanted.lines) return undefined;
  if (start === wanted.lines) return found.lines;
  const at = found.keyed ?? (found.lines === wanted.lines ? start : undefined) ?? byPrompts(wanted, found);
  return at === undefined || at < start ? undefined : at;
}

/** A line of a compact transcript, and what comes before it. */
interface CompactLine {
  readonly lines: number;
  /** Absent where the number is that of all lines. */
  readonly target: LineFacts | undefined;
  /** How many earlier lines have its key too, and the time of the last of them. */
  readonly before: number;
  readonly lastTime: string | undefined;
  readonly prompts: number;
  readonly promptsBefore: number;
}

async function readCompact(compact: AsyncIterable<Buffer>, start: number): Promise<CompactLine> {
  let lines = 0;
  let prompts = 0;
  let promptsBefore = 0;
  let target: LineFacts | undefined;
  /** By key, for the lines before the target: how many, and the time of the last. */
  const earlier = new Map<string, { readonly count: number; readonly time: string | undefined }>();
  for await (const line of splitLines(compact)) {
    const facts = factsOfLine(line);
    const key = keyOf(facts);
    if (lines === start) {
      target = facts;
      promptsBefore = prompts;
    } else if (lines < start && key !== undefined) {
      earlier.set(key, { count: (earlier.get(key)?.count ?? 0) + 1, time: facts.time });
    }
    if (facts.role === 'user') prompts += 1;
    lines += 1;
  }
  const same = target && earlier.get(keyOf(target) ?? '');
  return { lines, target, before: same?.count ?? 0, lastTime: same?.time, prompts, promptsBefore };
}

/** What the raw transcript says of that line. */
interface RawLines {
  readonly lines: number;
  readonly areLines: boolean;
  /** Where the line with the key is. */
  readonly keyed: number | undefined;
  readonly prompts: number;
  /** Where the prompt with the same number is. */
  readonly prompt: number | undefined;
}

async function readRaw(raw: AsyncIterable<Buffer>, wanted: CompactLine): Promise<RawLines> {
  const { target, before, lastTime, promptsBefore } = wanted;
  let lines = 0;
  let areLines = true;
  let keyed: number | undefined;
  let prompt: number | undefined;
  let prompts = 0;
  let met = 0;
  let isPast = before === 0;
  for await (const line of splitLines(raw)) {
    const facts = factsOfLine(line);
    if (lines === 0) areLines = facts.role !== undefined || isJson(line.toString()); // a document does not end on its first line
    if (target !== undefined && isMadeOf(target, facts)) {
      // One message can be cut into several compact lines, several prompts can have one time.
      if (target.ids.length === 0) isPast = met >= before;
      if (isPast) keyed ??= lines;
      met += 1;
      if (target.ids.length > 0 && lastTime !== undefined && facts.time === lastTime) isPast = true;
    }
    if (facts.role === 'user' && !facts.isAnswer) {
      if (prompts === promptsBefore) prompt = lines;
      prompts += 1;
    }
    lines += 1;
  }
  return { lines, areLines, keyed, prompts, prompt };
}

function byPrompts({ target, prompts }: CompactLine, found: RawLines): number | undefined {
  const isSilent = target?.role === 'user' && keyOf(target) === undefined;
  return isSilent && prompts === found.prompts ? found.prompt : undefined;
}

/** True where a compact line was made of a raw one, or began with it. */
function isMadeOf(compact: LineFacts, raw: LineFacts): boolean {
  if (raw.role !== compact.role || raw.isAnswer) return false;
  const [id] = compact.ids;
  return id === undefined ? compact.time !== undefined && raw.time === compact.time : raw.ids.includes(id);
}

function keyOf({ role, ids, time }: LineFacts): string | undefined {
  const [id] = ids;
  if (id !== undefined) return `${role} id ${id}`;
  return time === undefined ? undefined : `${role} at ${time}`;
}
