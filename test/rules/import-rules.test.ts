import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../fixtures/temp.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DEPCRUISE = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

const importing = (path: string): string => `import { leaf } from '${path}';\nexport const here = leaf;\n`;
const importingType = (path: string): string => `import type { Leaf } from '${path}';\nexport const here: Leaf = 1;\n`;
const importingModule = (name: string): string => `import * as module from '${name}';\nexport const here = module;\n`;

const LAYERS = [
  'api',
  'commands',
  'ui',
  'migrate',
  'verify',
  'repair',
  'inspect',
  'fleet',
  'hooks',
  'redaction',
  'dual-write',
  'prune',
  'remote',
  'rotate',
  'restore',
  'standing',
  'stores',
  'project',
  'compare',
  'commits',
  'generations',
  'layout',
  'checkpoint',
  'json',
  'transcripts',
  'git',
  'shell',
];

/** Files that keep or break the rules, with the rules that each breaks. */
const CASES: ReadonlyArray<readonly [file: string, content: string, broken: readonly string[]]> = [
  ['src/git/up.ts', importing('../checkpoint/leaf.ts'), ['layer-git']],
  ['src/git/down.ts', importing('../shell/leaf.ts'), []],
  ['src/shell/up.ts', importing('../git/leaf.ts'), ['layer-shell']],
  ['src/checkpoint/up.ts', importing('../git/leaf.ts'), ['layer-checkpoint']],
  ['src/json/up.ts', importing('../git/leaf.ts'), ['layer-json']],
  ['src/layout/up.ts', importing('../generations/leaf.ts'), ['layer-layout']],
  ['src/layout/down.ts', importing('../checkpoint/leaf.ts'), []],
  ['src/generations/up.ts', importing('../project/leaf.ts'), ['layer-generations']],
  ['src/generations/down.ts', importing('../layout/leaf.ts'), []],
  ['src/commits/up.ts', importing('../layout/leaf.ts'), ['layer-commits']],
  ['src/commits/down.ts', importing('../checkpoint/leaf.ts'), []],
  ['src/compare/up.ts', importing('../generations/leaf.ts'), ['layer-compare']],
  ['src/compare/down.ts', importing('../layout/leaf.ts'), []],
  ['src/project/up.ts', importing('../stores/leaf.ts'), ['layer-project']],
  ['src/project/down.ts', importing('../generations/leaf.ts'), []],
  ['src/prune/up.ts', importing('../verify/leaf.ts'), ['layer-prune']],
  ['src/prune/down.ts', importing('../stores/leaf.ts'), []],
  ['src/standing/up.ts', importing('../remote/leaf.ts'), ['layer-standing']],
  ['src/standing/down.ts', importing('../stores/leaf.ts'), []],
  ['src/remote/up.ts', importing('../migrate/leaf.ts'), ['layer-remote']],
  ['src/remote/down.ts', importing('../project/leaf.ts'), []],
  ['src/rotate/up.ts', importing('../prune/leaf.ts'), ['layer-rotate']],
  ['src/rotate/down.ts', importing('../project/leaf.ts'), []],
  ['src/rotate/verb.ts', importing('../migrate/leaf.ts'), ['layer-rotate']],
  ['src/transcripts/up.ts', importing('../checkpoint/leaf.ts'), ['layer-transcripts']],
  ['src/stores/up.ts', importing('../migrate/leaf.ts'), ['layer-stores']],
  ['src/stores/down.ts', importing('../git/leaf.ts'), []],
  ['src/migrate/up.ts', importing('../verify/leaf.ts'), ['layer-migrate']],
  ['src/migrate/down.ts', importing('../stores/leaf.ts'), []],
  ['src/verify/up.ts', importing('../ui/leaf.ts'), ['layer-verify']],
  ['src/verify/down.ts', importing('../project/leaf.ts'), []],
  ['src/verify/verb.ts', importing('../migrate/leaf.ts'), ['layer-verify']],
  ['src/restore/up.ts', importing('../verify/leaf.ts'), ['layer-restore']],
  ['src/restore/down.ts', importing('../project/leaf.ts'), []],
  ['src/repair/up.ts', importing('../inspect/leaf.ts'), ['layer-repair']],
  ['src/repair/down.ts', importing('../verify/leaf.ts'), []],
  ['src/fleet/up.ts', importing('../inspect/leaf.ts'), ['layer-fleet']],
  ['src/fleet/down.ts', importing('../stores/leaf.ts'), []],
  ['src/inspect/up.ts', importing('../dual-write/leaf.ts'), ['layer-inspect']],
  ['src/inspect/down.ts', importing('../hooks/leaf.ts'), []],
  ['src/hooks/up.ts', importing('../verify/leaf.ts'), ['layer-hooks']],
  ['src/hooks/down.ts', importing('../git/leaf.ts'), []],
  ['src/redaction/up.ts', importing('../git/leaf.ts'), ['layer-redaction']],
  ['src/redaction/down.ts', importing('../checkpoint/leaf.ts'), []],
  ['src/dual-write/up.ts', importing('../verify/leaf.ts'), ['layer-dual-write']],
  ['src/dual-write/down.ts', importing('../project/leaf.ts'), []],
  ['src/api/up.ts', importing('../ui/leaf.ts'), ['layer-api']],
  ['src/api/down.ts', importing('../migrate/leaf.ts'), []],
  ['src/dual-write/verb.ts', importing('../migrate/leaf.ts'), ['layer-dual-write']],
  ['src/ui/down.ts', importing('../verify/leaf.ts'), ['ui-types-only']],
  ['src/ui/quote.ts', importing('../shell/leaf.ts'), []],
  ['src/ui/name.ts', importing('../layout/layout-names.ts'), []],
  ['src/ui/types.ts', importingType('../verify/leaf.ts'), []],
  ['src/ui/up.ts', importingType('../commands/leaf.ts'), ['only-commands-knows-commands']],
  ['src/commands/down.ts', importing('../ui/leaf.ts'), []],
  ['src/commands/library.ts', importingModule('node:child_process'), ['git-process-only-in-git']],
  ['src/git/process.ts', importingModule('node:child_process'), []],
  ['src/git/library.ts', importingModule('isomorphic-git'), []],
  ['src/stores/process.ts', importingModule('node:child_process'), ['git-process-only-in-git']],
  ['src/verify/library.ts', importingModule('isomorphic-git'), ['git-process-only-in-git']],
  // A circle is reported once, at the file that comes first.
  ['src/git/circle-a.ts', importing('./circle-b.ts'), ['no-cycles']],
  ['src/git/round-a.ts', importingType('./round-b.ts'), ['no-cycles']],
];

