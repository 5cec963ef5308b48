import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';
import { git, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { Reader, stepsOf } from './guided-page.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/safety.md'), 'utf8');
const V2 = 'refs/entire/checkpoints/v2/';
const DOCUMENT = {
  checkpoint_id: 'a3b2c4d5e6f7',
  session_id: 's',
  metadata: { created_at: '2025-03-05T10:30:00Z' },
  transcript: { text: '{}\n' },
};

/** The blocks of commands below a heading. */
function commandsOf(heading: string): string[] {
  const part = PAGE.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`));
  if (part === undefined) throw new Error(`docs/safety.md has no part "${heading}"`);
  return stepsOf(part).map(({ script }) => script);
}

/** What every test begins with, made once. */
const TEMPLATE = new Reader(tempDir('file'));
beforeAll(() => {
  writeFileSync(join(TEMPLATE.cwd, 'checkpoint.json'), JSON.stringify(DOCUMENT));
  for (const script of [
    'ckpt sample origin.git && git clone --quiet origin.git project && cd project && git checkout -q -b main',
    'git remote set-url origin ../origin.git && git commit --quiet --allow-empty -m Start',
    'git branch --quiet entire/checkpoints/v1 origin/entire/checkpoints/v1',
  ]) {
    expect(TEMPLATE.run(script).code).toBe(0);
  }
});

/** A clone of the sample, with a local V1 branch, a commit and a checkpoint to write; `origin.git` is beside it. */
class Clone extends Reader {
  constructor() {
    super(tempDir());
    cpSync(join(TEMPLATE.home, 'work'), this.cwd, { recursive: true, preserveTimestamps: true });
    this.cwd = join(this.cwd, 'project');
  }

  refs(prefix = 'refs/', dir = this.cwd): string {
    return git(dir, 'for-each-ref', '--format=%(objectname) %(refname)', prefix);
  }

  /** Turns dual-write on, in the settings that are not committed. */
  writeBoth(): void {
    mkdirSync(join(this.cwd, '.entire'), { recursive: true });
    writeFileSync(join(this.cwd, '.entire/settings.local.json'), '{"strategy_options":{"checkpoints_v2":true}}');
  }

  /** Every file that this reader has, with its size and time; of refs each one with its value, be it loose or packed. */
  files(): Map<string, string> {
    const names = readdirSync(this.home, { recursive: true, encoding: 'utf8' });
    const stats = names.map((name) => [relative('work/project/.git', name), statSync(join(this.home, name))] as const);
    const isRef = (name: string) => /^(refs\/.*|packed-refs)$/.test(name);
    return new Map([
      ...stats.flatMap(
        ([name, stat]): Array<[string, string]> =>
          stat.isFile() && !isRef(name) ? [[name, `${stat.size} ${stat.mtimeMs}`]] : [],
      ),
      ...Object.entries(refs(join(this.home, 'work/project'))),
    ]);
  }

  /** The files that commands made, changed or removed, from the git directory, apart from objects: of these none goes. */
  changesOf(script: string): string[] {
    const before = this.files();
    this.run(script);
    const after = this.files();
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      (name) => before.get(name) !== after.get(name) && !name.endsWith('/cwd'),
    );
    expect(changed.filter((name) => name.startsWith('objects/') && !after.has(name))).toEqual([]);
    return changed.filter((name) => !name.startsWith('objects/')).sort();
  }
}

describe('docs/safety.md, what is written', () => {
  it('has every command', () => {
    const cells = PAGE.split('\n').flatMap((line) => (line.startsWith('| `') ? [line.split(' | ')[0] ?? ''] : []));
    for (const name of Object.keys(COMMANDS))
      expect(
        cells.some((cell) => cell.includes(`\`${name}\``)),
        name,
      ).toBe(true);
  });

  it('by commands that only read: nothing at all, no object either', () => {
    const clone = new Clone();
    clone.ok('ckpt migrate --max-checkpoints 5');
    for (const script of commandsOf('Safety')) clone.ok(script);
    const before = clone.files();
    clone.ok('ckpt status && ckpt list && ckpt show 92d7 && ckpt diff 92d7 && ckpt verify --deep && ckpt hooks status');
    clone.ok(
      'ckpt migrate --dry-run --rebuild && ckpt rotate --force --dry-run && ckpt repair --dry-run && ckpt prune',
    );
    before.delete(relative('work/project/.git', 'cwd'));
    const after = clone.files();
    after.delete(relative('work/project/.git', 'cwd'));
    expect(after).toEqual(before);
  });

  it('by commands that write: the refs and files that the table names', () => {
    const clone = new Clone();
    const isV2 = (name: string) => name.startsWith(V2);
    const isBackup = (name: string) => name.startsWith('refs/ckpt/backup/');
    const onlyV2 = (names: string[]) => names.length > 0 && names.every(isV2);
    expect(clone.changesOf('ckpt migrate --max-checkpoints 5')).toSatisfy(onlyV2);
    const rebuilt = clone.changesOf('ckpt migrate --rebuild --max-checkpoints 4');
    expect(rebuilt.filter((name) => !isV2(name))).toSatisfy(
      (names: string[]) => names.length > 0 && names.every(isBackup),
    );
    clone.ok(`git update-ref -d ${V2}full/0000000000001`);
    expect(clone.changesOf('ckpt repair --max-checkpoints 4')).toSatisfy(onlyV2);
    expect(clone.changesOf('ckpt rotate --force')).toSatisfy(onlyV2);
    const pruned = clone.changesOf('ckpt prune --older-than 1h --apply');
    expect(pruned.filter((name) => !isV2(name))).toSatisfy(
      (names: string[]) => names.length > 0 && names.every(isBackup),
    );
    expect(clone.changesOf('ckpt prune --restore 1')).toEqual([`${V2}full/0000000000001`, `${V2}generations`]);
    const hooks = ['post-commit', 'post-merge', 'post-rewrite', 'pre-push'].map((hook) => `hooks/${hook}`);
    expect(clone.changesOf('ckpt hooks install')).toEqual(hooks);
    expect(clone.changesOf('ckpt hooks uninstall')).toEqual(hooks);
  });

  it('by dual-write: V1 only with --from, V2 where the settings say so, and notes about its runs', () => {
    const clone = new Clone();
    const v1 = ['logs/refs/heads/entire/checkpoints/v1', 'refs/heads/entire/checkpoints/v1'];
    expect(clone.changesOf('ckpt dual-write --from ../checkpoint.json')).toEqual(v1);
    clone.writeBoth();
    expect(clone.changesOf('ckpt dual-write')).toEqual(['ckpt/last-run.json', `${V2}full/current`, `${V2}main`]);
    const more = 'sed s/a3b2/b3b2/ ../checkpoint.json | ckpt dual-write --from -';
    expect(clone.changesOf(more)).toEqual(['ckpt/last-run.json', ...v1, `${V2}full/current`, `${V2}main`].sort());
    clone.ok(`mkdir -p .git/${V2} && touch .git/${V2}main.lock`);
    const failing = 'sed s/a3b2/c3b2/ ../checkpoint.json | ckpt dual-write --from -';
    expect(clone.changesOf(failing)).toEqual(['ckpt/dual-write.log', 'ckpt/last-run.json', ...v1]);
  });
});

