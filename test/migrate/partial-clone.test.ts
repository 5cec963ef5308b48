import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRepository } from '../../src/git/open.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { verify } from '../../src/verify/verify.ts';
import { cleanEnvironment, git, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';

const V2 = 'refs/entire/';

/** Thirty checkpoints with transcripts that are large beside everything else, as a server has them. */
function buildServer(dir: string): string {
  const server = join(dir, 'server.git');
  const v1 = new V1Builder();
  for (let i = 0; i < 30; i++) {
    const id = `${(i * 7).toString(16).padStart(2, '0')}00000000${i.toString(16).padStart(2, '0')}`;
    v1.checkpoint(id, { sessions: [{ transcript: `{"n":${i},"text":"${'x'.repeat(5000)}"}\n` }] });
  }
  v1.write(server);
  git(server, 'config', 'uploadpack.allowFilter', 'true');
  git(server, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  return server;
}

async function migrateIn(dir: string) {
  const repo = await openRepository({ dir, engine: 'native', env: cleanEnvironment() });
  try {
    return { result: await migrate(repo, { maxCheckpoints: 7 }), report: await verify(repo) };
  } finally {
    await repo.close();
  }
}

function absentObjects(dir: string): string[] {
  const listed = git(dir, 'rev-list', '--objects', '--missing=print', '--all');
  return listed.split('\n').filter((line) => line.startsWith('?'));
}

test.each(['blob:none', 'tree:0'])(
  'a partial clone (%s) gives the ids of a whole one, without the transcripts',
  async (filter) => {
    const dir = tempDir();
    const server = buildServer(dir);
    const whole = join(dir, 'whole.git');
    const partial = join(dir, 'partial.git');
    git(dir, 'clone', '-q', '--mirror', `file://${server}`, whole);
    git(dir, 'clone', '-q', '--mirror', `--filter=${filter}`, `file://${server}`, partial);
    await migrateIn(whole);
    const { report } = await migrateIn(partial);
    expect(refs(partial, V2)).toEqual(refs(whole, V2));
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    // Metadata had to be read, and was fetched; transcripts, hashes and prompts were not.
    expect(absentObjects(partial).length).toBeGreaterThanOrEqual(60);
    expect(report.findings.filter(({ code }) => code === 'V1_ABSENT_BLOB').length).toBeGreaterThanOrEqual(60);
  },
  60_000,
);

test('metadata that is absent and can not be fetched is kept by its id, and said', async () => {
  const dir = tempDir();
  const server = buildServer(dir);
  const partial = join(dir, 'partial.git');
  git(dir, 'clone', '-q', '--mirror', '--filter=blob:none', `file://${server}`, partial);
  renameSync(server, join(dir, 'gone.git'));
  const { result, report } = await migrateIn(partial);
  expect(result.status).toBe('migrated');
  expect(result.oddities.map(({ code }) => code)).toContain('V1_ABSENT_BLOB');
  expect(report.consistent).toBe(true);
}, 60_000);
