import { expect } from 'vitest';
import { git, gitResult, refs } from '../fixtures/git.ts';
import { V2_MAIN } from '../fixtures/reference.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { V2_PREFIX } from './support.ts';

/** Files by path, with their ids. */
export type Files = Readonly<Record<string, string>>;

/** The files at a commit, by git alone. */
export function filesAt(dir: string, commit: string): Files {
  const lines = git(dir, 'ls-tree', '-r', commit).split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const match = /^\d+ \w+ ([0-9a-f]+)\t(.*)$/.exec(line);
      return match === null ? [] : [[match[2] ?? '', match[1] ?? '']];
    }),
  );
}

/** The files of every V2 ref. */
export function allFiles(dir: string): Record<string, Files> {
  return Object.fromEntries(Object.entries(refs(dir, V2_PREFIX)).map(([ref, id]) => [ref, filesAt(dir, id)]));
}

const FULL_FILE = /^(?:full\.jsonl(?:\.\d{3,})?|content_hash\.txt|full\.log)$/;
const isSummary = (path: string) => /^..\/.{10}\/metadata\.json$/.test(path);

/**
 * Nothing that a foreign V2 had was removed or changed: every file is where it was, with its content. Only summaries may have
 * got longer lists, and the `generation.json` of an archive that was added to be new. `moved` are refs that were rotated.
 */
export function expectNothingLost(dir: string, before: Record<string, Files>, moved: readonly string[] = []): void {
  const after = allFiles(dir);
  for (const [ref, files] of Object.entries(before)) {
    if (moved.includes(ref)) continue;
    const kept = Object.keys(files).filter((path) => !isSummary(path));
    expect(pickPaths(after[ref] ?? {}, kept), ref).toEqual(pickPaths(files, kept));
    for (const path of Object.keys(files).filter(isSummary)) {
      expectOnlyAppended(dir, files[path] ?? '', after[ref]?.[path] ?? '');
    }
  }
}

function pickPaths(files: Files, paths: readonly string[]): Files {
  return Object.fromEntries(paths.map((path) => [path, files[path] ?? 'gone']));
}

/** The summary is the same text but for more entries at the end of its list. */
function expectOnlyAppended(dir: string, before: string, after: string): void {
  if (before === after) return;
  const old = git(dir, 'cat-file', 'blob', before);
  const now = git(dir, 'cat-file', 'blob', after);
  let same = 0;
  while (same < old.length && old[same] === now[same]) same++;
  // What is left of the old text closes the list and the object.
  expect(old.slice(same)).toMatch(/^[\s\]}]*$/);
  expect(now.endsWith(old.slice(same))).toBe(true);
  const { sessions: _, ...fields } = JSON.parse(now);
  const { sessions: __, ...oldFields } = JSON.parse(old);
  expect(fields).toEqual(oldFields);
}

/**
 * Each V1 session is on `main` by its session ID, listed, and each file of `full/*` is in a generation by its blob id. `before` is what
 * V2 had before the migration.
 */
export function expectAllThere(
  dir: string,
  before: Record<string, Files>,
  except: { transcriptsOf?: readonly string[] } = {},
): void {
  const v1 = filesAt(dir, V1_REF);
  const after = allFiles(dir);
  const main = after[V2_MAIN] ?? {};
  const full = Object.entries(after).filter(([ref]) => ref !== V2_MAIN);
  for (const [path, id] of Object.entries(v1)) {
    const match = /^([0-9a-f]{2})\/([0-9a-f]{10})\/(?:(\d+)\/)?(.*)$/.exec(path);
    if (match === null) {
      expect(main[path], path).toBeDefined();
      continue;
    }
    const [, shard, rest, number, file = ''] = match;
    const home = `${shard}/${rest}/`;
    if ((number !== undefined && FULL_FILE.test(file)) || /(?:^|\/)tasks\//.test(file)) {
      if (except.transcriptsOf?.includes(`${shard}${rest}`)) continue;
      const found = full.some(([, files]) => Object.entries(files).some(([p, i]) => p.startsWith(home) && i === id));
      expect(found, `${path} in a generation`).toBe(true);
    } else if (number === undefined) {
      expect(main[path], path).toBeDefined();
    } else {
      const sessionId = sessionIdOf(dir, v1[`${home}${number}/metadata.json`]);
      if (sessionId === undefined) continue;
      const places = Object.keys(main).filter(
        (p) => p.startsWith(home) && /^\d+\/metadata\.json$/.test(p.slice(home.length)),
      );
      const numbers = places.filter((p) => sessionIdOf(dir, main[p]) === sessionId).map((p) => p.split('/')[2]);
      expect(numbers.length, `${path}: session ${sessionId} on main`).toBeGreaterThan(0);
      expect(
        numbers.some((n) => main[`${home}${n}/${file}`] !== undefined),
        `${path} on main`,
      ).toBe(true);
      // A summary that was taken over from V1 as a whole lists what V1's lists.
      if (before[V2_MAIN]?.[`${home}metadata.json`] === undefined) continue;
      const summary = git(dir, 'cat-file', 'blob', main[`${home}metadata.json`] ?? '');
      for (const n of numbers) expect(summary).toContain(`/${home}${n}/`);
    }
  }
  // As many folders with a session ID as V1 has: none became one with another.
  for (const [sessionKey, count] of countSessions(dir, v1)) {
    expect(countSessions(dir, main).get(sessionKey) ?? 0, sessionKey).toBeGreaterThanOrEqual(count);
  }
}

function countSessions(dir: string, files: Files): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [path, id] of Object.entries(files)) {
    const match = /^(..\/.{10})\/\d+\/metadata\.json$/.exec(path);
    const sessionId = match === null ? undefined : sessionIdOf(dir, id);
    if (match !== null && sessionId !== undefined) {
      const key = `${match[1]} ${sessionId}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

const known = new Map<string, string | undefined>();

function sessionIdOf(dir: string, blob: string | undefined): string | undefined {
  if (blob === undefined) return undefined;
  const key = dir + blob; // what one repository has may be absent from another
  if (!known.has(key)) {
    const { status, stdout } = gitResult(dir, ['cat-file', 'blob', blob]);
    try {
      known.set(key, status === 0 ? JSON.parse(stdout.toString()).session_id : undefined);
    } catch {
      known.set(key, undefined);
    }
  }
  return known.get(key);
}
