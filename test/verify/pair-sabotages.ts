import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LayoutName } from '../../src/layout/layout.ts';
import type { VerifyOptions } from '../../src/verify/verify.ts';
import { git } from '../fixtures/git.ts';
import { objectId } from '../fixtures/objects.ts';
import { refOf, V1_REST } from '../fixtures/refs-reference.ts';
import { A, B } from '../fixtures/scenarios.ts';
import { shardPath, transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import {
  type Entry,
  editTip,
  entryAt,
  type RawCommit,
  removeObject,
  replaceTip,
  rewriteFolder,
  rewriteHistory,
  textAt,
  treeWith,
  withHeader,
} from './damage.ts';

const C = 'c0ffee123456';
export const ULID = '01JZ8Q3V5X7K9M2N4P6R8T0W1Y';
const MAIN = 'refs/entire/checkpoints/v2/main';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';

/** What all three layouts hold before the damage: `A` with a finalized transcript, two sessions in `B`, a file outside. */
export function goodV1(): V1Builder {
  const v1 = new V1Builder();
  v1.init();
  for (const id of [A, B, ULID]) v1.checkpoint(id);
  v1.checkpoint(B, { sessions: [{ sessionId: 'second', number: 1, transcript: transcriptText('second') }] });
  v1.finalize(A, 0, transcriptText('final', 9));
  v1.commit({ message: 'A file for the site\n', files: { 'vercel.json': '{}\n' } });
  return v1;
}

/** A damage of layouts that agreed, and what verify finds then: codes, with the checkpoint where there is one. */
export interface PairSabotage {
  readonly damage: (dir: string) => void;
  readonly options: VerifyOptions;
  readonly finds: readonly string[];
}

const PAIRS_OF = {
  V1_REFS: { from: 'v1', to: 'refs' },
  REFS_V1: { from: 'refs', to: 'v1' },
  V2_V1: { from: 'v2', to: 'v1' },
  V2_REFS: { from: 'v2', to: 'refs' },
  REFS_V2: { from: 'refs', to: 'v2' },
} as const;
const { V1_REFS, REFS_V1, V2_V1, V2_REFS } = PAIRS_OF;

type Files = Readonly<Record<string, Entry | null>>;

/** Changes files of a checkpoint in a layout, by their paths below its folder. */
function edit(dir: string, layout: LayoutName, id: string, files: Files): void {
  if (layout === 'refs') editTip(dir, refOf(id), files);
  const inShard = Object.entries(files).map(([path, entry]) => [`${shardPath(id)}/${path}`, entry] as const);
  if (layout === 'v1') editTip(dir, V1_REF, Object.fromEntries(inShard));
  if (layout !== 'v2') return;
  const isFull = (path: string) => /\/(?:full\.jsonl|content_hash\.txt)$|\/tasks\//.test(path);
  for (const ref of [MAIN, CURRENT]) {
    const own = inShard.filter(([path]) => (ref === CURRENT) === isFull(path));
    if (own.length > 0) editTip(dir, ref, Object.fromEntries(own));
  }
}

/** A file of a checkpoint as git-refs have it. */
const blobOf = (dir: string, id: string, path: string) => entryAt(dir, refOf(id), path);

const folderOf = (layout: LayoutName, id: string) => (layout === 'refs' ? '' : shardPath(id));
const refOfFolder = (layout: LayoutName, id: string) =>
  layout === 'refs' ? refOf(id) : layout === 'v1' ? V1_REF : MAIN;
const textIn = (dir: string, layout: LayoutName, id: string, path: string) =>
  textAt(dir, refOfFolder(layout, id), join(folderOf(layout, id), path));

/** Changes a document of a checkpoint. */
function editJson(dir: string, layout: LayoutName, id: string, path: string, change: (value: Json) => void): void {
  const value = JSON.parse(textIn(dir, layout, id, path));
  change(value);
  edit(dir, layout, id, { [path]: `${JSON.stringify(value, null, 2)}\n` });
}

/** What is changed in a document. */
// biome-ignore lint/suspicious/noExplicitAny: any JSON
type Json = any;

interface DamageAnywhere {
  readonly damage: (dir: string, layout: LayoutName) => void;
  /** What is found in git-refs that follow from V1, and in any other layout; of the checkpoint `B`. */
  readonly own: readonly string[];
  readonly other: readonly string[];
}

const both = (...codes: string[]) => ({ own: codes, other: codes });

const SESSION_FILES = ['metadata.json', 'prompt.txt', 'full.jsonl', 'content_hash.txt'];
const filesOfSession = (number: string, entry: (name: string) => Entry | null): Files =>
  Object.fromEntries(SESSION_FILES.map((name) => [`${number}/${name}`, entry(name)]));

/** What can be wrong with a checkpoint in any layout that is compared with another one. */
const ANYWHERE: Readonly<Record<string, DamageAnywhere>> = {
  'a session that is gone': {
    damage: (dir, layout) =>
      edit(
        dir,
        layout,
        B,
        filesOfSession('1', () => null),
      ),
    own: ['SESSION_MISSING'],
    other: ['SESSION_MISSING', 'TRANSCRIPT_MISSING'],
  },
  'a session too many': {
    damage: (dir, layout) => {
      edit(
        dir,
        layout,
        B,
        filesOfSession('2', (name) => blobOf(dir, B, `1/${name}`)),
      );
      editJson(dir, layout, B, '2/metadata.json', (metadata) => {
        metadata.session_id = 'third';
      });
    },
    own: ['FILE_EXTRA', 'TRANSCRIPT_EXTRA'],
    other: ['SESSION_ONLY_IN_TARGET'],
  },
  'a session that the summary does not list': {
    damage: (dir, layout) => editJson(dir, layout, B, 'metadata.json', ({ sessions }) => sessions.pop()),
    own: ['FIELD_LOST'],
    other: ['SESSION_UNLISTED'],
  },
  'a session with another number': {
    damage: (dir, layout) => {
      edit(
        dir,
        layout,
        B,
        filesOfSession('4', (name) => blobOf(dir, B, `1/${name}`)),
      );
      edit(
        dir,
        layout,
        B,
        filesOfSession('1', () => null),
      );
      editJson(dir, layout, B, 'metadata.json', ({ sessions }) => {
        for (const [key, path] of Object.entries(sessions[1])) sessions[1][key] = `${path}`.replace('/1/', '/4/');
      });
    },
    own: ['FIELD_CHANGED', 'FILE_EXTRA', 'SESSION_MISSING', 'TRANSCRIPT_EXTRA'],
    other: ['SESSION_RENUMBERED'],
  },
  'a prompt that is gone': {
    damage: (dir, layout) => edit(dir, layout, B, { '0/prompt.txt': null }),
    ...both('FILE_MISSING'),
  },
  'another prompt': {
    damage: (dir, layout) => edit(dir, layout, B, { '0/prompt.txt': 'another' }),
    ...both('FILE_CHANGED'),
  },
  'metadata that is another object, and absent here': {
    damage: (dir, layout) => {
      edit(dir, layout, B, { '0/metadata.json': '{}' });
      removeObject(dir, objectId('blob', '{}'));
    },
    own: ['FILE_CHANGED'],
    other: ['FILE_NOT_COMPARED'],
  },
  'a file too many': {
    damage: (dir, layout) => edit(dir, layout, B, { '0/more.txt': 'more' }),
    own: ['FILE_EXTRA'],
    other: ['FILE_ONLY_IN_TARGET'],
  },
  'another mode': {
    damage: (dir, layout) =>
      edit(dir, layout, B, { '0/prompt.txt': { ...blobOf(dir, B, '0/prompt.txt'), mode: '100755' } }),
    own: ['MODE_CHANGED'],
    other: ['FILE_DIFFERS'],
  },
  'a transcript that is gone': {
    damage: (dir, layout) => edit(dir, layout, B, { '0/full.jsonl': null, '0/content_hash.txt': null }),
    ...both('TRANSCRIPT_MISSING'),
  },
  'another transcript': {
    damage: (dir, layout) => edit(dir, layout, B, { '0/full.jsonl': '{}\n' }),
    ...both('TRANSCRIPT_CHANGED'),
  },
  'a field that is gone': {
    damage: (dir, layout) =>
      editJson(dir, layout, B, '0/metadata.json', (metadata) => {
        delete metadata.agent;
      }),
    ...both('FIELD_LOST'),
  },
  'a field with another value': {
    damage: (dir, layout) =>
      editJson(dir, layout, B, '0/metadata.json', (metadata) => {
        metadata.agent = 'Another';
      }),
    ...both('FIELD_CHANGED'),
  },
  'a field too many': {
    damage: (dir, layout) =>
      editJson(dir, layout, B, '0/metadata.json', (metadata) => {
        metadata.more = true;
      }),
    own: ['FIELD_ADDED'],
    other: ['FIELD_DIFFERS'],
  },
  'folders in another order': {
    damage: (dir, layout) =>
      rewriteFolder(dir, refOfFolder(layout, B), join(folderOf(layout, B), '0'), (entries) => entries.toReversed()),
    own: ['FOLDER_MALFORMED'],
    other: [],
  },
  'a checkpoint that is gone': {
    damage: (dir, layout) =>
      layout === 'refs'
        ? git(dir, 'update-ref', '-d', refOf(B))
        : editTip(dir, refOfFolder(layout, B), { [shardPath(B)]: null }),
    ...both('CHECKPOINT_MISSING'),
  },
  'a checkpoint too many': {
    damage: (dir, layout) => {
      if (layout === 'refs') git(dir, 'update-ref', refOf(C), git(dir, 'rev-parse', refOf(B)));
      else editTip(dir, refOfFolder(layout, C), { [`${shardPath(C)}/0/prompt.txt`]: 'more' });
    },
    ...both('CHECKPOINT_ONLY_IN_TARGET'),
  },
  'a checkpoint that can not be read': {
    damage: (dir, layout) =>
      removeObject(dir, git(dir, 'rev-parse', `${refOfFolder(layout, B)}:${folderOf(layout, B)}`)),
    ...both('CHECKPOINT_UNREADABLE'),
  },
};

/** All of these in each layout that follows another one than V1 to V2, which `sabotages.ts` has. */
const IN_LAYOUTS: Readonly<Record<string, PairSabotage>> = Object.fromEntries(
  Object.values(PAIRS_OF).flatMap((pair) =>
    Object.entries(ANYWHERE).map(([name, { damage, own, other }]) => {
      const finds = (pair === V1_REFS ? own : other).map((code) => code.replace('TARGET', pair.to.toUpperCase()));
      return [
        `${name} (${pair.from} to ${pair.to})`,
        { damage: (dir: string) => damage(dir, pair.to), options: pair, finds },
      ];
    }),
  ),
);

const commitOf = (dir: string, ref: string) => git(dir, 'rev-parse', ref);
const atTip = (id: string, change: (commit: RawCommit) => RawCommit, code: string): PairSabotage => ({
  damage: (dir) => replaceTip(dir, refOf(id), change),
  options: V1_REFS,
  finds: [code],
});
const forgetRefs = (dir: string) => {
  for (const name of [V1_REST, ...[A, B, ULID].map(refOf)]) git(dir, 'update-ref', '-d', name);
};

/** What can be wrong with the refs of layouts, and with the history of git-refs. */
const OF_REFS: Readonly<Record<string, PairSabotage>> = {
  'no git-refs': { damage: forgetRefs, options: V1_REFS, finds: ['REFS_MISSING'] },
  'no V1': { damage: (dir) => git(dir, 'update-ref', '-d', V1_REF), options: V2_V1, finds: ['V1_MISSING'] },
  'no primary layout': {
    damage: forgetRefs,
    options: { env: { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' } },
    finds: ['PRIMARY_MISSING'],
  },
  'a V1 that went on': {
    damage: (dir) => {
      const tree = treeWith(dir, V1_REF, { [`${shardPath(A)}/0/prompt.txt`]: 'later' });
      git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-m', 'later', '-p', V1_REF, tree));
    },
    options: V1_REFS,
    finds: ['REFS_BEHIND'],
  },
  'a V1 that went back': {
    damage: (dir) => git(dir, 'update-ref', V1_REF, `${V1_REF}^`),
    options: V1_REFS,
    finds: ['REFS_AHEAD'],
  },
  'a V1 that was rewritten': {
    damage: (dir) => replaceTip(dir, V1_REF, (commit) => ({ ...commit, message: 'Another\n' })),
    options: V1_REFS,
    finds: ['V1_REWRITTEN', 'REST_CHANGED'],
  },
  'a V1 of another history with the same checkpoints': {
    damage: (dir) => git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-m', 'Another', `${V1_REF}^{tree}`)),
    options: V1_REFS,
    finds: ['V1_REWRITTEN', 'REST_CHANGED'],
  },
  'a checkpoint that was deleted here': {
    damage: (dir) => {
      git(dir, 'update-ref', '-d', refOf(B));
      writeFileSync(join(dir, 'entire-deleted-checkpoints.json'), JSON.stringify([B]));
    },
    options: V1_REFS,
    finds: ['CHECKPOINT_DELETED'],
  },
  'a V1 whose tree is absent': {
    damage: (dir) => removeObject(dir, commitOf(dir, `${V1_REF}^{tree}`)),
    options: REFS_V1,
    finds: ['LAYOUT_UNREADABLE'],
  },
  'a V2 whose main is absent': {
    damage: (dir) => removeObject(dir, commitOf(dir, `${MAIN}^{tree}`)),
    options: V2_REFS,
    finds: ['LAYOUT_UNREADABLE'],
  },
  'a commit of V1 that is absent': {
    damage: (dir) => removeObject(dir, commitOf(dir, `${V1_REF}~3`)),
    options: V1_REFS,
    finds: ['HISTORY_UNREADABLE'],
  },
  'a history that was cut off': {
    damage: (dir) => writeFileSync(join(dir, 'shallow'), `${commitOf(dir, `${V1_REF}~2`)}\n`),
    options: V1_REFS,
    finds: ['HISTORY_NOT_COMPARED'],
  },
  'nothing beside git-refs': {
    damage: (dir) => git(dir, 'update-ref', '-d', V1_REST),
    options: V1_REFS,
    finds: ['REST_MISSING'],
  },
  'another file beside git-refs': {
    damage: (dir) => editTip(dir, V1_REST, { 'vercel.json': '{"other": true}\n' }),
    options: V1_REFS,
    finds: ['REST_CHANGED'],
  },
  'a file outside of checkpoints that V1 lost': {
    damage: (dir) => editTip(dir, V1_REF, { 'vercel.json': null }),
    options: REFS_V1,
    finds: ['FILE_MISSING'],
  },
  'another author': atTip(
    B,
    (commit) => withHeader(commit, 'author', (line) => `Some${line}`),
    'COMMIT_AUTHOR_CHANGED',
  ),
  'another committer': atTip(
    B,
    (commit) => withHeader(commit, 'committer', (line) => `Some${line}`),
    'COMMIT_COMMITTER_CHANGED',
  ),
  'another message': atTip(
    B,
    (commit) => ({ ...commit, message: commit.message.replace(/^/, 'Not ') }),
    'COMMIT_MESSAGE_CHANGED',
  ),
  'another header': atTip(
    B,
    (commit) => ({ ...commit, headers: [...commit.headers, 'encoding ISO-8859-1'] }),
    'COMMIT_HEADERS_CHANGED',
  ),
  'a commit with one parent more': atTip(
    B,
    (commit) => ({ ...commit, parents: [...commit.parents, ...commit.parents] }),
    'COMMIT_PARENTS_CHANGED',
  ),
  'a commit without its parents': atTip(B, (commit) => ({ ...commit, parents: [] }), 'COMMIT_PARENTS_CHANGED'),
  'a last commit that is gone': {
    damage: (dir) => git(dir, 'update-ref', refOf(A), `${refOf(A)}^`),
    options: V1_REFS,
    finds: ['COMMIT_MISSING', 'FILE_CHANGED', 'TRANSCRIPT_CHANGED'],
  },
  'a commit that V1 does not have': {
    damage: (dir) =>
      rewriteHistory(dir, refOf(A), (commit) =>
        commit.parents.length > 0 ? [commit] : [{ ...commit, message: 'By hand\n' }],
      ),
    options: V1_REFS,
    finds: ['COMMIT_UNKNOWN'],
  },
  'another tree in an earlier commit': {
    damage: (dir) => {
      const tree = treeWith(dir, `${refOf(A)}^`, { '0/prompt.txt': 'another' });
      rewriteHistory(dir, refOf(A), (commit) => [commit.parents.length > 0 ? commit : { ...commit, tree }]);
    },
    options: V1_REFS,
    finds: ['COMMIT_TREE_CHANGED'],
  },
};

/** Every one. */
export const PAIR_SABOTAGES: Readonly<Record<string, PairSabotage>> = { ...IN_LAYOUTS, ...OF_REFS };
