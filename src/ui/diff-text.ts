import type { LayoutName } from '../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import type { CheckpointDiff } from '../verify/diff/diff-checkpoint.ts';
import type { FileDiff } from '../verify/diff/diff-file.ts';
import { printedCommand } from './command-line.ts';
import { page } from './page.ts';
import { type Palette, palette } from './palette.ts';
import type { RunFacts } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf } from './words.ts';

/**
 * What differs between two layouts for a checkpoint, for a person to read: what each file is, then its unified diff.
 * Nothing is said by colour alone. Ends with a line feed.
 */
export function diffText(diff: CheckpointDiff, { argv }: Pick<RunFacts, 'argv'>, isColoured = false): string {
  const colours = palette(isColoured);
  return page([
    headline(diff),
    ...diff.files.map((file) => fileText(diff, file, colours, argv)),
    elsewhere(diff, argv),
  ]);
}

function headline({ checkpoint, from, to, same, files, renumbered, layouts }: CheckpointDiff): string[] {
  const lines: string[] = [];
  const [source, target] = [LAYOUT_NAMES[from], LAYOUT_NAMES[to]];
  const hasIt = (layout: LayoutName) => `${LAYOUT_NAMES[layout]} ${agreeing(layout, 'has', 'have')}`;
  const lacksIt = (layout: LayoutName) => `${LAYOUT_NAMES[layout]} ${agreeing(layout, 'does', 'do')} not`;
  const gives = `${source} ${agreeing(from, 'gives', 'give')} ${agreeing(to, 'it', 'them')}`;
  if (same) lines.push(`Checkpoint ${checkpoint}: ${hasIt(to)} what ${gives}.`);
  else if (!layouts.includes(to)) lines.push(`Checkpoint ${checkpoint}: ${hasIt(from)} it, ${lacksIt(to)}.`);
  else if (!layouts.includes(from)) lines.push(`Checkpoint ${checkpoint}: ${hasIt(to)} it, ${lacksIt(from)}.`);
  else
    lines.push(
      `Checkpoint ${checkpoint}: ${countOf(files.length, 'file')} ${files.length === 1 ? 'differs' : 'differ'} between ${source} and ${target}.`,
    );
  lines.push(
    ...renumbered.map(
      (one) => `Session ${sanitize(one.from)} of ${source} is session ${sanitize(one.to)} in ${target}.`,
    ),
  );
  return lines;
}

/** The layouts that have the checkpoint too, and were not looked at. */
function elsewhere({ checkpoint, from, to, layouts }: CheckpointDiff, argv: readonly string[]): string[] {
  const diffTo = (layout: LayoutName) => printedCommand(['ckpt', 'diff', checkpoint, '--to', layout], argv);
  return layouts
    .filter((layout) => layout !== from && layout !== to)
    .map((layout) => `Not compared: ${LAYOUT_NAMES[layout]}. ${diffTo(layout)}`);
}

function fileText(
  { checkpoint, from, to }: CheckpointDiff,
  file: FileDiff,
  colours: Palette,
  argv: readonly string[],
): string[] {
  const place = file.targetPath === undefined ? file.path : `${file.path} (in ${LAYOUT_NAMES[to]} ${file.targetPath})`;
  const what = { lost: `in ${LAYOUT_NAMES[from]} alone`, added: `in ${LAYOUT_NAMES[to]} alone`, changed: 'differs' }[
    file.change
  ];
  const lines = [colours.bold(`${file.part} ${sanitize(place)}: ${what}, ${sanitize(file.ref)}`)];
  if (file.note !== undefined) lines.push(`  ${sanitize(file.note)}`);
  if (file.patch !== undefined) for (const each of patchLines(file.patch, colours)) lines.push(each);
  if (file.isCut) {
    const show = printedCommand(['ckpt', 'show', checkpoint], argv);
    lines.push(`  There is more to it: compare the whole of it with \`${show}\`.`);
  }
  return lines;
}

function patchLines(patch: string, { bold, red, green, cyan }: Palette): string[] {
  return patch
    .replace(/\n$/, '')
    .split('\n')
    .map((line, at) => {
      const text = sanitize(line);
      if (at < 2) return bold(text); // the two names
      if (line.startsWith('@@')) return cyan(text);
      if (line.startsWith('-')) return red(text);
      return line.startsWith('+') ? green(text) : text;
    });
}
