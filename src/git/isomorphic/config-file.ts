import { GitError } from '../errors.ts';
import type { ConfigEntry } from '../git-config.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '\\': '\\', '"': '"' };
const SECTION = /^\[([\w.-]+)(?:[ \t]+"((?:[^"\\\n]|\\.)*)")?[ \t]*\]/;
const KEY = /^([A-Za-z][\w-]*)[ \t]*/;

/** The settings of a configuration file in their order (git-config, "Syntax"). Throws a `GitError` that names the line where git would. */
export function parseConfig(text: string, path: string): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  let section: string | undefined;
  for (let at = 0; at < lines.length; at++) {
    const first = at;
    let rest = (lines[at] ?? '').trimStart();
    const header = SECTION.exec(rest);
    if (header !== null) {
      section = sectionKey(header[1] ?? '', header[2]);
      rest = rest.slice(header[0].length).trimStart();
    }
    if (rest === '' || /^[#;]/.test(rest)) continue;
    const key = KEY.exec(rest);
    if (key === null || section === undefined) throw badLine(path, first);
    rest = rest.slice(key[0].length);
    const isAlone = rest === '' || /^[#;]/.test(rest);
    if (!isAlone && !rest.startsWith('=')) throw badLine(path, first);
    let value: string | null = null;
    if (!isAlone) {
      rest = rest.slice(1);
      while (isContinued(rest) && at + 1 < lines.length) rest = `${rest.slice(0, -1)}${lines[++at]}`;
      value = parseValue(rest) ?? null;
      if (value === null) throw badLine(path, first);
    }
    entries.push({ key: `${section}.${(key[1] ?? '').toLowerCase()}`, value });
  }
  return entries;
}

/** `[a "B"]` has a subsection that keeps its case; of the older `[a.B]` it counts in lower case. */
function sectionKey(name: string, subsection: string | undefined): string {
  const lower = name.toLowerCase();
  return subsection === undefined ? lower : `${lower}.${subsection.replace(/\\(.)/g, '$1')}`;
}

/** Whether a line ends in a backslash that is not escaped itself, and not in a comment. */
function isContinued(line: string): boolean {
  const escapes = /\\+$/.exec(line)?.[0].length ?? 0;
  return escapes % 2 === 1 && parseValue(line.slice(0, -1), true) !== undefined && !hasComment(line);
}

function hasComment(line: string): boolean {
  return /^(?:[^"\\#;]|\\.|"(?:[^"\\]|\\.)*")*[#;]/.test(line);
}

/** A value without quotes, comments and the blanks around it; `undefined` where it is malformed. `isPart`: a quote may stay open. */
function parseValue(text: string, isPart = false): string | undefined {
  let value = '';
  let kept = 0; // what of the value can't be trimmed
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    let char = text[at] ?? '';
    if (!isQuoted && (char === '#' || char === ';')) break;
    if (char === '"') {
      isQuoted = !isQuoted;
      kept = value.length;
      continue;
    }
    if (!isQuoted && value === '' && /\s/.test(char)) continue;
    const isEscape = char === '\\';
    if (isEscape) {
      const escaped = ESCAPES[text[++at] ?? ''];
      if (escaped === undefined) return undefined;
      char = escaped;
    }
    value += char;
    if (isQuoted || isEscape || !/\s/.test(char)) kept = value.length;
  }
  return isQuoted && !isPart ? undefined : value.slice(0, kept);
}

function badLine(path: string, index: number): GitError {
  return new GitError(`${path} can't be read: line ${index + 1} is malformed`, {
    hint: ['Look at it with: ', ['git', 'config', '--list', '--show-origin']],
  });
}
