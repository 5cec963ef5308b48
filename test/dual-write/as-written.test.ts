import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CKPT } from '../commands/ckpt.ts';
import { git } from '../fixtures/git.ts';
import { V1_BRANCH } from '../fixtures/reference.ts';
import { shardPath } from '../fixtures/v1-builder.ts';
import { DUAL, documentOf, fileOf, newRepository, run, write } from './dual-write.ts';

const ID = 'a3b2c4d5e6f7';
const FOLDER = shardPath(ID);

describe('a document', () => {
  it.each([false, true])('is stored with the digits, escapes and order that it has (redacted: %s)', (redacted) => {
    const dir = newRepository(DUAL);
    const metadata = '"n":12345678901234567890,"cost":1.10,"m":-0,"x":1e400,"b":1,"2":2,"1":3,"h":"\\u003ca\\u003e"';
    const file = join(dir, 'document.json');
    // With the byte order mark of a pipe of PowerShell.
    writeFileSync(
      file,
      `\ufeff{"checkpoint_id":"${ID}","session_id":"s","redacted":${redacted},"metadata":{${metadata}},` +
        '"task":{"tool_use_id":"t","final":{"checkpoint":{"id":2512292042121000001}}}}',
    );
    expect(run(dir, ['dual-write', '--from', file]).code).toBe(0);
    const stored = fileOf(dir, V1_BRANCH, `${FOLDER}/0/metadata.json`);
    expect(stored.replace(/[ \n]/g, '')).toContain(metadata);
    expect(stored.startsWith('{\n  "checkpoint_id"')).toBe(true);
    expect(fileOf(dir, V1_BRANCH, `${FOLDER}/0/tasks/t/checkpoint.json`)).toBe('{\n  "id": 2512292042121000001\n}');
  });

  it('that is nested too deep is refused', () => {
    const dir = newRepository(DUAL);
    const metadata = `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    const input = `{"checkpoint_id":"${ID}","session_id":"s","metadata":${metadata}}`;
    const { status, stderr } = spawnSync(process.execPath, [CKPT, 'dual-write', '--from', '-'], {
      cwd: dir,
      input,
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('nested in more than 1000 levels');
  });
});

describe('a summary that can not be edited byte for byte', () => {
  it('is left and named, and the session is stored', () => {
    const dir = newRepository(DUAL);
    write(dir, documentOf(1, { checkpoint_id: ID, session_id: 'first' }), []);
    const summary = Buffer.from(`\ufeff${fileOf(dir, V1_BRANCH, `${FOLDER}/metadata.json`)}`);
    const blob = spawnSync('git', ['hash-object', '-w', '--stdin'], { cwd: dir, input: summary, encoding: 'utf8' });
    git(dir, 'read-tree', V1_BRANCH);
    git(dir, 'update-index', '--cacheinfo', `100644,${blob.stdout.trim()},${FOLDER}/metadata.json`);
    const commit = git(dir, 'commit-tree', '-p', V1_BRANCH, '-m', 'a mark', git(dir, 'write-tree').trim()).trim();
    git(dir, 'update-ref', V1_BRANCH, commit);
    const file = join(dir, 'document.json');
    writeFileSync(file, JSON.stringify(documentOf(1, { checkpoint_id: ID, session_id: 'second' })));
    const { code, stderr } = run(dir, ['dual-write', '--from', file]);
    expect(code).toBe(0);
    expect(stderr).toContain(`${FOLDER}/metadata.json was left as it is: it begins with a byte order mark`);
    expect(fileOf(dir, V1_BRANCH, `${FOLDER}/metadata.json`)).toBe(summary.toString());
    expect(fileOf(dir, V1_BRANCH, `${FOLDER}/1/metadata.json`)).toContain('"second"');
  });
});
