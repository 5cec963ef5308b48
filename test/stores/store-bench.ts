import { describe } from 'vitest';
import type { SessionWrite, TranscriptSource } from '../../src/checkpoint/session-write.ts';
import type { FullCurrentMode } from '../../src/generations/generation.ts';
import type { EngineName, Repository } from '../../src/git/repository.ts';
import { V1 } from '../../src/layout/v1-layout.ts';
import { V2 } from '../../src/layout/v2-layout.ts';
import type { Author } from '../../src/stores/author.ts';
import { SessionWriter } from '../../src/stores/session-writer.ts';
import { git, gitBytes, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, withRepository } from '../migrate/support.ts';

export const ID = 'a3b2c4d5e6f7';
export const FOLDER = 'a3/b2c4d5e6f7';

/** Who writes in these tests, and when: 2023-11-14T22:13:20Z. */
export const AUTHOR: Author = { name: 'Ada Tëster', email: 'ada@example.com', date: new Date(1_700_000_000_000) };

/** A writer to V1. */
export function v1Writer(repo: Repository): SessionWriter {
  const generations = { mode: 'accumulate', maxCheckpoints: 100 } as const;
  return new SessionWriter(repo, AUTHOR, { layout: V1, generations });
}

/** A writer to V2 alone. */
export function v2Writer(repo: Repository, mode: FullCurrentMode = 'accumulate', maxCheckpoints = 100): SessionWriter {
  return new SessionWriter(repo, AUTHOR, { layout: V2, generations: { mode, maxCheckpoints } });
}

/** The same tests for each engine, on repositories that are removed afterwards. */
export function describeStores(
  title: string,
  tests: (bench: {
    readonly engine: EngineName;
    readonly newRepo: (v1?: (builder: V1Builder) => void) => string;
    readonly use: <T>(dir: string, work: (repo: Repository) => Promise<T>) => Promise<T>;
  }) => void,
): void {
  describe.each(ENGINES)(`${title} (%s)`, (engine) => {
    tests({
      engine,
      newRepo: (v1) => {
        const dir = initRepository({ dir: tempDir(), bare: true });
        if (v1 === undefined) return dir;
        const builder = new V1Builder();
        v1(builder);
        builder.write(dir, { init: false });
        return dir;
      },
      use: (dir, work) => withRepository(dir, engine, work),
    });
  });
}

/** A transcript out of a text. */
export function source(text: string | Buffer): TranscriptSource {
  return async function* () {
    yield Buffer.from(text);
  };
}

/** A write of a session with usual metadata. */
export function sessionWrite(sessionId: string, more: Partial<SessionWrite> = {}): SessionWrite {
  return {
    checkpointId: ID,
    sessionId,
    ...more,
    metadata: {
      cli_version: '0.6.3',
      strategy: 'manual-commit',
      created_at: '2026-01-01T10:00:00Z',
      branch: 'main',
      checkpoints_count: 1,
      files_touched: ['README.md'],
      agent: 'Claude Code',
      ...more.metadata,
    },
  };
}

/** The paths of all files below a ref's tree, with their modes, sorted. */
export function filesOf(dir: string, ref: string): string[] {
  const lines = git(dir, 'ls-tree', '-r', ref).split('\n');
  return lines.filter(Boolean).map((line) => line.replace(/^(\d+) \w+ \w+\t/, '$1 '));
}

/** The content of a file in a ref's tree, as text. */
export function fileOf(dir: string, ref: string, path: string): string {
  return gitBytes(dir, ['cat-file', 'blob', `${ref}:${path}`]).toString();
}

export function jsonOf(dir: string, ref: string, path: string): Record<string, unknown> {
  return JSON.parse(fileOf(dir, ref, path));
}

/** How many objects were read and written through a repository. */
export interface Counts {
  read: number;
  written: number;
}

/** A repository that counts the objects read and written through it. */
export function counting(repo: Repository): { readonly repo: Repository; readonly counts: Counts } {
  const counts: Counts = { read: 0, written: 0 };
  const counted = new Proxy(repo, {
    get(target, name) {
      if (name === 'readObjects' || name === 'objectInfo') {
        return (ids: never) => {
          counts.read += (ids as readonly unknown[]).length;
          return target[name](ids);
        };
      }
      if (name === 'objectWriter') {
        return () => {
          const writer = target.objectWriter();
          return {
            get pending() {
              return writer.pending;
            },
            add: writer.add.bind(writer),
            flush: () => {
              counts.written += writer.pending;
              return writer.flush();
            },
          };
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { repo: counted, counts };
}

/** IDs of many checkpoints, spread over the shards. */
export function manyIds(count: number): string[] {
  return Array.from({ length: count }, (_, i) => ((i * 2654435761) % 2 ** 32).toString(16).padStart(8, '0') + hex4(i));
}

function hex4(number: number): string {
  return number.toString(16).padStart(4, '0');
}
