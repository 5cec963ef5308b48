import type { CheckpointDiff } from '../verify/diff/diff-checkpoint.ts';
import type { FileDifference } from '../verify/diff/diff-file.ts';
import { page } from './page.ts';
import { type Palette, palette } from './palette.ts';
import { sanitize } from './sanitize.ts';
import { countOf } from './words.ts';

/**
 * What differs between the two layouts for a checkpoint, for a person to read: what each file is, then its unified diff.
 * Nothing is said by colour alone. Ends with a line feed.
 */
export function diffText(diff: CheckpointDiff, isColoured = false): string {
  const colours = palette(isColoured);
  return page([headline(diff), ...diff.files.map((file) => fileText(file, colours))]);
}

function headline({ checkpoint, same, files, renumbered, layouts }: CheckpointDiff): string[] {
  const lines: string[] = [];
  if (same) lines.push(`Checkpoint ${checkpoint}: V2 has what V1 gives it.`);
  else if (!layouts.includes('v2')) lines.push(`Checkpoint ${checkpoint}: V1 alone has it.`);
  else if (!layouts.includes('v1')) lines.push(`Checkpoint ${checkpoint}: V2 alone has it.`);
  else
    lines.push(
      `Checkpoint ${checkpoint}: ${countOf(files.length, 'file')} ${files.length === 1 ? 'differs' : 'differ'}.`,
    );
  lines.push(...renumbered.map(({ v1, v2 }) => `Session ${sanitize(v1)} of V1 is session ${sanitize(v2)} in V2.`));
  return lines;
}

function fileText(file: FileDifference, colours: Palette): string[] {
  const place = file.v2Path === undefined ? file.path : `${file.path} (in V2 ${file.v2Path})`;
  const what = { lost: 'in V1 alone', added: 'in V2 alone', changed: 'differs' }[file.change];
  const lines = [colours.bold(`${file.part} ${sanitize(place)}: ${what}, ${sanitize(file.ref)}`)];
  if (file.note !== undefined) lines.push(`  ${sanitize(file.note)}`);
  if (file.patch !== undefined) lines.push(...patchLines(file.patch, colours));
  if (file.isCut) lines.push('  There is more to it: compare the whole of it with `ckpt show`.');
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