describe('docs/safety.md, a lock that stayed', () => {
  it('is named, and after it is deleted the command works', () => {
    const clone = new Clone();
    const lock = `.git/${V2}main.lock`;
    clone.ok(`mkdir -p .git/${V2} && touch ${lock}`);
    const { code, stderr } = clone.run('ckpt migrate');
    expect(code).toBe(1);
    expect(stderr).toContain(lock);
    clone.ok(`rm ${lock} && ckpt migrate && ckpt verify`);
  });
});

describe('docs/safety.md, pushing and fetching V2', () => {
  const [push = '', fetch = ''] = commandsOf('Pushing and fetching V2');

  it('takes all of V2 to the remote, also after a rotation and a rebuild', () => {
    const clone = new Clone();
    const both = () => [clone.refs('refs/entire/'), clone.refs('refs/entire/', join(clone.cwd, '../origin.git'))];
    for (const work of [
      'ckpt migrate --max-checkpoints 5',
      'ckpt rotate --force',
      'ckpt migrate --rebuild --max-checkpoints 3',
    ]) {
      clone.ok(`${work} && ${push}`);
      const [here, there] = both();
      expect(there).toBe(here);
    }
    clone.ok(`cd .. && git clone -q origin.git other && cd other && ${fetch}ckpt verify`);
    expect(clone.refs('refs/entire/')).toBe(clone.refs('refs/entire/', join(clone.cwd, '../project')));
  });

  it('takes nothing where both have written, and ckpt fetch unites the two', () => {
    const clone = new Clone();
    clone.writeBoth();
    clone.ok(`ckpt migrate --max-checkpoints 5 && ${push}`);
    clone.ok(`cp -r . ../other && ckpt dual-write --from ../checkpoint.json && ${push}`);
    clone.ok('cd ../other && sed s/a3b2/b3b2/ ../checkpoint.json | ckpt dual-write --from -');
    const before = clone.refs();
    expect(clone.run(fetch).code).not.toBe(0);
    expect(clone.refs()).toBe(before);
    clone.ok('ckpt fetch && ckpt show a3b2 && ckpt show b3b2 && ckpt verify');
  });

  it('takes V2 to the remote where nothing was archived yet', () => {
    const clone = new Clone();
    clone.ok(`ckpt migrate && ${push}`);
    expect(clone.refs('refs/entire/', join(clone.cwd, '../origin.git'))).toBe(clone.refs('refs/entire/'));
  });

  it('undoes a rotation on the remote where the clone knows nothing of it, and the first clone puts it right', () => {
    const clone = new Clone();
    clone.ok(`ckpt migrate --max-checkpoints 5 && cp -r . ../other && ckpt rotate --force && ${push}`);
    const rotated = clone.refs('refs/entire/');
    const check = `rm -rf ../third && git clone -q ../origin.git ../third && cd ../third && ${fetch}ckpt verify`;
    clone.ok(`cd ../other && ${push}`);
    const { code, output } = clone.run(check);
    expect(code).toBe(1);
    expect(output).toContain('INCONSISTENT');
    clone.ok(`cd ../project && ${push}${check}`);
    expect(clone.refs('refs/entire/')).toBe(rotated);
  });

  it('is refused as a whole where the remote has a checkpoint that is not here', () => {
    const clone = new Clone();
    clone.writeBoth();
    clone.ok(`ckpt migrate --max-checkpoints 5 && ${push}`);
    clone.ok(`cp -r . ../other && ckpt dual-write --from ../checkpoint.json && ${push}`);
    const origin = join(clone.cwd, '../origin.git');
    const before = clone.refs('refs/', origin);
    clone.ok(`cd ../other && sed s/a3b2/b3b2/ ../checkpoint.json | ckpt dual-write --from - && ckpt rotate --force`);
    expect(clone.run(push).code).not.toBe(0);
    expect(clone.refs('refs/', origin)).toBe(before);
  });
});

