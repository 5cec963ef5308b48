import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LAYOUT_FINDINGS } from '../../src/verify/finding.ts';
import type { VerifyOptions } from '../../src/verify/verify.ts';
import { git, gitBytes, initRepository, refs } from '../fixtures/git.ts';
import { shardPath, transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import {
  blob,
  editJson,
  editTip,
  entryAt,
  type RawCommit,
  type RawEntry,
  readCommit,
  replaceTip,
  rewriteFolder,
  rewriteHistory,
  textAt,
  treeWith,
  withHeader,
  writeCommit,
  writeTree,
} from './damage.ts';

export const MAIN = 'refs/entire/checkpoints/v2/main';
export const CURRENT = 'refs/entire/checkpoints/v2/full/current';
const MANIFEST = 'refs/entire/checkpoints/v2/generations';
export const archive = (number: number) => `refs/entire/checkpoints/v2/full/${String(number).padStart(13, '0')}`;

/** Checkpoints in a generation of the good V2. */
export const MAX_CHECKPOINTS = 4;

/** The good V2's checkpoints, by the generation that they lie in, in the order of their arrival. */
export const GENERATIONS = [
  ['a3b2c4d5e6f7', 'b10000000002', 'a3ffffffffff', '040000000004'],
  ['c50000000005', 'c80000000006', '060000000007', '770000000008'],
  ['e90000000009', 'ea000000000a', 'eb000000000b', '0c000000000c'],
  ['0d000000000d', '0e000000000e'],
] as const;
const [[A1, A2, A3, A4], [B1, B2, B3, B4], [C1, C2, C3, C4], [D1, D2]] = GENERATIONS;
/** In no layout. */
export const NOBODY = 'ffffffffffff';

const SIGNATURE = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEzBAABCAAdFiEE\n -----END PGP SIGNATURE-----';

/**
 * The good V1. Its V2 has three archives of four checkpoints, and two checkpoints in `full/current`.
 *
 *   o──A1──A2──A3──A4──B1──B2──M──C1──f──s──C2──C3──C4──v──D1──D2
 *                        \    /
 *                         B3─B4
 *
 * C1 has three sessions, A2 a task folder at its root and C2 in a session; `f` finalizes A1 in its archive, `s` updates a
 * summary and is signed, `v` adds `vercel.json` at the root.
 */
function goodV1() {
  const v1 = new V1Builder();
  let day = 0;
  const at = () => `2025-03-${String(++day).padStart(2, '0')}T08:00:00.5Z`;
  const one = () => ({ sessions: [{ createdAt: at() }] });
  v1.init();
  v1.checkpoint(A1, one());
  v1.checkpoint(A2, { ...one(), tasks: { toolu_root: 'usual' } });
  v1.checkpoint(A3, one());
  v1.checkpoint(A4, one());
  v1.checkpoint(B1, one());
  v1.branch('side');
  const side = v1.checkpoint(B3, one(), { author: 'Bela <bela@example.com>' });
  const side2 = v1.checkpoint(B4, one());
  const before = v1.checkout('v1').checkpoint(B2, one());
  const merge = v1.merge('side');
  v1.checkpoint(C1, { sessions: [{ createdAt: at() }, { createdAt: at() }, { createdAt: at() }] });
  const finalized = v1.finalize(A1, 0, transcriptText('finalized', 8));
  const signed = v1.commit({
    message: `Update checkpoint summary for ${A1}\n`,
    files: v1.checkpointFiles(A1, { sessions: [], fields: { has_review: true, token_usage: { input_tokens: 7 } } }),
    headers: [SIGNATURE],
  });
  v1.checkpoint(C2, { sessions: [{ createdAt: at(), tasks: { toolu_01: 'usual' } }] });
  v1.checkpoint(C3, one());
  v1.checkpoint(C4, one());
  const vercel = v1.commit({
    message: 'Add vercel.json\n',
    files: { 'vercel.json': '{"git":{"deploymentEnabled":false}}\n' },
  });
  v1.checkpoint(D1, one());
  const tip = v1.checkpoint(D2, one());
  return { v1, tip, commits: { side, side2, before, merge, finalized, signed, vercel } };
}

export const GOOD = goodV1();
const { side, side2, before, merge, signed, vercel } = GOOD.commits;

/** A finding without its words. */
export interface ExpectedFinding {
  readonly isWithoutV1?: true;
  readonly code: keyof typeof LAYOUT_FINDINGS;
  readonly ref?: string;
  readonly checkpoint?: string;
  readonly session?: string;
  readonly v2Session?: string;
  readonly path?: string;
  readonly field?: string;
  readonly change?: 'lost' | 'changed' | 'added';
  readonly line?: number;
  readonly commit?: string;
}

/** A way to damage the good V2, and all findings (but V1's oddities) that verify must give then. */
export interface Sabotage {
  /** Damages the repository. */
  readonly damage: (dir: string) => void;
  /** Makes another repository out of it, beside it, which is verified instead. */
  readonly elsewhere?: (dir: string) => string;
  readonly findings: readonly ExpectedFinding[];
  /** Instead of the settings that the good V2 was made with. */
  readonly options?: VerifyOptions;
  /** It takes more than ten megabytes. */
  readonly isLarge?: boolean;
}

/** The path of a file of a checkpoint. */
export const at = (checkpoint: string, below = '') => shardPath(checkpoint) + (below === '' ? '' : `/${below}`);
/** The place of a file of a checkpoint. */
export function place(ref: string, checkpoint: string, below = '') {
  const session = /^\d+(?=\/|$)/.exec(below)?.[0];
  return { ref, checkpoint, path: at(checkpoint, below), ...(session === undefined ? {} : { session }) };
}
/** The findings for checkpoints whose transcripts lie nowhere. */
const lost = (checkpoints: readonly string[]): ExpectedFinding[] =>
  checkpoints.map((checkpoint) => ({ code: 'TRANSCRIPT_MISSING', checkpoint, path: at(checkpoint) }));

/** The findings for checkpoints whose transcripts were pruned. */
const pruned = (checkpoints: readonly string[]): ExpectedFinding[] =>
  checkpoints.map((checkpoint) => ({ code: 'TRANSCRIPT_PRUNED', checkpoint, path: at(checkpoint) }));

/** The file that describes an archive in the manifest. */
const told = (number: number) => `${String(number).padStart(13, '0')}.json`;

/** A damage to what the manifest says of the second archive: one finding, about that field. */
const entry = (field: string, change: Parameters<typeof editJson>[3]): Sabotage => ({
  damage: (dir) => editJson(dir, MANIFEST, told(2), change),
  findings: [{ code: 'MANIFEST_WRONG', ref: MANIFEST, path: told(2), field }],
});

/** Removes archives as a prune does: the manifest tells that it was on purpose. */
function prune(dir: string, ...numbers: number[]): void {
  for (const number of numbers) {
    editJson(dir, MANIFEST, told(number), (value) => {
      value.pruned = true;
    });
    deleteRefs(dir, archive(number));
  }
}

const V2_FOREIGN: ExpectedFinding = { code: 'V2_FOREIGN', ref: MAIN };
/** A damage to a V2 that something else has written since: its tip is the image of no V1 commit. */
const foreign = (damage: (dir: string) => void, ...findings: ExpectedFinding[]): Sabotage => ({
  damage: (dir) => {
    damage(dir);
    git(dir, 'update-ref', MAIN, git(dir, 'commit-tree', '-p', MAIN, '-m', 'other tool', `${MAIN}^{tree}`));
  },
  findings: [V2_FOREIGN, ...findings],
});

/** Makes a commit of the user, on a branch `names`, that names checkpoints. */
function commitNaming(dir: string, ...checkpoints: string[]): void {
  const trailers = checkpoints.map((id) => `Entire-Checkpoint: ${id}`).join('\n');
  setRef(dir, 'refs/heads/names', git(dir, 'commit-tree', '-m', `By hand\n\n${trailers}`, `${MAIN}^{tree}`));
}

/** Replaces, in the history of main, the image of a V1 commit. */
function replaceImage(
  dir: string,
  origin: string,
  change: (image: RawCommit) => Successor | readonly Successor[],
): void {
  rewriteHistory(dir, MAIN, (commit) =>
    commit.message.endsWith(`\nCkpt-V1-Commit: ${origin}\n`) ? collect(change(commit)) : [commit],
  );
}
type Successor = RawCommit | ((parent: string) => RawCommit);
const collect = (next: Successor | readonly Successor[]): readonly Successor[] =>
  Array.isArray(next) ? next : [next as Successor];

/** A copy of a repository in which one object is absent. */
function without(dir: string, id: string): string {
  const copy = `${dir}-without.git`;
  git(dir, 'init', '-q', '--bare', copy);
  const objects = git(dir, 'rev-list', '--objects', '--all').split('\n');
  const kept = objects.filter((line) => !line.startsWith(id)).join('\n');
  gitBytes(dir, ['pack-objects', '-q', join(copy, 'objects/pack/pack')], { input: `${kept}\n` });
  for (const [ref, target] of Object.entries(refs(dir))) git(copy, 'update-ref', ref, target);
  return copy;
}

/** Adds an empty folder behind the other entries. */
const withEmpty = (dir: string, name: string) => (entries: readonly RawEntry[]) => [
  ...entries,
  { mode: '40000', name, id: writeTree(dir, []) },
];

/** A damage to one image of a V1 commit: one finding, about that commit. */
const image = (
  code: ExpectedFinding['code'],
  commit: string,
  change: (image: RawCommit) => Successor | readonly Successor[],
): Sabotage => ({
  damage: (dir) => replaceImage(dir, commit, change),
  findings: [{ code, ref: MAIN, commit }],
});

/** A damage to files of one ref, by path. */
const files = (
  ref: string,
  changes: Readonly<Record<string, Parameters<typeof editTip>[2][string]>>,
  ...findings: ExpectedFinding[]
): Sabotage => ({ damage: (dir) => editTip(dir, ref, changes), findings });

/** A damage to fields of a metadata file. */
const fields = (path: string, change: Parameters<typeof editJson>[3], ...findings: ExpectedFinding[]): Sabotage => ({
  damage: (dir) => editJson(dir, MAIN, path, change),
  findings,
});

/** Gives a path of one ref the file that another path of it has. */
const copy = (ref: string, from: string, to: string, finding: ExpectedFinding, fromRef = ref): Sabotage => ({
  damage: (dir) => editTip(dir, ref, { [to]: entryAt(dir, fromRef, from) }),
  findings: [finding],
});

const mode = (ref: string, path: string, finding: ExpectedFinding): Sabotage => ({
  damage: (dir) => editTip(dir, ref, { [path]: { ...entryAt(dir, ref, path), mode: '100755' } }),
  findings: [finding],
});

const archiveCommit = (ref: string, change: (commit: RawCommit) => RawCommit): Sabotage => ({
  damage: (dir) => replaceTip(dir, ref, change),
  findings: [{ code: 'GENERATION_COMMIT_WRONG', ref }],
});

const deleteRefs = (dir: string, ...refs: string[]): void => {
  for (const ref of refs) git(dir, 'update-ref', '-d', ref);
};
const setRef = (dir: string, ref: string, target: string): void => {
  git(dir, 'update-ref', ref, target);
};
const moveRef = (dir: string, from: string, to: string): void => {
  setRef(dir, to, from);
  deleteRefs(dir, from);
};
/** An empty repository beside `dir` that has fetched from it. */
function fetched(dir: string, ...args: string[]): string {
  const clone = `${dir}.clone`;
  initRepository({ dir: clone, bare: true });
  git(clone, 'fetch', '-q', ...args.map((arg) => (arg === 'ORIGIN' ? `file://${dir}` : arg)));
  return clone;
}

const summary = (checkpoint: string) => at(checkpoint, 'metadata.json');
const metadata = (checkpoint: string) => at(checkpoint, '0/metadata.json');
const V2_MISSING: ExpectedFinding = { code: 'V2_MISSING', ref: MAIN };

/** The damage corpus, by what was done. Every code of `LAYOUT_FINDINGS` appears in it. */
export const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  // The layouts as a whole.
  'main deleted': { damage: (dir) => deleteRefs(dir, MAIN), findings: [V2_MISSING] },
  'all of V2 deleted': {
    damage: (dir) => deleteRefs(dir, MAIN, CURRENT, archive(1), archive(2), archive(3)),
    findings: [V2_MISSING],
  },
  'V1 has one more commit': {
    damage: (dir) => setRef(dir, V1_REF, git(dir, 'commit-tree', '-p', V1_REF, '-m', 'x', `${V1_REF}^{tree}`)),
    findings: [{ code: 'V2_BEHIND', ref: MAIN }],
  },
  'V1 moved back': {
    damage: (dir) => setRef(dir, V1_REF, `${V1_REF}~2`),
    findings: [{ code: 'V2_AHEAD', ref: MAIN }],
  },
  "a colleague's V2 with an older V1": {
    damage: (dir) => setRef(dir, 'refs/heads/older', `${V1_REF}~2`),
    elsewhere: (dir) => fetched(dir, 'ORIGIN', `refs/heads/older:${V1_REF}`, 'refs/entire/*:refs/entire/*'),
    findings: [
      { code: 'V2_AHEAD', ref: MAIN },
      { code: 'CHECKPOINT_ONLY_IN_V2', ...place(CURRENT, D1) },
      { code: 'CHECKPOINT_ONLY_IN_V2', ...place(CURRENT, D2) },
    ],
  },
  'V1 rewritten': {
    damage: (dir) => setRef(dir, V1_REF, git(dir, 'commit-tree', '-m', 'squashed', `${V1_REF}^{tree}`)),
    findings: [{ code: 'V1_REWRITTEN', ref: MAIN }],
  },
  'V2 written by something else': {
    damage: (dir) => {
      for (const ref of [MAIN, CURRENT, archive(1)]) {
        git(dir, 'update-ref', ref, git(dir, 'commit-tree', '-p', ref, '-m', 'other tool', `${ref}^{tree}`));
      }
    },
    findings: [{ code: 'V2_FOREIGN', ref: MAIN }],
  },
  'V2 written by something else, without one checkpoint': {
    damage: (dir) => {
      const tree = treeWith(dir, MAIN, { [at(B1)]: null });
      git(dir, 'update-ref', MAIN, git(dir, 'commit-tree', '-p', MAIN, '-m', 'other tool', tree));
    },
    findings: [
      { code: 'V2_FOREIGN', ref: MAIN },
      { code: 'CHECKPOINT_MISSING', ...place(MAIN, B1) },
    ],
  },
  'a shallow clone': {
    damage: () => undefined,
    elsewhere: (dir) => fetched(dir, '--depth=2', 'ORIGIN', `${V1_REF}:${V1_REF}`, 'refs/entire/*:refs/entire/*'),
    findings: [{ code: 'HISTORY_NOT_COMPARED' }],
  },

  // Folders as git does not write them, whose files are all there.
  'a file twice in its folder': {
    damage: (dir) =>
      rewriteFolder(dir, MAIN, at(A1, '0'), (entries) =>
        entries.flatMap((entry) =>
          entry.name === 'prompt.txt' ? [{ ...entry, id: blob(dir, 'another prompt\n') }, entry] : [entry],
        ),
      ),
    findings: [{ code: 'FOLDER_MALFORMED', ...place(MAIN, A1, '0') }],
  },
  'the root of main out of order': {
    damage: (dir) => rewriteFolder(dir, MAIN, '', (entries) => [...entries].reverse()),
    findings: [{ code: 'FOLDER_MALFORMED', ref: MAIN }],
  },
  'a shard twice in full/current': {
    damage: (dir) => rewriteFolder(dir, CURRENT, '', (entries) => entries.flatMap((entry) => [entry, entry])),
    findings: [{ code: 'FOLDER_MALFORMED', ref: CURRENT }],
  },
  'an empty folder on main': {
    damage: (dir) => rewriteFolder(dir, MAIN, '', withEmpty(dir, 'fe')),
    findings: [{ code: 'FOLDER_MALFORMED', ref: MAIN, path: 'fe' }],
  },
  'an empty shard in full/current': {
    damage: (dir) => rewriteFolder(dir, CURRENT, '', withEmpty(dir, 'fe')),
    findings: [{ code: 'FOLDER_MALFORMED', ref: CURRENT, path: 'fe' }],
  },

  "a clone that lacks a summary of V1's": {
    damage: () => undefined,
    elsewhere: (dir) => without(dir, entryAt(dir, V1_REF, at(A1, 'metadata.json')).id),
    findings: [{ code: 'METADATA_ABSENT', ...place(MAIN, A1, 'metadata.json') }],
  },

  // What the user's own commits name.
  'a commit that names a checkpoint that nobody has': {
    damage: (dir) => commitNaming(dir, NOBODY, A1),
    options: { commits: 'names' },
    findings: [{ code: 'TRAILER_UNRESOLVED', commit: 'By hand', checkpoint: NOBODY }],
  },
  'a commit that names a checkpoint that only V2 has': {
    damage: (dir) => {
      editTip(dir, MAIN, { [summary(NOBODY)]: '{}\n' });
      commitNaming(dir, NOBODY, A1);
    },
    options: { commits: 'names' },
    findings: [{ code: 'TRAILER_UNRESOLVED', commit: 'By hand', checkpoint: NOBODY }],
  },
  'a commit that names a checkpoint that main has lost': {
    damage: (dir) => {
      editTip(dir, MAIN, { [at(B1)]: null });
      commitNaming(dir, B1, A1);
    },
    options: { commits: 'names' },
    findings: [{ code: 'TRAILER_UNRESOLVED', commit: 'By hand', checkpoint: B1 }],
  },
  'a commit that names something else': {
    damage: (dir) => commitNaming(dir, 'A3B2C4D5E6FG', A1),
    options: { commits: 'names' },
    findings: [{ code: 'TRAILER_INVALID', commit: 'By hand' }],
  },

  // A V2 of another writer: what is lost, and what only differs.
  'foreign: a session with another number': foreign(
    (dir) => {
      for (const [ref, names] of [
        [MAIN, ['metadata.json', 'prompt.txt']],
        [archive(3), ['full.jsonl', 'content_hash.txt']],
      ] as const) {
        const moved = names.map((name) => [at(C1, `5/${name}`), entryAt(dir, ref, at(C1, `2/${name}`))] as const);
        editTip(dir, ref, { [at(C1, '2')]: null, ...Object.fromEntries(moved) });
      }
      editJson(dir, MAIN, summary(C1), (value) => {
        for (const key of ['metadata', 'prompt']) value.sessions[2][key] = value.sessions[2][key].replace('/2/', '/5/');
      });
    },
    { code: 'SESSION_RENUMBERED', ...place(MAIN, C1, '5'), session: '2', v2Session: '5' },
  ),
  'foreign: a session too many': foreign(
    (dir) => editTip(dir, MAIN, { [at(C1, '3/metadata.json')]: '{}\n', [at(C1, '3/prompt.txt')]: 'x' }),
    { code: 'SESSION_ONLY_IN_V2', ...place(MAIN, C1, '3') },
  ),
  'foreign: a session dropped': foreign((dir) => editTip(dir, MAIN, { [at(C1, '1')]: null }), {
    code: 'SESSION_MISSING',
    ...place(MAIN, C1, '1'),
  }),
  'foreign: a session that the summary does not list': foreign(
    (dir) => editJson(dir, MAIN, summary(C1), (value) => value.sessions.splice(1, 1)),
    {
      code: 'SESSION_UNLISTED',
      ...place(MAIN, C1, 'metadata.json'),
      session: '1',
      field: 'sessions[1]',
      change: 'lost',
    },
  ),
  'foreign: a file too many': foreign((dir) => editTip(dir, MAIN, { [at(C1, '1/notes.txt')]: 'x' }), {
    code: 'FILE_ONLY_IN_V2',
    ...place(MAIN, C1, '1/notes.txt'),
  }),
  'foreign: a file too many in a generation': foreign(
    (dir) => editTip(dir, archive(3), { [at(C1, '1/notes.txt')]: 'x' }),
    { code: 'FILE_ONLY_IN_V2', ...place(archive(3), C1, '1/notes.txt') },
  ),
  'foreign: a prompt dropped': foreign((dir) => editTip(dir, MAIN, { [at(C1, '1/prompt.txt')]: null }), {
    code: 'FILE_MISSING',
    ...place(MAIN, C1, '1/prompt.txt'),
  }),
  'foreign: a prompt swapped': foreign((dir) => editTip(dir, MAIN, { [at(C1, '1/prompt.txt')]: 'something else' }), {
    code: 'FILE_CHANGED',
    ...place(MAIN, C1, '1/prompt.txt'),
  }),
  'foreign: metadata in another form': foreign(
    (dir) => editTip(dir, MAIN, { [metadata(B1)]: JSON.stringify(JSON.parse(textAt(dir, MAIN, metadata(B1)))) }),
    { code: 'FILE_DIFFERS', ...place(MAIN, B1, '0/metadata.json') },
  ),
  'foreign: a prompt made executable': foreign(
    (dir) => {
      const path = at(C1, '1/prompt.txt');
      editTip(dir, MAIN, { [path]: { ...entryAt(dir, MAIN, path), mode: '100755' } });
    },
    { code: 'FILE_DIFFERS', ...place(MAIN, C1, '1/prompt.txt') },
  ),
  'foreign: metadata that is absent here': {
    ...foreign(
      (dir) => editTip(dir, MAIN, { [metadata(B1)]: '{"never": "fetched"}' }),
      { code: 'FILE_NOT_COMPARED', ...place(MAIN, B1, '0/metadata.json') },
      { code: 'OBJECT_GONE', ...place(MAIN, B1, '0/metadata.json') },
    ),
    elsewhere: (dir) => without(dir, entryAt(dir, MAIN, metadata(B1)).id),
  },
  'foreign: another cli_version': foreign(
    (dir) =>
      editJson(dir, MAIN, metadata(B1), (value) => {
        value.cli_version = '0.6.2';
      }),
    { code: 'FIELD_DIFFERS', ...place(MAIN, B1, '0/metadata.json'), field: 'cli_version', change: 'changed' },
  ),
  'foreign: a field too many': foreign(
    (dir) =>
      editJson(dir, MAIN, metadata(B1), (value) => {
        value.migrated_by = 'x';
      }),
    { code: 'FIELD_DIFFERS', ...place(MAIN, B1, '0/metadata.json'), field: 'migrated_by', change: 'added' },
  ),
  'foreign: created_at set to today': foreign(
    (dir) =>
      editJson(dir, MAIN, metadata(B1), (value) => {
        value.created_at = '2026-01-01T00:00:00Z';
      }),
    { code: 'FIELD_CHANGED', ...place(MAIN, B1, '0/metadata.json'), field: 'created_at', change: 'changed' },
  ),
  'foreign: a field lost': foreign(
    (dir) =>
      editJson(dir, MAIN, summary(A1), (value) => {
        delete value.token_usage;
      }),
    { code: 'FIELD_LOST', ...place(MAIN, A1, 'metadata.json'), field: 'token_usage', change: 'lost' },
  ),
  'foreign: the transcript of a session dropped': foreign((dir) => editTip(dir, archive(3), { [at(C1, '1')]: null }), {
    code: 'TRANSCRIPT_MISSING',
    checkpoint: C1,
    path: at(C1, '1'),
    session: '1',
  }),
  'foreign: a transcript swapped with that of another session': foreign(
    (dir) => editTip(dir, archive(3), { [at(C1, '1/full.jsonl')]: entryAt(dir, archive(3), at(C1, '0/full.jsonl')) }),
    { code: 'TRANSCRIPT_CHANGED', ...place(archive(3), C1, '1/full.jsonl') },
  ),
  'foreign: an archived transcript copied back into full/current': foreign(
    (dir) => {
      const path = at(B1, '0/full.jsonl');
      editTip(dir, CURRENT, { [path]: entryAt(dir, archive(2), path) });
    },
    { code: 'TRANSCRIPT_DOUBLED', ...place(archive(2), B1, '0') },
  ),
  'foreign: all commits by one author': {
    damage: (dir) => git(dir, 'update-ref', MAIN, git(dir, 'commit-tree', '-m', 'other tool', `${MAIN}^{tree}`)),
    findings: [V2_FOREIGN, { code: 'AUTHORS_LOST', ref: MAIN }],
  },

  // Checkpoints, sessions and files on main.
  'a checkpoint dropped': files(MAIN, { [at(B1)]: null }, { code: 'CHECKPOINT_MISSING', ...place(MAIN, B1) }),
  'the only checkpoint of its shard dropped': files(
    MAIN,
    { [at(A2)]: null },
    { code: 'CHECKPOINT_MISSING', ...place(MAIN, A2) },
  ),
  'a checkpoint too many on main': files(
    MAIN,
    { [summary(NOBODY)]: '{}\n', [at(NOBODY, '0/prompt.txt')]: 'x' },
    { code: 'CHECKPOINT_ONLY_IN_V2', ...place(MAIN, NOBODY) },
  ),
  'a checkpoint too many in full/current': files(
    CURRENT,
    { [at(NOBODY, '0/full.jsonl')]: 'x' },
    { code: 'CHECKPOINT_ONLY_IN_V2', ...place(CURRENT, NOBODY) },
  ),
  'a checkpoint too many in an archive': files(
    archive(2),
    { [at(NOBODY, '0/full.jsonl')]: 'x', [at(B3)]: null },
    { code: 'CHECKPOINT_ONLY_IN_V2', ...place(archive(2), NOBODY) },
    ...lost([B3]),
  ),
  'a checkpoint asked for that nobody has': {
    damage: () => undefined,
    options: { checkpoints: [NOBODY] },
    findings: [{ code: 'CHECKPOINT_UNKNOWN', checkpoint: NOBODY, path: at(NOBODY) }],
  },
  'a session dropped': files(MAIN, { [at(C1, '1')]: null }, { code: 'SESSION_MISSING', ...place(MAIN, C1, '1') }),
  'a session too many': files(
    MAIN,
    { [at(C1, '3/metadata.json')]: '{}\n', [at(C1, '3/prompt.txt')]: 'x' },
    { code: 'FILE_EXTRA', ...place(MAIN, C1, '3') },
  ),
  'a prompt dropped': files(
    MAIN,
    { [at(C1, '1/prompt.txt')]: null },
    { code: 'FILE_MISSING', ...place(MAIN, C1, '1/prompt.txt') },
  ),
  'a summary dropped': files(
    MAIN,
    { [summary(C1)]: null },
    { code: 'FILE_MISSING', ...place(MAIN, C1, 'metadata.json') },
  ),
  'vercel.json dropped': files(MAIN, { 'vercel.json': null }, { code: 'FILE_MISSING', ref: MAIN, path: 'vercel.json' }),
  'a prompt swapped': files(
    MAIN,
    { [at(C1, '1/prompt.txt')]: 'something else' },
    { code: 'FILE_CHANGED', ...place(MAIN, C1, '1/prompt.txt') },
  ),
  'a summary that is not JSON any more': files(
    MAIN,
    { [summary(C1)]: '{"checkpoint_id":' },
    { code: 'FILE_CHANGED', ...place(MAIN, C1, 'metadata.json') },
  ),
  'a summary in another form': {
    damage: (dir) => editTip(dir, MAIN, { [summary(C1)]: JSON.stringify(JSON.parse(textAt(dir, MAIN, summary(C1)))) }),
    findings: [{ code: 'FILE_CHANGED', ...place(MAIN, C1, 'metadata.json') }],
  },
  'a folder in the place of a file': files(
    MAIN,
    { [at(C1, '1/prompt.txt')]: null, [at(C1, '1/prompt.txt/x')]: 'x' },
    { code: 'FILE_CHANGED', ...place(MAIN, C1, '1/prompt.txt') },
  ),
  "V1's summary in the place of V2's": {
    damage: (dir) => editTip(dir, MAIN, { [summary(B1)]: entryAt(dir, V1_REF, summary(B1)) }),
    findings: ['content_hash', 'transcript'].map((name) => ({
      code: 'FIELD_ADDED',
      ...place(MAIN, B1, 'metadata.json'),
      field: `sessions[0].${name}`,
      change: 'added',
    })),
  },
  'created_at set to today': fields(
    metadata(B1),
    (value) => {
      value.created_at = '2026-01-01T00:00:00Z';
    },
    { code: 'FIELD_CHANGED', ...place(MAIN, B1, '0/metadata.json'), field: 'created_at', change: 'changed' },
  ),
  'a field of the metadata lost': fields(
    metadata(B1),
    (value) => {
      delete value.agent;
    },
    { code: 'FIELD_LOST', ...place(MAIN, B1, '0/metadata.json'), field: 'agent', change: 'lost' },
  ),
  'nested fields of a summary lost, changed and added': fields(
    summary(A1),
    (value) => {
      delete value.sessions[0].prompt;
      value.token_usage.input_tokens = 8;
      value.files_touched.push('new.ts');
      value.constructor = 1;
    },
    { code: 'FIELD_ADDED', ...place(MAIN, A1, 'metadata.json'), field: 'constructor', change: 'added' },
    { code: 'FIELD_ADDED', ...place(MAIN, A1, 'metadata.json'), field: 'files_touched[2]', change: 'added' },
    {
      code: 'FIELD_CHANGED',
      ...place(MAIN, A1, 'metadata.json'),
      field: 'token_usage.input_tokens',
      change: 'changed',
    },
    { code: 'FIELD_LOST', ...place(MAIN, A1, 'metadata.json'), field: 'sessions[0].prompt', change: 'lost' },
  ),
  'a file too many on main': files(
    MAIN,
    { [at(C1, '1/notes.txt')]: 'x' },
    { code: 'FILE_EXTRA', ...place(MAIN, C1, '1/notes.txt') },
  ),
  'a file too many at the root of main': files(
    MAIN,
    { 'README.md': 'x' },
    { code: 'FILE_EXTRA', ref: MAIN, path: 'README.md' },
  ),
  'a transcript on main': copy(
    MAIN,
    at(C1, '1/full.jsonl'),
    at(C1, '1/full.jsonl'),
    { code: 'FILE_MISPLACED', ...place(MAIN, C1, '1/full.jsonl') },
    V1_REF,
  ),
  'a task file on main': copy(
    MAIN,
    at(A2, 'tasks/toolu_root/checkpoint.json'),
    at(A2, 'tasks/toolu_root/checkpoint.json'),
    { code: 'FILE_MISPLACED', ...place(MAIN, A2, 'tasks/toolu_root/checkpoint.json') },
    V1_REF,
  ),
  'session metadata in a generation': copy(
    archive(3),
    at(C1, '1/metadata.json'),
    at(C1, '1/metadata.json'),
    { code: 'FILE_MISPLACED', ...place(archive(3), C1, '1/metadata.json') },
    V1_REF,
  ),
  'a prompt made executable': mode(MAIN, at(C1, '1/prompt.txt'), {
    code: 'MODE_CHANGED',
    ...place(MAIN, C1, '1/prompt.txt'),
  }),
  'a transcript made executable': mode(archive(3), at(C1, '1/full.jsonl'), {
    code: 'MODE_CHANGED',
    ...place(archive(3), C1, '1/full.jsonl'),
  }),
  'a generation.json made executable': mode(archive(3), 'generation.json', {
    code: 'MODE_CHANGED',
    ref: archive(3),
    path: 'generation.json',
  }),

  // Transcripts and task files in the generations.
  'a transcript dropped': files(
    archive(3),
    { [at(C1, '1/full.jsonl')]: null },
    { code: 'TRANSCRIPT_MISSING', ...place(archive(3), C1, '1/full.jsonl') },
  ),
  'a content hash dropped': files(
    CURRENT,
    { [at(D1, '0/content_hash.txt')]: null },
    { code: 'TRANSCRIPT_MISSING', ...place(CURRENT, D1, '0/content_hash.txt') },
  ),
  'the transcripts of a session dropped': files(
    archive(3),
    { [at(C1, '1')]: null },
    { code: 'TRANSCRIPT_MISSING', ...place(archive(3), C1, '1') },
  ),
  'a task file dropped': files(
    archive(3),
    { [at(C2, '0/tasks/toolu_01/agent-toolu_01.jsonl')]: null },
    { code: 'TRANSCRIPT_MISSING', ...place(archive(3), C2, '0/tasks/toolu_01/agent-toolu_01.jsonl') },
  ),
  'the transcripts of a checkpoint dropped': files(archive(2), { [at(B3)]: null }, ...lost([B3])),
  'a transcript swapped with that of another session': copy(
    archive(3),
    at(C1, '0/full.jsonl'),
    at(C1, '1/full.jsonl'),
    { code: 'TRANSCRIPT_CHANGED', ...place(archive(3), C1, '1/full.jsonl') },
  ),
  'a transcript as it was before it was finalized': {
    damage: (dir) => {
      const path = at(A1, '0/full.jsonl');
      const first = git(dir, 'log', '--format=%H', '--reverse', V1_REF, '--', path).split('\n')[0] ?? '';
      editTip(dir, archive(1), { [path]: entryAt(dir, first, path) });
    },
    findings: [{ code: 'TRANSCRIPT_CHANGED', ...place(archive(1), A1, '0/full.jsonl') }],
  },
  'a content hash changed': files(
    CURRENT,
    { [at(D1, '0/content_hash.txt')]: `sha256:${'0'.repeat(64)}` },
    { code: 'TRANSCRIPT_CHANGED', ...place(CURRENT, D1, '0/content_hash.txt') },
  ),
  'a task file changed': files(
    archive(1),
    { [at(A2, 'tasks/toolu_root/checkpoint.json')]: '{}' },
    { code: 'TRANSCRIPT_CHANGED', ...place(archive(1), A2, 'tasks/toolu_root/checkpoint.json') },
  ),
  'a chunk too many': files(
    CURRENT,
    { [at(D1, '0/full.jsonl.001')]: '{}\n' },
    { code: 'TRANSCRIPT_EXTRA', ...place(CURRENT, D1, '0/full.jsonl.001') },
  ),
  'a transcript for a session that V1 does not have': files(
    CURRENT,
    { [at(D1, '1/full.jsonl')]: '{}\n' },
    { code: 'TRANSCRIPT_EXTRA', ...place(CURRENT, D1, '1/full.jsonl') },
  ),
  'a stray file at the root of an archive': files(
    archive(2),
    { 'README.md': 'x' },
    { code: 'TRANSCRIPT_EXTRA', ref: archive(2), path: 'README.md' },
  ),
  'a stray file in a shard of an archive': files(
    archive(1),
    { 'a3/notes/x.txt': 'x' },
    { code: 'TRANSCRIPT_EXTRA', ref: archive(1), path: 'a3/notes/x.txt' },
  ),
  'a checkpoint in an archive and in full/current': {
    damage: (dir) => {
      const names = git(dir, 'ls-tree', '-r', '--name-only', archive(1), at(A2)).split('\n');
      editTip(dir, CURRENT, Object.fromEntries(names.map((name) => [name, entryAt(dir, archive(1), name)])));
    },
    findings: [{ code: 'CHECKPOINT_DUPLICATED', ...place(archive(1), A2) }],
  },

  // Generations.
  'full/current deleted': {
    damage: (dir) => deleteRefs(dir, CURRENT),
    findings: [{ code: 'CURRENT_MISSING', ref: CURRENT }, ...lost([D1, D2])],
  },
  'an archive deleted': {
    damage: (dir) => deleteRefs(dir, archive(2)),
    findings: [{ code: 'GENERATION_LOST', ref: archive(2) }, ...lost([B1, B2, B3, B4])],
  },
  'the first archives deleted': {
    damage: (dir) => deleteRefs(dir, archive(1), archive(2)),
    findings: [
      { code: 'GENERATION_LOST', ref: archive(1) },
      { code: 'GENERATION_LOST', ref: archive(2) },
      ...lost([A1, A2, A3, A4, B1, B2, B3, B4]),
    ],
  },
  'the newest archive deleted': {
    damage: (dir) => deleteRefs(dir, archive(3)),
    findings: [{ code: 'GENERATION_LOST', ref: archive(3) }, ...lost([C1, C2, C3, C4])],
  },
  'an archive deleted of which the manifest says nothing': {
    damage: (dir) => {
      deleteRefs(dir, archive(2));
      editTip(dir, MANIFEST, { [told(2)]: null });
    },
    findings: [{ code: 'GENERATION_MISSING', ref: archive(2) }, ...lost([B1, B2, B3, B4])],
  },
  'all archives deleted, and the manifest': {
    damage: (dir) => deleteRefs(dir, archive(1), archive(2), archive(3), MANIFEST),
    findings: lost([A1, A2, A3, A4, B1, B2, B3, B4, C1, C2, C3, C4]),
  },
  'an archive pruned': {
    damage: (dir) => prune(dir, 2),
    findings: [{ code: 'GENERATION_PRUNED', ref: archive(2) }, ...pruned([B1, B2, B3, B4])],
  },
  'all archives pruned': {
    damage: (dir) => prune(dir, 1, 2, 3),
    findings: [
      ...[1, 2, 3].map((number) => ({ code: 'GENERATION_PRUNED' as const, ref: archive(number) })),
      ...pruned([A1, A2, A3, A4, B1, B2, B3, B4, C1, C2, C3, C4]),
    ],
  },
  'an archive pruned and another one deleted': {
    damage: (dir) => {
      prune(dir, 1);
      deleteRefs(dir, archive(2));
    },
    findings: [
      { code: 'GENERATION_PRUNED', ref: archive(1) },
      { code: 'GENERATION_LOST', ref: archive(2) },
      ...pruned([A1, A2, A3, A4]),
      ...lost([B1, B2, B3, B4]),
    ],
  },

  // Without V1.
  'V1 gone': {
    damage: (dir) => deleteRefs(dir, V1_REF),
    findings: [{ code: 'COVERAGE_NOT_COMPARED' }],
  },
  'V1 gone, and an archive': {
    damage: (dir) => deleteRefs(dir, V1_REF, archive(2)),
    findings: [{ code: 'COVERAGE_NOT_COMPARED' }, { code: 'GENERATION_LOST', ref: archive(2), isWithoutV1: true }],
  },
  'V1 gone, and an archive pruned': {
    damage: (dir) => {
      deleteRefs(dir, V1_REF);
      prune(dir, 2);
    },
    findings: [{ code: 'COVERAGE_NOT_COMPARED' }, { code: 'GENERATION_PRUNED', ref: archive(2) }],
  },
  'V1 gone, and a transcript in an archive changed': {
    damage: (dir) => {
      deleteRefs(dir, V1_REF);
      editTip(dir, archive(2), { [at(B1, '0/full.jsonl')]: '{}\n' });
    },
    findings: [
      { code: 'COVERAGE_NOT_COMPARED' },
      { code: 'MANIFEST_WRONG', ref: MANIFEST, path: told(2), field: 'tree' },
    ],
  },
  'V1 gone, and an archive cut short': {
    damage: (dir) => {
      deleteRefs(dir, V1_REF);
      editTip(dir, archive(2), { [at(B1)]: null });
    },
    findings: [
      { code: 'COVERAGE_NOT_COMPARED' },
      { code: 'GENERATION_JSON_WRONG', ref: archive(2), path: 'generation.json', field: 'oldest_checkpoint_at' },
    ],
  },

  // The manifest.
  'the manifest deleted': {
    damage: (dir) => deleteRefs(dir, MANIFEST),
    findings: [{ code: 'MANIFEST_MISSING', ref: MANIFEST }],
  },
  'an archive that the manifest does not tell of': files(
    MANIFEST,
    { [told(2)]: null },
    { code: 'MANIFEST_INCOMPLETE', ref: MANIFEST, path: told(2) },
  ),
  'the manifest at a blob': {
    damage: (dir) => setRef(dir, MANIFEST, blob(dir, 'no commit')),
    findings: [{ code: 'MANIFEST_UNREADABLE', ref: MANIFEST }],
  },
  'an entry of the manifest that is not JSON': files(
    MANIFEST,
    { [told(2)]: '{' },
    { code: 'MANIFEST_UNREADABLE', ref: MANIFEST, path: told(2) },
  ),
  'a manifest with another tree': entry('tree', (value) => {
    value.tree = 'deadbeef'.repeat(5);
  }),
  'a manifest with another number of checkpoints': entry('checkpoint_count', (value) => {
    value.checkpoint_count = 5;
  }),
  'a manifest with another checkpoint': entry('checkpoints[3]', (value) => {
    value.checkpoints[3] = NOBODY;
  }),
  'a manifest with another time': entry('oldest_checkpoint_at', (value) => {
    value.oldest_checkpoint_at = '2020-01-01T00:00:00Z';
  }),
  'an archive at a blob': {
    damage: (dir) => setRef(dir, archive(2), blob(dir, 'no commit')),
    findings: [{ code: 'GENERATION_UNREADABLE', ref: archive(2) }, ...lost([B1, B2, B3, B4])],
  },
  'full/current with an absent tree': {
    damage: (dir) => replaceTip(dir, CURRENT, (commit) => ({ ...commit, tree: 'deadbeef'.repeat(5) })),
    findings: [
      { code: 'GENERATION_UNREADABLE', ref: CURRENT },
      ...lost([D1, D2]),
      { code: 'OBJECT_GONE', ref: CURRENT },
    ],
  },
  'a date since which V1 got nothing': {
    damage: () => undefined,
    options: { since: '1d' },
    findings: [{ code: 'NOTHING_COMPARED' }],
  },
  'an archive at a commit that is none': {
    damage: (dir) => {
      const input = 'author nobody\n\nno tree\n';
      const id = gitBytes(dir, ['hash-object', '-w', '--literally', '-t', 'commit', '--stdin'], { input });
      // git refuses to point a ref at it.
      mkdirSync(dirname(join(dir, archive(2))), { recursive: true });
      writeFileSync(join(dir, archive(2)), id);
    },
    findings: [{ code: 'GENERATION_UNREADABLE', ref: archive(2) }, ...lost([B1, B2, B3, B4])],
  },
  'an empty archive': {
    damage: (dir) => {
      const commit = readCommit(dir, archive(3));
      const json = entryAt(dir, archive(3), 'generation.json');
      const tree = gitBytes(dir, ['mktree'], { input: `100644 blob ${json.id}\tgeneration.json\n` })
        .toString()
        .trim();
      const message = 'Archive generation 0000000000004\n';
      git(dir, 'update-ref', archive(4), writeCommit(dir, { ...commit, tree, message }));
    },
    findings: [{ code: 'GENERATION_EMPTY', ref: archive(4) }],
  },
  'generations larger than the setting': {
    damage: () => undefined,
    options: { maxCheckpoints: 3 },
    findings: [3, 2, 1].map((number) => ({ code: 'GENERATION_TOO_LARGE', ref: archive(number) })),
  },
  'the newest archive renumbered': {
    damage: (dir) => moveRef(dir, archive(3), archive(4)),
    findings: [{ code: 'GENERATION_NUMBER_WRONG', ref: archive(4) }],
  },
  'an archive renumbered to 0': {
    damage: (dir) => moveRef(dir, archive(1), archive(0)),
    findings: [{ code: 'GENERATION_NUMBER_WRONG', ref: archive(0) }],
  },
  'two archives exchanged': {
    damage: (dir) => {
      moveRef(dir, archive(1), 'refs/heads/aside');
      moveRef(dir, archive(2), archive(1));
      moveRef(dir, 'refs/heads/aside', archive(2));
    },
    findings: [
      { code: 'GENERATION_NUMBER_WRONG', ref: archive(1) },
      { code: 'GENERATION_NUMBER_WRONG', ref: archive(2) },
    ],
  },
  'a generation.json dropped': files(
    archive(2),
    { 'generation.json': null },
    { code: 'GENERATION_JSON_MISSING', ref: archive(2), path: 'generation.json' },
  ),
  'a generation.json with another time': {
    damage: (dir) =>
      editJson(dir, archive(2), 'generation.json', (value) => {
        value.newest_checkpoint_at = '2026-01-01T00:00:00Z';
      }),
    findings: [
      { code: 'GENERATION_JSON_WRONG', ref: archive(2), path: 'generation.json', field: 'newest_checkpoint_at' },
    ],
  },
  'a generation.json of another generation': copy(
    archive(2),
    'generation.json',
    'generation.json',
    { code: 'GENERATION_JSON_WRONG', ref: archive(2), path: 'generation.json', field: 'oldest_checkpoint_at' },
    archive(1),
  ),
  'a generation.json that is not JSON': files(
    archive(2),
    { 'generation.json': '{' },
    { code: 'GENERATION_JSON_WRONG', ref: archive(2), path: 'generation.json' },
  ),
  'a generation.json on full/current': copy(
    CURRENT,
    'generation.json',
    'generation.json',
    { code: 'GENERATION_JSON_MISPLACED', ref: CURRENT, path: 'generation.json' },
    archive(3),
  ),
  'an archive with a parent': {
    damage: (dir) => {
      const parent = git(dir, 'rev-parse', archive(1));
      replaceTip(dir, archive(2), (commit) => ({ ...commit, parents: [parent] }));
    },
    findings: [{ code: 'GENERATION_COMMIT_WRONG', ref: archive(2) }],
  },
  'an archive with another author': archiveCommit(archive(2), (commit) =>
    withHeader(commit, 'author', (value) => value.replace('ckpt <ckpt@localhost>', 'Ada <ada@example.com>')),
  ),
  'an archive with another date': archiveCommit(archive(2), (commit) =>
    withHeader(commit, 'committer', (value) => value.replace(/\d+ \+0000$/, '1800000000 +0000')),
  ),
  'an archive with a signature': archiveCommit(archive(2), (commit) => ({
    ...commit,
    headers: [...commit.headers, SIGNATURE],
  })),
  'an archive with another message': archiveCommit(archive(2), (commit) => ({ ...commit, message: 'Archive\n' })),
  'refs that the layout does not know': {
    damage: (dir) => {
      for (const name of ['full/2', 'full/next', 'spare']) {
        git(dir, 'update-ref', `refs/entire/checkpoints/v2/${name}`, CURRENT);
      }
    },
    findings: ['full/2', 'full/next', 'spare'].map((name) => ({
      code: 'REF_UNKNOWN',
      ref: `refs/entire/checkpoints/v2/${name}`,
    })),
  },

  // The history of main.
  'a commit left out': image('COMMIT_MISSING', vercel, () => []),
  'a merge and its side branch left out': {
    damage: (dir) => replaceImage(dir, merge, () => []),
    findings: [side, side2, merge].map((commit) => ({ code: 'COMMIT_MISSING', ref: MAIN, commit })),
  },
  'a side branch cut off': {
    damage: (dir) => replaceImage(dir, merge, (commit) => ({ ...commit, parents: commit.parents.slice(0, 1) })),
    findings: [side, side2].map((commit) => ({ code: 'COMMIT_MISSING', ref: MAIN, commit })),
  },
  'a commit twice': image('COMMIT_DUPLICATED', vercel, (commit) => [
    commit,
    (parent) => ({ ...commit, parents: [parent] }),
  ]),
  'a commit of nobody in between': {
    damage: (dir) =>
      replaceImage(dir, vercel, (commit) => [
        commit,
        (parent) => ({ ...commit, parents: [parent], message: 'By hand\n' }),
      ]),
    // `commit` is filled in by the test: it is not V1's, but the one that the damage has made.
    findings: [{ code: 'COMMIT_UNKNOWN', ref: MAIN, commit: 'By hand' }],
  },
  'another author': image('COMMIT_AUTHOR_CHANGED', side, (commit) =>
    withHeader(commit, 'author', (value) => value.replace(/.*>/, 'Mallory <m@example.com>')),
  ),
  'another author date': image('COMMIT_AUTHOR_CHANGED', side, (commit) =>
    withHeader(commit, 'author', (value) => value.replace(/ \+0000$/, ' +0100')),
  ),
  'the author of the tip': image('COMMIT_AUTHOR_CHANGED', GOOD.tip, (commit) =>
    withHeader(commit, 'author', (value) => value.replace(/.*>/, 'Mallory <m@example.com>')),
  ),
  'another committer': image('COMMIT_COMMITTER_CHANGED', side, (commit) =>
    withHeader(commit, 'committer', (value) => value.replace(/.*>/, 'GitHub <noreply@github.com>')),
  ),
  'another commit date': image('COMMIT_COMMITTER_CHANGED', before, (commit) =>
    withHeader(commit, 'committer', (value) => value.replace(/\d+ \+0000$/, '1800000000 +0000')),
  ),
  'another message': image('COMMIT_MESSAGE_CHANGED', before, (commit) => ({
    ...commit,
    message: commit.message.replace('Entire-Strategy: manual-commit\n', ''),
  })),
  'a signature kept': image('COMMIT_HEADERS_CHANGED', signed, (commit) => ({
    ...commit,
    headers: [...commit.headers, SIGNATURE],
  })),
  'the parents of a merge exchanged': image('COMMIT_PARENTS_CHANGED', merge, (commit) => ({
    ...commit,
    parents: [...commit.parents].reverse(),
  })),
};
