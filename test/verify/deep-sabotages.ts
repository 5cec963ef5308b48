import { readFileSync, writeFileSync } from 'node:fs';
import { ckpt } from '../commands/ckpt.ts';
import { looseFile, removeObject } from '../fixtures/damaged-objects.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { contentHash, transcriptText, V1_REF } from '../fixtures/v1-builder.ts';
import { oneOf } from '../redaction/secrets.ts';
import { editJson, editTip, treeWith } from './damage.ts';
import { archive, at, CURRENT, GENERATIONS, MAIN, MAX_CHECKPOINTS, NOBODY, place, type Sabotage } from './sabotages.ts';

const [[A1, A2], [B1]] = GENERATIONS;
const [D1] = GENERATIONS[3];
const DEEP = { deep: true } as const;
const NOT_JSON = '{"a":1}\n{"a":\n\n"b"\nnot json\n';

const idOf = (dir: string, ref: string, path: string) => git(dir, 'rev-parse', `${ref}:${path}`);

/** V1 gets one more checkpoint, whose session has these files, and V2 follows. */
function inV1(dir: string, files: Readonly<Record<string, string>>): void {
  const all = { 'metadata.json': '{"session_id":"one"}', 'content_hash.txt': '', 'full.jsonl': '', ...files };
  const placed = Object.entries(all).map(([name, content]) => [at(NOBODY, `0/${name}`), content]);
  const tree = treeWith(
    dir,
    V1_REF,
    Object.fromEntries([...placed, [at(NOBODY, 'metadata.json'), '{"sessions":[{}]}']]),
  );
  git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-p', V1_REF, '-m', 'More', tree));
  const { code, stderr } = ckpt(['migrate', '--repo', dir, '--quiet', '--max-checkpoints', String(MAX_CHECKPOINTS)]);
  if (code !== 0) throw new Error(stderr);
}

/** What V1 itself has wrong: one finding, and both layouts are consistent. */
const wrongInV1 = (
  code: 'V1_HASH_WRONG' | 'V1_HASH_MALFORMED' | 'V1_NOT_JSON',
  file: string,
  files: Readonly<Record<string, string>>,
): Sabotage => ({
  damage: (dir) => inV1(dir, files),
  options: DEEP,
  findings: [{ code, ...place(V1_REF, NOBODY, `0/${file}`) }],
});

/** Half of a message object, which is too large to be put together with another one. */
const LARGE_PIECE = `{"messages":[{"text":"${' '.repeat(66 << 20)}"}]}`;

