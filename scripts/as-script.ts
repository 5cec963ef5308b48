import { isBuiltin } from 'node:module';
import { Script } from 'node:vm';

/** `import x, { y as z } from "node:fs";` as rolldown prints it, a statement a line. */
const IMPORT = /^import (?:(.+?) from )?"([^"]+)";$/gm;
const EXPORT = /^export \{[^}]*\};$/gm;
/** What rolldown makes of a script that is an entry. */
const DEFAULT_EXPORT = /^export default (.*);$/gm;
const LATE_IMPORT = /\bimport\("([^"]+)"\)/g;

/**
 * The text of a bundled module as a CommonJS script, which is what Node takes for a single executable application and for a thread whose text
 * it is given. The module may wait at its top level (yoga, which ink draws with, does), so that all of it is in an async function. It may import
 * nothing but what is inside of Node; nothing takes what it exports. Throws a `SyntaxError` where something of a module is left.
 */
export function asScript(module: string): string {
  const requires: string[] = [];
  const body = module
    .replace(/^#!.*/, '')
    .replace(IMPORT, (_, names: string | undefined, from: string) => {
      requires.push(...requireLines(names, from));
      return '';
    })
    .replace(EXPORT, '')
    .replace(DEFAULT_EXPORT, '$1;')
    // What is not inside of Node fails when it is asked for, as in a module: oclif asks for compilers in development alone.
    .replace(
      LATE_IMPORT,
      (_, from: string) => `Promise.resolve().then(() => require("${from}")).then((it) => ({ ...it, default: it }))`,
    )
    .replaceAll('import.meta.url', 'require("node:url").pathToFileURL(process.execPath).href');
  // A failure of the module is one of the process, as it is where Node loads a module.
  const script = `${requires.join('\n')}\n(async () => {\n${body}\n})().catch((error) => process.nextTick(() => { throw error; }));\n`;
  new Script(script, { filename: 'script.cjs' });
  return script;
}

function requireLines(names: string | undefined, from: string): string[] {
  if (!isBuiltin(from)) throw new Error(`${from} is not bundled`);
  const required = `require(${JSON.stringify(from)})`;
  if (names === undefined) return [`${required};`];
  const [, whole, some] = /^(?:(\* as \S+|[\w$]+)(?:, )?)?(\{.*\})?$/.exec(names) ?? [];
  if (whole === undefined && some === undefined) throw new Error(`an import that is not known: ${names}`);
  return [
    ...(whole === undefined ? [] : [`const ${whole.replace('* as ', '')} = ${required};`]),
    ...(some === undefined ? [] : [`const ${some.replaceAll(' as ', ': ')} = ${required};`]),
  ];
}
