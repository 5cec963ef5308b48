import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk, structuredPatch } from 'diff';
import type { LineWindows } from './line-window.ts';

/** Lines of a patch that are shown. */
const MAX_SHOWN = 200;
/** Changed lines up to which the least difference is looked for; beyond, the beginnings of both are shown. */
const MAX_EDITS = 1000;
/** Lines that are shown of each side where there is no least difference. */
const BEGINNING = 20;

/** A unified diff; `isCut` where there is more to it than is shown. */
export interface UnifiedPatch {
  readonly text: string;
  readonly isCut: boolean;
}

/** The difference of two windows as a unified diff with three lines of context. Line numbers are those of the whole texts. */
export function unifiedPatch(names: { left: string; right: string }, windows: LineWindows): UnifiedPatch {
  const { left, right, skipped } = windows;
  const patch = structuredPatch(names.left, names.right, left, right, undefined, undefined, {
    context: 3,
    maxEditLength: MAX_EDITS,
  });
  const hunks = patch === undefined ? [beginnings(left, right)] : withoutRaggedEnd(patch.hunks, windows.isCut);
  const shown = bounded(hunks);
  const isCut = windows.isCut || patch === undefined || shown.isCut;
  const moved = shown.hunks.map((hunk) => ({
    ...hunk,
    oldStart: hunk.oldStart + skipped,
    newStart: hunk.newStart + skipped,
  }));
  const whole = {
    oldFileName: names.left,
    newFileName: names.right,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: moved,
  };
  return { text: formatPatch(whole, FILE_HEADERS_ONLY), isCut };
}

/** Where windows end before their texts do, the last hunk says more about that end than about the texts. */
function withoutRaggedEnd(hunks: readonly StructuredPatchHunk[], isCut: boolean): readonly StructuredPatchHunk[] {
  return isCut && hunks.length > 1 ? hunks.slice(0, -1) : hunks;
}

function beginnings(left: string, right: string): StructuredPatchHunk {
  const removed = firstLines(left);
  const added = firstLines(right);
  return {
    oldStart: 1,
    oldLines: removed.length,
    newStart: 1,
    newLines: added.length,
    lines: [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)],
  };
}

function firstLines(text: string): string[] {
  return text.split('\n', BEGINNING);
}

/** The first lines of the hunks, as many as are shown. */
function bounded(hunks: readonly StructuredPatchHunk[]): { hunks: StructuredPatchHunk[]; isCut: boolean } {
  const shown: StructuredPatchHunk[] = [];
  let room = MAX_SHOWN;
  for (const hunk of hunks) {
    if (room === 0) break;
    shown.push(shortened(hunk, room));
    room -= Math.min(room, hunk.lines.length);
  }
  const count = (list: readonly StructuredPatchHunk[]) => list.reduce((sum, { lines }) => sum + lines.length, 0);
  return { hunks: shown, isCut: count(shown) < count(hunks) };
}

function shortened(hunk: StructuredPatchHunk, room: number): StructuredPatchHunk {
  if (hunk.lines.length <= room) return hunk;
  const lines = hunk.lines.slice(0, room);
  const count = (other: string) => lines.filter((line) => !line.startsWith(other) && !line.startsWith('\\')).length;
  return { ...hunk, lines, oldLines: count('+'), newLines: count('-') };
}