/** Damages that only `--deep` tells, or of which it tells more. */
export const DEEP_SABOTAGES: Readonly<Record<string, Sabotage>> = {
  'a transcript that does not match its hash': {
    damage: (dir) => editTip(dir, CURRENT, { [at(D1, '0/full.jsonl')]: transcriptText('another') }),
    options: DEEP,
    findings: [{ code: 'TRANSCRIPT_HASH_WRONG', ...place(CURRENT, D1, '0/content_hash.txt') }],
  },
  'a hash that does not match its transcript': {
    damage: (dir) => editTip(dir, archive(2), { [at(B1, '0/content_hash.txt')]: contentHash('another') }),
    options: DEEP,
    findings: [{ code: 'TRANSCRIPT_HASH_WRONG', ...place(archive(2), B1, '0/content_hash.txt') }],
  },
  'a hash that is none': {
    damage: (dir) => editTip(dir, CURRENT, { [at(D1, '0/content_hash.txt')]: 'sha256:0123' }),
    options: DEEP,
    findings: [{ code: 'TRANSCRIPT_HASH_MALFORMED', ...place(CURRENT, D1, '0/content_hash.txt') }],
  },
  'a transcript of V2 alone without a hash': {
    damage: (dir) => editTip(dir, CURRENT, { [at(NOBODY, '0/full.jsonl')]: transcriptText('only here') }),
    options: DEEP,
    findings: [
      { code: 'CHECKPOINT_ONLY_IN_V2', ...place(CURRENT, NOBODY) },
      { code: 'TRANSCRIPT_HASH_MISSING', ...place(CURRENT, NOBODY, '0/full.jsonl') },
    ],
  },
  'a transcript with lines that are not JSON': {
    damage: (dir) =>
      editTip(dir, CURRENT, {
        [at(D1, '0/full.jsonl')]: NOT_JSON,
        [at(D1, '0/content_hash.txt')]: contentHash(NOT_JSON),
      }),
    options: DEEP,
    findings: [{ code: 'TRANSCRIPT_NOT_JSON', ...place(CURRENT, D1, '0/full.jsonl') }],
  },
  'an object in pieces that is too large to be put together': {
    isLarge: true,
    damage: (dir) =>
      editTip(dir, CURRENT, {
        [at(NOBODY, '0/full.jsonl')]: LARGE_PIECE,
        [at(NOBODY, '0/full.jsonl.001')]: LARGE_PIECE,
        [at(NOBODY, '0/content_hash.txt')]: contentHash('the whole'),
      }),
    options: DEEP,
    findings: [
      { code: 'CHECKPOINT_ONLY_IN_V2', ...place(CURRENT, NOBODY) },
      { code: 'TRANSCRIPT_NOT_CHECKED', ...place(CURRENT, NOBODY, '0/full.jsonl') },
    ],
  },
  'a summary that names a file which is nowhere': {
    damage: (dir) =>
      editJson(dir, MAIN, at(A1, 'metadata.json'), ({ sessions }) => {
        sessions[0].prompt = `/${at(A1, '0/nowhere.txt')}`;
      }),
    options: DEEP,
    findings: [{ code: 'SUMMARY_PATH_DANGLING', ...place(MAIN, A1, 'metadata.json'), field: 'sessions[0].prompt' }],
  },
  'a summary on main whose object is gone': {
    damage: (dir) => removeObject(dir, idOf(dir, MAIN, at(A1, 'metadata.json'))),
    options: DEEP,
    findings: [{ code: 'OBJECT_GONE', ...place(MAIN, A1, 'metadata.json') }],
  },
  'a folder on main whose tree is gone': {
    damage: (dir) => removeObject(dir, idOf(dir, MAIN, at(A2))),
    options: DEEP,
    findings: [{ code: 'OBJECT_GONE', ...place(MAIN, A2) }],
  },
  'a tree that only the history of main has is gone': {
    damage: (dir) => removeObject(dir, git(dir, 'rev-parse', `${MAIN}~4^{tree}`)),
    options: DEEP,
    findings: [{ code: 'OBJECT_GONE', ref: MAIN }],
  },
  'a commit on main is gone': {
    damage: (dir) => removeObject(dir, git(dir, 'rev-parse', `${MAIN}~4`)),
    options: DEEP,
    findings: [{ code: 'OBJECT_GONE', ref: MAIN }],
  },
  'a transcript whose object has the content of another one': {
    damage: (dir) => {
      const [file, other] = [A1, A2].map((id) => looseFile(dir, idOf(dir, archive(1), at(id, '0/full.jsonl'))));
      writeFileSync(file as string, readFileSync(other as string));
    },
    options: DEEP,
    findings: [{ code: 'OBJECT_DAMAGED', ...place(V1_REF, A1, '0/full.jsonl') }],
  },
  'a transcript whose object is cut off': {
    damage: (dir) => {
      const file = looseFile(dir, idOf(dir, archive(1), at(A1, '0/full.jsonl')));
      const content = readFileSync(file);
      writeFileSync(file, content.subarray(0, content.length >> 1));
    },
    options: DEEP,
    findings: [{ code: 'OBJECT_DAMAGED', ...place(V1_REF, A1, '0/full.jsonl') }],
  },
  'a transcript whose object is empty': {
    damage: (dir) => writeFileSync(looseFile(dir, idOf(dir, archive(1), at(A1, '0/full.jsonl'))), ''),
    options: DEEP,
    findings: [{ code: 'OBJECT_DAMAGED', ...place(V1_REF, A1, '0/full.jsonl') }],
  },
  'a partial clone without the longest transcript': {
    damage: () => undefined,
    elsewhere: (dir) => {
      const size = Number(git(dir, 'cat-file', '-s', `${V1_REF}:${at(A1, '0/full.jsonl')}`));
      const clone = `${dir}-partial`;
      git(dir, 'config', 'uploadpack.allowFilter', 'true');
      initRepository({ dir: clone, bare: true });
      git(clone, 'remote', 'add', 'origin', `file://${dir}`);
      git(
        clone,
        'fetch',
        '-q',
        `--filter=blob:limit=${size}`,
        'origin',
        '+refs/heads/*:refs/heads/*',
        '+refs/entire/*:refs/entire/*',
      );
      return clone;
    },
    options: DEEP,
    findings: [{ code: 'OBJECT_PROMISED', ...place(V1_REF, A1, '0/full.jsonl') }],
  },
  'a transcript whose object is gone, in V1 as well': {
    damage: (dir) => removeObject(dir, idOf(dir, archive(1), at(A1, '0/full.jsonl'))),
    options: DEEP,
    findings: [{ code: 'V1_OBJECT_GONE', ...place(V1_REF, A1, '0/full.jsonl') }],
  },
  'a hash that is wrong in V1 already': wrongInV1('V1_HASH_WRONG', 'content_hash.txt', {
    'content_hash.txt': contentHash('before it was redacted again'),
  }),
  'a hash that is none in V1 already': wrongInV1('V1_HASH_MALFORMED', 'content_hash.txt', {
    'content_hash.txt': 'md5:0',
  }),
  'a transcript that is not JSON in V1 already': wrongInV1('V1_NOT_JSON', 'full.jsonl', {
    'full.jsonl': NOT_JSON,
    'content_hash.txt': contentHash(NOT_JSON),
  }),
  'a secret that redaction would have taken out': {
    damage: (dir) =>
      inV1(dir, {
        'prompt.txt': `Deploy it\nwith ${oneOf('GitHub token').text}\n`,
        'content_hash.txt': contentHash(''),
      }),
    options: { deep: true, secrets: true },
    findings: [{ code: 'SECRET_FOUND', ...place(MAIN, NOBODY, '0/prompt.txt'), line: 2 }],
  },
};
