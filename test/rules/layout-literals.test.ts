import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** The rooms that know which layout is which. */
const ROOMS = ['layout', 'generations'];

/**
 * The files elsewhere that name one in code, by the reason. What decides by a property of a layout asks its value (`hasGenerations`,
 * `hasRefPerCheckpoint`, `madeOf` …), and is not to be added here.
 */
const EXCEPTIONS = {
  'what git or Entire call so, which is no layout': [
    'fleet/find-repositories.ts',
    'git/isomorphic/location.ts',
    'stores/settings.ts',
  ],
  'the words of settings and flags for layouts': [
    'commands/migrate.ts',
    'stores/mirrors.ts',
    'stores/primary-layout.ts',
    'restore/restore-lost.ts',
  ],
  'a command or a document that names a layout': [
    'commands/envelope.ts',
    'commands/repair.ts',
    'commands/status.ts',
    'commands/write-reports.ts',
    'dual-write/mirror.ts',
    'project/split/rewritten/plan-rewritten.ts',
    'repair/repair-between.ts',
    'verify/diff/diff-checkpoint.ts',
    'verify/remote/verify-remote.ts',
  ],
  'texts, which import types only': [
    'ui/checkpoint-text.ts',
    'ui/migrate-text.ts',
    'ui/repair-text.ts',
    'ui/reports/verdict.ts',
    'ui/status-text.ts',
  ],
  'work on one layout, or between two': [
    'project/between/plan-between.ts',
    'repair/repair.ts',
    'restore/plan-on-refs.ts',
    'verify/deep/summary-paths.ts',
    'verify/pairs/compare-pair.ts',
    'verify/verify.ts',
  ],
  "V1's history, its second branch, and how V2 follows it": [
    'inspect/find-checkpoint.ts',
    'inspect/lagging.ts',
    'inspect/problems.ts',
    'project/lost.ts',
    'verify/pairs/choose-pairs.ts',
    'verify/report-of.ts',
  ],
  'which refs of a remote are of which layout': [
    'remote/plan-push.ts',
    'remote/unite/unite-checkpoint-refs.ts',
    'remote/unite/unite-free-layouts.ts',
    'remote/unite/unite-layouts.ts',
    'remote/unite/split/union-plan.ts',
    'remote/unite/split/unite-split.ts',
  ],
};

const LAYOUT = /(['"`])(?:v1|v2|refs)\1/;
/** Names of members, in types. */
const MEMBERS = /\b(?:Pick|Omit|Record)<[^>]*>|(?<=\w)\['\w+'\]/g;

it('layouts are told apart in layout and generations, elsewhere in these files alone', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !ROOMS.includes(path.split('/')[0] ?? ''));
  const found = files.filter((path) => code(readFileSync(join(SRC, path), 'utf8')).some((line) => LAYOUT.test(line)));
  expect(found.sort()).toEqual(Object.values(EXCEPTIONS).flat().sort());
});

/** The lines of a file that are not of a comment, without the names of members. */
function code(text: string): string[] {
  const lines = text.split('\n').filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line));
  return lines.map((line) => line.replace(MEMBERS, ''));
}

it('no sentence has "is" or "has" behind the name of whichever layout: git-refs are many', () => {
  const verbs = /LAYOUT_NAMES\[\w+\]\}(?: alone)? (?:is|was|has|does|holds|lacks|keeps)\b/;
  const found = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .filter((name) => verbs.test(readFileSync(join(SRC, name), 'utf8')));
  expect(found).toEqual([]);
});