describe('docs/safety.md, going back', () => {
  it('to the V2 of before a rebuild', () => {
    const clone = new Clone();
    clone.ok('ckpt migrate --max-checkpoints 5');
    const before = clone.refs(V2);
    clone.ok('ckpt migrate --rebuild --max-checkpoints 2');
    expect(clone.refs(V2)).not.toBe(before);
    for (const script of commandsOf('The V2 of before a rebuild')) clone.ok(script);
    expect(clone.refs(V2)).toBe(before);
    clone.ok('ckpt verify');
  });

  it('brings pruned archives back', () => {
    const clone = new Clone();
    clone.ok('ckpt migrate --max-checkpoints 5');
    const before = clone.refs(`${V2}full/`);
    clone.ok('ckpt prune --keep 1 --apply');
    expect(clone.refs(`${V2}full/`)).not.toBe(before);
    for (const script of commandsOf('Archives that were pruned')) clone.ok(script);
    expect(clone.refs(`${V2}full/`)).toBe(before);
  });

  it('writes to V2 no more, and again when it is turned on again', () => {
    const clone = new Clone();
    clone.writeBoth();
    clone.ok('ckpt hooks install && git commit -q --allow-empty -m One');
    const before = clone.refs(V2);
    expect(before).not.toBe('');
    for (const script of commandsOf('No more writing to V2')) clone.ok(script);
    clone.ok(
      'rm .entire/settings.local.json && ckpt dual-write --from ../checkpoint.json && git commit -q --allow-empty -m Two',
    );
    expect(clone.refs(V2)).toBe(before);
    clone.writeBoth();
    clone.ok('ckpt dual-write && ckpt verify');
  });

  it('to no V2 at all, here and on the remote; a later migration makes the same one', () => {
    const clone = new Clone();
    const origin = join(clone.cwd, '../origin.git');
    const before = [clone.refs(), clone.refs('refs/', origin)];
    clone.ok('ckpt migrate --max-checkpoints 5');
    const migrated = clone.refs(V2);
    clone.ok("git push -q origin 'refs/entire/*:refs/entire/*' && ckpt prune --apply && ckpt dual-write");
    const [here = '', there = ''] = commandsOf('No V2 at all');
    clone.ok(there);
    clone.ok(here);
    expect([clone.refs(), clone.refs('refs/', origin)]).toEqual(before);
    expect(readdirSync(join(clone.cwd, '.git'))).not.toContain('ckpt');
    clone.ok('ckpt migrate --max-checkpoints 5');
    expect(clone.refs(V2)).toBe(migrated);
  });

  it('is warned of where V2 has what V1 has not', () => {
    const clone = new Clone();
    clone.ok('ckpt migrate --max-checkpoints 5 && mkdir .entire');
    clone.ok(`echo '{"strategy_options":{"checkpoints_version":2}}' > .entire/settings.json`);
    clone.ok('ckpt dual-write --from ../checkpoint.json');
    expect(clone.ok('ckpt verify --from v1 --to v2')).toContain('CHECKPOINT_ONLY_IN_V2');
  });

  it('drops the backups', () => {
    const clone = new Clone();
    clone.ok('ckpt migrate --max-checkpoints 5 && ckpt migrate --rebuild --max-checkpoints 2');
    const before = clone.refs(V2);
    expect(clone.refs('refs/ckpt/')).not.toBe('');
    for (const script of commandsOf('Backups, when they are no longer needed')) clone.ok(script);
    expect([clone.refs('refs/ckpt/'), clone.refs(V2)]).toEqual(['', before]);
  });

  it('has no command that is not run here', () => {
    const used = [
      'Pushing and fetching V2',
      'The V2 of before a rebuild',
      'Archives that were pruned',
      'No more writing to V2',
    ];
    const all = ['Safety', ...used, 'No V2 at all', 'Backups, when they are no longer needed'].flatMap(commandsOf);
    expect(stepsOf(PAGE).map(({ script }) => script)).toEqual(all);
  });
});
