import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import type { VerifyReport } from '../../src/verify/report.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { ckpt } from '../commands/ckpt.ts';
import { removeObject } from '../fixtures/damaged-objects.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { peakSaid, sayingPeak } from '../fixtures/peak-memory.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { contentHash, shardPath, transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn, withRepository } from '../migrate/support.ts';
import { oneOf } from '../redaction/secrets.ts';

const ONE = 'a3b2c4d5e6f7';
const TWO = 'b10000000002';
const MAIN = 'refs/entire/checkpoints/v2/main';

const deepIn = (dir: string, engine: EngineName, options: VerifyOptions = {}): Promise<VerifyReport> =>
  withRepository(dir, engine, (repo) => verify(repo, { deep: true, ...options }));

/** A repository with a V1 and its V2. */
async function migrated(build: (v1: V1Builder) => void): Promise<string> {
  const dir = join(tempDir('file'), 'repo');
  const v1 = new V1Builder();
  build(v1);
  v1.write(dir);
  await migrateIn(dir);
  return dir;
}

/** JSON objects as a writer splits one, and the hash of the whole. */
function objectInPieces() {
  const messages = Array.from({ length: 6 }, (_, i) => ({ role: 'user', text: `message ${i}` }));
  const json = (some: unknown[]) => JSON.stringify({ sessionId: 's', messages: some }, null, 2);
  const pieces = [messages.slice(0, 3), messages.slice(3)].map(json);
  return { pieces, hash: contentHash(json(messages)) };
}

describe.each(ENGINES)('verify --deep (%s)', (engine) => {
  test('puts pieces together as the writer took them apart: by lines, and an object by its messages', async () => {
    const { pieces, hash } = objectInPieces();
    const dir = await migrated((v1) => {
      v1.checkpoint(ONE, { sessions: [{ transcript: transcriptText('long', 40), chunkBytes: 300 }] });
      const files = { 'full.jsonl': pieces[0], 'full.jsonl.001': pieces[1], 'content_hash.txt': hash };
      v1.checkpoint(TWO, {
        sessions: [
          {
            transcript: null,
            files: Object.fromEntries(
              Object.entries(files).map(([name, content]) => [name, { content: content ?? '' }]),
            ),
          },
        ],
      });
    });
    expect(git(dir, 'ls-tree', '--name-only', V1_REF, `${shardPath(ONE)}/0/full.jsonl.001`)).not.toBe('');
    const { findings, deep } = await deepIn(dir, engine);
    expect(findings.filter(({ code }) => code.startsWith('TRANSCRIPT_') || /HASH|JSON/.test(code))).toEqual([]);
    expect(deep?.transcriptCount).toBe(2);
  });

  test('looks at the checkpoints alone that are asked for', async () => {
    const dir = await migrated((v1) => {
      v1.checkpoint(ONE, { sessions: [{ contentHash: 'wrong' }] });
      v1.checkpoint(TWO, { sessions: [{ contentHash: 'wrong' }] });
    });
    const { findings, deep } = await deepIn(dir, engine, { checkpoints: [TWO] });
    expect(findings.map(({ code, checkpoint }) => [code, checkpoint])).toEqual([['V1_HASH_WRONG', TWO]]);
    expect(deep?.transcriptCount).toBe(1);
    expect((await deepIn(dir, engine)).findings.map(({ checkpoint }) => checkpoint)).toEqual([ONE, TWO]);
  });

  test('counts as read only what is here', async () => {
    const dir = await migrated((v1) => {
      v1.checkpoint(ONE, { sessions: [{}] });
      v1.checkpoint(TWO, { sessions: [{}] });
    });
    const whole = (await deepIn(dir, engine)).deep;
    removeObject(dir, git(dir, 'rev-parse', `${V1_REF}:${shardPath(ONE)}/0/full.jsonl`));
    const { findings, deep } = await deepIn(dir, engine);
    expect(findings.map(({ code, checkpoint }) => [code, checkpoint])).toEqual([['V1_OBJECT_GONE', ONE]]);
    expect(whole?.transcriptCount).toBe(2);
    expect(deep?.transcriptCount).toBe(1);
    expect(deep?.objectCount).toBe((whole?.objectCount ?? 0) - 1);
  });

  test('names line and rule of a secret, and never the secret', async () => {
    const { text, secret } = oneOf('GitHub token');
    const lines = [{ a: 1 }, { text: `with ${text} in it` }, { more: [text, text] }];
    const transcript = lines.map((line) => JSON.stringify(line)).join('\n');
    const dir = await migrated((v1) => v1.checkpoint(ONE, { sessions: [{ transcript }] }));
    const report = await deepIn(dir, engine, { secrets: true });
    const path = `${shardPath(ONE)}/0/full.jsonl`;
    expect(report.findings.map(({ code, line }) => [code, line])).toEqual([
      ['SECRET_FOUND', 2],
      ['SECRET_FOUND', 3],
    ]);
    expect(report.findings[0]).toMatchObject({ checkpoint: ONE, session: '0', path });
    expect(report.findings[0]?.message).toMatch(/^line 2 of .* has what looks like a secret \(rule github\)$/);
    expect(report.findings[1]?.message).toContain('2 secrets');
    expect(JSON.stringify(report)).not.toContain(secret);
    expect((await deepIn(dir, engine)).findings).toEqual([]);
  });

  test('fetches nothing in a partial clone, and the command that it names gets an object', async () => {
    const dir = await migrated((v1) => v1.checkpoint(ONE, { sessions: [{ transcript: transcriptText('a', 60) }] }));
    git(dir, 'config', 'uploadpack.allowFilter', 'true');
    git(dir, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    const clone = join(tempDir('file'), 'clone');
    initRepository({ dir: clone, bare: true });
    git(clone, 'remote', 'add', 'origin', `file://${dir}`);
    const refspecs = ['+refs/heads/*:refs/heads/*', '+refs/entire/*:refs/entire/*'];
    git(clone, 'fetch', '-q', '--filter=blob:limit=2k', 'origin', ...refspecs);
    const before = git(clone, 'count-objects', '-v');
    const { findings, consistent } = await deepIn(clone, engine);
    expect(git(clone, 'count-objects', '-v')).toBe(before);
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ['OBJECT_PROMISED', `${shardPath(ONE)}/0/full.jsonl`],
    ]);
    expect(consistent).toBe(true);
    const command = /to get it: git (fetch \S+ [0-9a-f]{40})$/.exec(findings[0]?.message ?? '')?.[1];
    git(clone, ...(command ?? '').split(' '));
    expect((await deepIn(clone, engine)).findings).toEqual([]);
  });
});

