import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A plugin of rolldown, as far as this build needs one. */
interface BuildPlugin {
  readonly name: string;
  readonly resolveId?: {
    readonly order: 'pre';
    readonly handler: (id: string, importer: string | undefined) => string | null;
  };
  readonly load?: (id: string) => string | null;
  readonly transform?: (code: string, id: string) => string | null;
  readonly generateBundle?: (this: EmitContext, options: unknown, bundle: Record<string, BundleItem>) => void;
}

interface EmitContext {
  emitFile(file: { type: 'asset'; fileName: string; source: string }): void;
}

interface BundleItem {
  readonly type: string;
  readonly moduleIds?: readonly string[];
}

const notBundled = (name: string): string =>
  `{ throw new Error(${JSON.stringify(`${name} is not part of this build`)}); }`;

/**
 * Libraries that others load and need only for what ckpt does not have. oclif: plugins to search for, commands to discover by
 * file name, spinners, debug output; loading them took a third of oclif's start. ink: React's tools for development.
 */
const UNUSED: Readonly<Record<string, string>> = {
  minimatch: `exports.minimatch = () => ${notBundled('minimatch')};`,
  tinyglobby: `exports.glob = () => ${notBundled('tinyglobby')};`,
  lilconfig: `exports.lilconfig = () => ${notBundled('lilconfig')};`,
  debug: 'const silent = Object.assign(() => {}, { enabled: false }); module.exports = () => silent;',
  // On a terminal oclif makes a spinner as soon as it is loaded, which it never shows.
  'cli-spinners': "exports.dots2 = exports.line = { frames: [''] };",
  'wsl-utils': 'exports.isWsl = false;',
  semver: 'exports.satisfies = () => true;',
  'react-devtools-core': 'module.exports = {};',
  ws: 'module.exports = {};',
};

/** Libraries that others load whole for a function or two: no more than these. Lodash is half a megabyte otherwise. */
const SMALLER: Readonly<Record<string, string>> = {
  // For junit-report-builder.
  lodash:
    'exports.forEach = (list, tell) => list.forEach((item) => tell(item)); exports.isDate = (value) => value instanceof Date;',
  'make-dir': `exports.sync = () => ${notBundled('make-dir')};`,
};

/**
 * What modules of oclif load for things that ckpt does elsewhere: a command that loads its configuration, a flag that shows
 * help, errors that print themselves, JSON in colours. More than half of what a command started with. Help has all of it.
 */
export const UNUSED_IN_OCLIF: Readonly<Record<string, readonly string[]>> = {
  command: ['./config', './help/util', './ux'],
  flags: ['./help'],
  'errors/handle': ['../help/index'],
  'errors/errors/cli': ['wrap-ansi'],
  'errors/errors/pretty-print': ['wrap-ansi'],
  'parser/help': ['../ux'],
};

function isUnusedInOclif(id: string, importer: string | undefined): boolean {
  const module = /\/node_modules\/@oclif\/core\/lib\/(.+)\.js$/.exec(importer?.replaceAll('\\', '/') ?? '')?.[1] ?? '';
  return UNUSED_IN_OCLIF[module]?.includes(id) === true;
}

/** Puts an empty module in the place of each library in `UNUSED`, and a small one for each in `SMALLER`. */
export function leaveOutUnused(): BuildPlugin {
  const prefix = '\0unused:';
  const ofOclif = `${prefix}of-oclif.cjs`;
  const replacements = { ...UNUSED, ...SMALLER };
  return {
    name: 'leave-out-unused',
    resolveId: {
      order: 'pre',
      handler: (id, importer) => {
        if (isUnusedInOclif(id, importer)) return ofOclif;
        return id in replacements ? `${prefix}${id}.cjs` : null;
      },
    },
    load: (id) => {
      if (id === ofOclif) return 'module.exports = {};';
      return id.startsWith(prefix) ? (replacements[id.slice(prefix.length, -'.cjs'.length)] ?? null) : null;
    },
  };
}

const SEGMENTER = 'const segmenter = new Intl.Segmenter();';
const LATE_SEGMENTER =
  'let madeLate; const segmenter = { segment: (text) => (madeLate ??= new Intl.Segmenter()).segment(text) };';

/** `string-width` cuts texts into letters by what takes 10 ms to make; every command loads it, and few have a text that needs it. */
export function lateSegmenter(): BuildPlugin {
  return {
    name: 'late-segmenter',
    transform: (code, id) => {
      const isWidth = /\/node_modules\/string-width\/index\.js$/.test(id.replaceAll('\\', '/'));
      return isWidth && code.includes(SEGMENTER) ? code.replace(SEGMENTER, LATE_SEGMENTER) : null;
    },
  };
}

/** Writes `THIRD-PARTY-LICENSES.txt`: name, version and license text of each package that is in the bundle. */
export function thirdPartyLicenses(): BuildPlugin {
  return {
    name: 'third-party-licenses',
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const item of Object.values(bundle)) {
        for (const id of item.moduleIds ?? []) {
          const folder = packageFolder(id);
          if (folder !== undefined) folders.add(folder);
        }
      }
      const texts = [...[...folders].map(licenseText).sort(), rulesLicense()];
      const source = `The files in this folder contain code of these packages.\n\n${texts.join('\n')}`;
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES.txt', source });
    },
  };
}

/** gitleaks' rules are data that were converted, and no package. */
function rulesLicense(): string {
  const text = readFileSync('src/redaction/rules/gitleaks-license.txt', 'utf8');
  return `${'='.repeat(72)}\ngitleaks, its default rules (MIT)\n${'='.repeat(72)}\n\n${text.trim()}\n`;
}

function packageFolder(moduleId: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(moduleId.replaceAll('\\', '/'))?.[0];
}

/** Texts of licenses that packages name but do not have, by the packages' names. */
const LICENSES = join(import.meta.dirname, 'licenses');

/** Throws where there is no text: nothing is handed on without its license. */
function licenseText(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const own = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const file = own === undefined ? join(LICENSES, `${name.replaceAll('/', '-')}.txt`) : join(folder, own);
  if (!existsSync(file)) throw new Error(`${name} has no text of its license (${license}): write it to ${file}`);
  const text = readFileSync(file, 'utf8');
  return `${'='.repeat(72)}\n${name} ${version} (${license})\n${'='.repeat(72)}\n\n${text.trim()}\n`;
}
