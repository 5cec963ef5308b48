import { inQuotes } from '../config-value.ts';

/**
 * The text of a configuration in which a key (`section.key`, letters alone) has these values, in place of those that it has: at its end, in a
 * section of their own. The rest stays byte for byte.
 */
export function withValues(text: string, key: string, values: readonly string[]): string {
  const [section = '', name = ''] = key.split('.');
  const isSection = new RegExp(`^\\s*\\[\\s*${section}\\s*\\]\\s*$`, 'i');
  const isKey = new RegExp(`^\\s*${name}\\s*(?:=|$)`, 'i');
  let isIn = false;
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    if (/^\s*\[/.test(line)) isIn = isSection.test(line);
    if (!(isIn && isKey.test(line))) kept.push(line);
  }
  const rest = withoutEmptySections(kept, isSection).join('\n');
  if (values.length === 0) return rest;
  const lines = values.map((value) => `\t${name} = ${quoted(value)}\n`).join('');
  return `${rest === '' || rest.endsWith('\n') ? rest : `${rest}\n`}[${section}]\n${lines}`;
}

/** A heading of that section with nothing below it goes, so that it does not pile up. */
function withoutEmptySections(lines: readonly string[], isSection: RegExp): string[] {
  return lines.filter((line, i) => {
    if (!isSection.test(line)) return true;
    const next = lines.slice(i + 1).find((one) => one.trim() !== '');
    return next !== undefined && !/^\s*\[/.test(next);
  });
}

function quoted(value: string): string {
  return /^[A-Za-z0-9/._-]+$/.test(value) ? value : inQuotes(value);
}