test('an object that V2 alone has lost comes back from a new migration of V1, as its finding says', async () => {
  const dir = await migrated((v1) => v1.checkpoint(ONE));
  removeObject(dir, git(dir, 'rev-parse', `${MAIN}:${shardPath(ONE)}/metadata.json`));
  const [finding] = (await deepIn(dir, 'native')).findings;
  expect(finding?.code).toBe('OBJECT_GONE');
  const clone = join(tempDir('file'), 'clone');
  initRepository({ dir: clone, bare: true });
  git(clone, 'fetch', '-q', dir, `${V1_REF}:${V1_REF}`);
  await migrateIn(clone);
  git(dir, 'fetch', '-q', '--refetch', clone, '+refs/entire/*:refs/entire/*');
  expect((await deepIn(dir, 'native')).findings).toEqual([]);
});

describe('the built program', () => {
  /** The peak resident set of a run, in MB. */
  function peakOf(dir: string, engine: string, id: string): number {
    const args = ['verify', '--deep', id, '--repo', dir, '--engine', engine, '--json'];
    const { code, stdout, stderr } = ckpt(args, { env: sayingPeak() });
    expect([code, JSON.parse(stdout).findings]).toEqual([0, []]);
    return peakSaid(stderr) / 1024;
  }

  test.runIf(IS_LONG).each(ENGINES)(
    'checks on threads, and needs no more memory for a larger transcript (%s)',
    async (engine) => {
      // Pieces of 40 MB; some of their lines are longer than what is held of one.
      const line = JSON.stringify({ type: 'assistant', text: 'It works on my machine. '.repeat(60_000) });
      const piece = Array.from({ length: 28 }, () => line).join('\n');
      const dir = await migrated((v1) => {
        for (const [id, count] of [
          [ONE, 1],
          [TWO, 5],
        ] as const) {
          const pieces = Array.from({ length: count }, () => piece);
          const names = ['full.jsonl', 'full.jsonl.001', 'full.jsonl.002', 'full.jsonl.003', 'full.jsonl.004'];
          const files = pieces.map((content, i) => [names[i] as string, { content }] as const);
          const hash = { 'content_hash.txt': { content: contentHash(pieces.join('\n')) } };
          v1.checkpoint(id, { sessions: [{ transcript: null, files: { ...Object.fromEntries(files), ...hash } }] });
        }
      });
      const [small, large] = [peakOf(dir, engine, ONE), peakOf(dir, engine, TWO)];
      expect(large).toBeLessThan(small + 60);
    },
  );

  test('takes --secrets with --deep only', async () => {
    const dir = await migrated((v1) => v1.checkpoint(ONE));
    expect(ckpt(['verify', '--secrets', '--repo', dir]).code).toBe(2);
    const { code, stdout } = ckpt(['verify', '--deep', '--secrets', '--repo', dir]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Read 1 transcript and \d+ objects/)]);
  });
});