const OTHERS: ReadonlyArray<readonly [file: string, content: string]> = [
  ...LAYERS.map((layer) => `src/${layer}/leaf.ts`).map(leafFile),
  [
    'src/git/round-b.ts',
    "import type { here } from './round-a.ts';\nexport type Leaf = typeof here extends string ? 1 : number;\n",
  ],
  leafFile('src/layout/layout-names.ts'),
  ['src/git/circle-b.ts', "import { here } from './circle-a.ts';\nexport const leaf = (): unknown => here;\n"],
];

function leafFile(path: string): readonly [string, string] {
  return [path, 'export const leaf = 1;\nexport type Leaf = number;\n'];
}

describe('the import rules', () => {
  const broken = new Map<string, string[]>();

  beforeAll(() => {
    const dir = tempDir('file');
    for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
      cpSync(join(ROOT, name), join(dir, name));
    }
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
    for (const [path, content] of [...CASES, ...OTHERS]) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    }
    for (const { from, rule } of cruise(dir)) broken.set(from, [...(broken.get(from) ?? []), rule.name]);
  });

  it('are tried for each room', () => {
    const rooms = readdirSync(join(ROOT, 'src'));
    const tried = CASES.flatMap(([file, , rules]) => (rules.length > 0 ? [file.split('/')[1]] : []));
    expect(rooms.filter((room) => !tried.includes(room))).toEqual([]);
  });

  it.each(CASES.map(([file, , rules]) => ({ file, rules })))('$file breaks $rules', ({ file, rules }) => {
    expect(broken.get(file) ?? []).toEqual(rules);
  });
});

/** What dependency-cruiser finds against the rules in the source of a folder. */
function cruise(dir: string): Array<{ from: string; rule: { name: string } }> {
  const args = [DEPCRUISE, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8', maxBuffer: 1 << 28 });
  return JSON.parse(stdout).summary.violations;
}
