import { describe, expect, it } from 'vitest';
import { type CheckpointId, isCheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../../src/checkpoint/files.ts';
import { checkpointPath } from '../../src/checkpoint/roles.ts';
import { BadObjectError } from '../../src/git/errors.ts';
import type { Repository } from '../../src/git/repository.ts';
import { filesBelow } from '../../src/layout/folder-files.ts';
import type { CheckpointView, FileEntry, Layout, Scope, View } from '../../src/layout/layout.ts';
import { listLayoutRefs } from '../../src/layout/layouts.ts';
import { REMOTE_BRANCH_REF } from '../../src/layout/ref-names.ts';
import { git, gitBytes, gitResult } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { historyScenarios, realScenarios, type Scenario } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { BOTH_ENGINES, ENGINES, withRepository } from '../migrate/support.ts';
import { removeObject } from '../verify/damage.ts';

/** A layout under test. */
export interface LayoutBench {
  readonly layout: Layout;
  /** Makes the layout's refs out of the V1 branch of a repository. */
  prepare(dir: string): Promise<void>;
  /** The paths of the layout's own files, which V1 lacks, outside of checkpoints. */
  readonly own: RegExp;
}

const listed = new Map<string, Map<string, string>>();

/** Mode and id of each file of a commit's tree, by its path: bytes as latin1. */
function filesOf(dir: string, commit: string): Map<string, string> {
  const key = `${dir} ${commit}`;
  const known = listed.get(key) ?? readFilesOf(dir, commit);
  listed.set(key, known);
  return known;
}

function readFilesOf(dir: string, commit: string): Map<string, string> {
  const lines = gitBytes(dir, ['ls-tree', '-r', '-z', '--full-tree', commit]).toString('latin1').split('\0');
  return new Map(
    lines.filter(Boolean).map((line) => {
      const tab = line.indexOf('\t');
      const [mode, , id] = line.slice(0, tab).split(' ');
      return [line.slice(tab + 1), `${mode} ${id}`];
    }),
  );
}

/** The checkpoint that a path of V1's tree lies in, and the path in it. */
function split(path: string): { id: CheckpointId; below: string } | undefined {
  const [shard = '', rest = '', ...below] = path.split('/');
  const id = shard + rest;
  return shard.length === 2 && below.length > 0 && isCheckpointId(id) ? { id, below: below.join('/') } : undefined;
}

/** The files of each checkpoint in V1, as git lists them, and those in none. */
function plainOf(dir: string) {
  const commit = gitResult(dir, ['rev-parse', '-q', '--verify', V1_REF]).status === 0 ? V1_REF : REMOTE_BRANCH_REF;
  const checkpoints = new Map<CheckpointId, Map<string, string>>();
  const outside = new Map<string, string>();
  for (const [path, file] of filesOf(dir, commit)) {
    const place = split(path);
    if (place === undefined) outside.set(path, file);
    else checkpoints.set(place.id, (checkpoints.get(place.id) ?? new Map()).set(place.below, file));
  }
  return { checkpoints, outside, ids: [...checkpoints.keys()].sort() };
}

/** As git lists it, which knows no mode of an old writer's. */
const described = ({ mode, id }: FileEntry) => `${mode === '100664' ? '100644' : mode} ${id}`;

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

/** What every layout must do, with both engines, over every shape of history and of checkpoints that the scenarios have. */
export function conformsTo({ layout, prepare, own }: LayoutBench): void {
  const open = async (repo: Repository): Promise<View> => {
    const view = layout.open(repo, layout.refs(await listLayoutRefs(repo)));
    if (view === undefined) throw new Error(`no ${layout.name}`);
    return view;
  };
  const made = async (scenario: Scenario) => {
    const dir = tempDir();
    await scenario(dir);
    await prepare(dir);
    return dir;
  };
  const read = async (view: View, scope?: Scope): Promise<CheckpointView[]> => collect(view.checkpoints(scope));

  /** The summary as the layout should have it; one that is absent or a link stays. */
  const expectedFile = (dir: string, id: CheckpointId, path: string, file: string): string => {
    const [mode = '', blob = ''] = file.split(' ');
    if (checkpointPath(path).role !== 'summary' || !mode.startsWith('100')) return file;
    // Git-refs have every summary as a plain file.
    const written = layout.name === 'refs' ? '100644' : mode;
    if (gitResult(dir, ['cat-file', '-e', blob]).status !== 0) return `${written} ${blob}`;
    const content = layout.fromPlain(gitBytes(dir, ['cat-file', 'blob', blob]), id);
    return `${written} ${gitBytes(dir, ['hash-object', '--stdin'], { input: content }).toString().trim()}`;
  };

  const expectPlaced = (dir: string, view: View, id: CheckpointId, files: readonly FileEntry[]) => {
    const trees = new Map(files.map(({ ref }) => [ref, filesOf(dir, ref)]));
    for (const file of files) {
      const place = layout.place(id, file.path);
      if (place.ref === 'a generation') expect(file.ref).toMatch(/^refs\/entire\/checkpoints\/v2\/full\//);
      else expect(file.ref).toBe(place.ref === V1_REF ? view.where : place.ref);
      expect(trees.get(file.ref)?.get(place.path)).toBe(described(file));
    }
  };

  const expectSessions = ({ files, sessions }: CheckpointView) => {
    const numbers = sessions.map(({ name }) => Number(name));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    for (const { name, files: inSession, transcript } of sessions) {
      expect(inSession).toEqual(files.filter(({ path }) => path.startsWith(`${name}/`)));
      const pieces = inSession.filter(({ role }) => role === 'transcript').map(({ path }) => path);
      expect(transcript === undefined).toBe(pieces.length === 0);
      expect(pieces).toEqual(expect.arrayContaining(transcript?.pieces.map(({ path }) => path) ?? []));
      if (transcript?.hash !== undefined) expect(inSession).toContain(transcript.hash);
    }
  };

  const expectCheckpoint = async (dir: string, repo: Repository, view: View, checkpoint: CheckpointView) => {
    const { id, at, tree, files } = checkpoint;
    const all = await filesBelow(repo, files);
    const plain = [...(plainOf(dir).checkpoints.get(id) ?? [])].map(([path, file]): [string, string] => {
      return [path, expectedFile(dir, id, path, file)];
    });
    expect(new Map(all.map((file) => [file.path, described(file)]))).toEqual(new Map(plain));
    expectPlaced(dir, view, id, all);
    expect(all.map(({ path, role }) => [path, role])).toEqual(all.map(({ path }) => [path, checkpointPath(path).role]));
    expect(tree).toBe((await view.folders({ ids: new Set([id]) })).get(id));
    expect(view.refs).toContain(at);
    expectSessions(checkpoint);
  };

  it(`${layout.name} is what its properties say`, () => {
    const [one, other] = ['a1b2c3d4e5f6', 'b1b2c3d4e5f6'] as [CheckpointId, CheckpointId];
    const refOf = (id: CheckpointId, path: string) => layout.place(id, path).ref;
    expect(layout.hasGenerations).toBe(refOf(one, '0/full.jsonl') === 'a generation');
    expect(layout.hasRefPerCheckpoint).toBe(refOf(one, METADATA_FILE) !== refOf(other, METADATA_FILE));
    const summary = Buffer.from(`{"sessions":[{"transcript":"/a1/b2c3d4e5f6/0/full.jsonl"}],"checkpoint_id":"${one}"}`);
    const written = layout.fromPlain(summary, one);
    const plain = layout.toPlain?.(written, one) ?? written;
    expect(layout.fromPlain(plain, one).toString()).toBe(written.toString());
  });

  const scenarios: Array<[string, Scenario]> = Object.entries({ ...realScenarios, ...historyScenarios });
  it.each(share(scenarios, 7))(`${layout.name} holds what V1 has: %s`, async (_, scenario) => {
    const dir = await made(scenario);
    const { ids, outside } = plainOf(dir);
    for (const engine of BOTH_ENGINES) {
      await withRepository(dir, engine, async (repo) => {
        const view = await open(repo);
        const views = await read(view);
        expect(await view.ids()).toEqual(views.map(({ id }) => id));
        expect([...(await view.folders()).keys()]).toEqual(views.map(({ id }) => id));
        for (const one of views) await expectCheckpoint(dir, repo, view, one);
        // Git lists no folder without a file.
        expect(views.filter(({ files }) => files.length > 0).map(({ id }) => id)).toEqual(ids);
        const found = (await filesBelow(repo, await collect(view.outside()))).filter(({ path }) => !own.test(path));
        expect(new Map(found.map((file) => [file.path, described(file)]))).toEqual(outside);
        expect(found.every(({ role }) => role === 'outside')).toBe(true);
      });
    }
  });

  describe.each(ENGINES)(`${layout.name} (%s)`, (engine) => {
    it('finds single checkpoints, and beginnings of IDs, without the others', async () => {
      const dir = await made(historyScenarios.ulids);
      const { ids } = plainOf(dir);
      await withRepository(dir, engine, async (repo) => {
        const view = await open(repo);
        for (const id of ids) {
          for (const prefix of [id, id.slice(0, 1), id.slice(0, 2), id.slice(0, 7)]) {
            expect(await view.ids([prefix])).toEqual(ids.filter((one) => one.startsWith(prefix)));
          }
          expect((await read(view, { ids: new Set([id]) })).map((one) => one.id)).toEqual([id]);
        }
        expect(await view.ids(['zz'])).toEqual([]);
        expect(await read(view, { ids: new Set(['ffffffffffff' as CheckpointId]) })).toEqual([]);
        expect(await read(view, { ids: new Set() })).toEqual([]);
      });
    });

    it('gives the files of the roles that are asked for', async () => {
      const dir = await made(realScenarios.tasks);
      await withRepository(dir, engine, async (repo) => {
        const view = await open(repo);
        const whole = await read(view);
        const some = await read(view, { roles: ['metadata', 'prompts'] });
        const pick = (views: CheckpointView[]) =>
          views.flatMap(({ files }) => files.filter(({ role }) => role === 'metadata' || role === 'prompts'));
        expect(pick(some)).toEqual(pick(whole));
        expect(pick(some).length).toBeGreaterThan(0);
      });
    });

    it.each(share(Object.entries(historyScenarios), 7))('gives its history as changes: %s', async (_, scenario) => {
      const dir = await made(scenario);
      await withRepository(dir, engine, async (repo) => {
        const view = await open(repo);
        const known = new Map<string, Map<CheckpointId, string>>();
        const commits = await collect(view.history());
        for (const { id, refs, commit, changes } of commits) {
          const folders = new Map(known.get(commit.parents[0] ?? ''));
          for (const [checkpoint, folder] of changes) {
            expect(folders.get(checkpoint)).not.toBe(folder ?? undefined);
            if (folder === null) folders.delete(checkpoint);
            else folders.set(checkpoint, folder);
          }
          known.set(id, folders);
          for (const [checkpoint, folder] of folders) {
            const { path } = layout.place(checkpoint, '');
            const spec = `${id}${path === '' ? '^{tree}' : `:${path.replace(/\/$/, '')}`}`;
            expect(git(dir, 'rev-parse', spec)).toBe(folder);
          }
          expect(view.refs.map(({ name }) => name)).toEqual(expect.arrayContaining([...refs]));
        }
        const [middle] = commits.slice(Math.floor(commits.length / 2));
        const rest = await collect(view.history(middle?.id));
        const left = new Set(rest.map(({ id }) => id));
        expect(rest).toEqual(commits.filter(({ id }) => left.has(id)));
        expect(left.has(middle?.id as never)).toBe(false);
        for (const tip of view.tips) expect(known.has(tip)).toBe(true);
        const atTips = new Map(view.tips.flatMap((tip) => [...(known.get(tip) ?? [])]));
        expect(atTips).toEqual(await view.folders());
      });
    });

    it('is not there where it has no ref, and no other layout’s refs are taken for its own', async () => {
      const dir = await made(realScenarios.plain);
      await withRepository(dir, engine, async (repo) => {
        const all = await listLayoutRefs(repo);
        const mine = layout.refs(all);
        expect(mine.length).toBeGreaterThan(0);
        expect(layout.refs(all.filter((ref) => !mine.includes(ref)))).toEqual([]);
        expect(layout.open(repo, [])).toBeUndefined();
      });
    });

    it('says which tree is absent', async () => {
      const dir = await made(realScenarios.plain);
      const [id] = plainOf(dir).ids;
      const tree = await withRepository(dir, engine, async (repo) =>
        (await (await open(repo)).folders()).get(id as CheckpointId),
      );
      removeObject(dir, tree as string);
      await withRepository(dir, engine, async (repo) => {
        const view = await open(repo);
        expect(await view.ids()).toContain(id);
        await expect(read(view)).rejects.toThrow(BadObjectError);
        await expect(read(view)).rejects.toThrow(tree);
      });
    });
  });
}
