/**
 * `npm run check:screens -- DIR...`: what a person sees of each real repository in DIR (`*.git.tar.gz`), in a pseudo-terminal of three
 * sizes, through the built program: no line is broken by the terminal, nothing of a repository drives it, the first screen of a
 * transcript has a prompt or an answer, and each number in a headline is the one that git counts. Exits 0 where every check holds, 1 where
 * one does not, 2 for wrong usage.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { git } from '../test/fixtures/git.ts';
import { browseThrough } from './browse-claims.ts';
import { CheckFailed, hasFailed, outcome, reportLater, same } from './check-report.ts';
import {
  beside,
  type Counted,
  counted,
  expectConversation,
  found,
  migrateIn,
  type Place,
  running,
  type Sample,
  samples,
  screenOf,
} from './screen-claims.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SIZES = [
  { columns: 40, rows: 24 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
];
const WHOLE_ID = /(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])/;

process.exitCode = await main(process.argv.slice(2));

async function main(dirs: readonly string[]): Promise<number> {
  if (dirs.length === 0) {
    console.error('usage: npm run check:screens -- DIR...');
    return 2;
  }
  if (!existsSync(join(ROOT, 'dist', 'main.js'))) {
    console.error('The program is not built. Run: npm run build');
    return 1;
  }
  const temp = mkdtempSync(join(tmpdir(), 'ckpt-check-screens-'));
  try {
    for (const archive of dirs.flatMap((dir) => readdirSync(dir).map((name) => join(dir, name))).sort()) {
      if (archive.endsWith('.git.tar.gz')) await checkRepository(archive, temp);
    }
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
  console.log(`\n${outcome()}`);
  return hasFailed() ? 1 : 0;
}

/** One repository in all sizes at once, each in a copy of its own. */
async function checkRepository(archive: string, temp: string): Promise<void> {
  const name = basename(archive, '.git.tar.gz');
  const home = join(temp, name);
  mkdirSync(home);
  execFileSync('tar', ['-xzf', archive, '-C', home]);
  const repo = join(home, `${name}.git`);
  const all = samples(repo);
  const [first] = all;
  if (first !== undefined) nameByCommit(repo, first.checkpoint);
  const before = counted(repo);
  await Promise.all(
    SIZES.map(async ({ columns, rows }) => {
      const copy = beside(repo, `${columns}x${rows}.git`);
      cpSync(repo, copy, { recursive: true });
      const check = (what: string, run: () => Promise<string>) =>
        reportLater(`${name} · ${columns} × ${rows} · ${what}`, run);
      const place = { repo: copy, columns, rows };
      await checkReading(place, before, all, check);
      await checkWriting(place, before, first, check);
    }),
  );
  rmSync(home, { recursive: true, force: true });
}

type Check = (what: string, run: () => Promise<string>) => Promise<boolean>;

async function checkReading(place: Place, before: Counted, all: readonly Sample[], check: Check): Promise<void> {
  const ids = before.listed;
  await check('status', () => status(place, before));
  await check('list', () => list(place, ids));
  for (const sample of all) {
    await check(`show --transcript --rendered of ${sample.agent}`, async () => {
      const args = ['show', sample.checkpoint, '--transcript', '--rendered', '--session', sample.session];
      expectConversation((await screenOf(args, place)).first);
      return sample.checkpoint;
    });
  }
  const [first] = all;
  if (first === undefined) return;
  await check('show HEAD', () => show(place, first));
  await check('browse', () => browseThrough(place, first, ids.size));
  await check('export', async () => {
    const { text } = await screenOf(['export', 'HEAD', '--format', 'html', '--output', `${place.repo}.pages`], place);
    return found(text, new RegExp(`^${first.checkpoint}\\.html$|full\\.jsonl is\\s+absent`, 'm'), 'page');
  });
}

async function checkWriting(place: Place, before: Counted, first: Sample | undefined, check: Check): Promise<void> {
  await check('migrate', () => migrate(place, before));
  const after = counted(place.repo);
  await check('status after it', () => status(place, after));
  await check('verify', () => verify(place, after));
  if (first === undefined) return;
  await check('diff', async () => {
    const { text, exitCode } = await screenOf(['diff', first.checkpoint], place);
    if (exitCode > 1 && after.layouts.size > 1) throw new CheckFailed(text);
    return text.split('\n')[0] ?? '';
  });
}

async function status(place: Place, { layouts, commits }: Counted): Promise<string> {
  const { text } = await screenOf(['status'], place);
  expectShortIds(text);
  for (const [name, { ids, sessions }] of layouts) {
    const row = found(text, new RegExp(`^  ${name} +([\\d,]+(?: +[\\d,]+)*)`, 'm'), `row of ${name}`).split(/ +/);
    same(row[0] ?? '', String(ids.size), `checkpoints of ${name}`);
    if (place.columns >= 80) same(row[1] ?? '', String(sessions), `sessions of ${name}`);
  }
  if (commits > 0) found(running(text), new RegExp(` ${commits} commits?`), `${commits} commits`);
  return [...layouts].map(([name, { ids }]) => `${name} ${ids.size}`).join(', ');
}

async function list(place: Place, ids: ReadonlySet<string>): Promise<string> {
  const { text } = await screenOf(['list'], place, Number.POSITIVE_INFINITY);
  const listed = text.match(/^[0-9A-Z]{26}(?= )|^[0-9a-f]{12}(?= )/gm) ?? [];
  same([...listed].sort().join('\n'), [...ids].sort().join('\n'), 'checkpoints');
  return `${ids.size} rows`;
}

async function show(place: Place, { checkpoint }: Sample): Promise<string> {
  const { text } = await screenOf(['show', 'HEAD'], place, Number.POSITIVE_INFINITY);
  expectShortIds(text);
  const count = Number(found(running(text), new RegExp(`Checkpoint ${checkpoint}: (\\d+) sessions?`), 'headline'));
  same(String(text.match(/^Session \d+/gm)?.length ?? 0), String(count), 'sessions');
  found(running(text), /Work of a test/, 'subject of the commit that names it');
  return `${count} sessions`;
}

async function migrate(place: Place, before: Counted): Promise<string> {
  const { text, screen, looks } = await migrateIn(place);
  expectShortIds(text);
  const after = counted(place.repo);
  const [v1, v2] = [before.layouts.get('V1'), after.layouts.get('V2')];
  const said = running(text);
  if (v1 === undefined) return found(said, /Nothing to migrate: there is no V1 branch here\./, 'headline');
  if (place.columns >= 80)
    found(screen, /^╭─ ✓ ckpt migrate ─[^\n]*\n│ (?:Migrated|Nothing to do)/m, 'headline on the screen');
  if (before.layouts.has('V2')) return `${v2?.ids.size} checkpoints in V2, ${looks} looks`;
  const numbers = /(\d+) checkpoints?, (\d+) sessions?\./.exec(said)?.slice(1).join(' ');
  same(`${numbers}`, `${v1.ids.size} ${v1.sessions}`, 'checkpoints and sessions');
  found(said, new RegExp(` ${before.commits} commits? projected`), `${before.commits} commits`);
  same([...(v2?.ids ?? [])].sort().join('\n'), [...v1.ids].sort().join('\n'), 'checkpoints in V2');
  return `${v1.ids.size} checkpoints, ${looks} looks at the live view`;
}

async function verify(place: Place, { layouts, commits }: Counted): Promise<string> {
  const { text, exitCode } = await screenOf(['verify'], place);
  expectShortIds(text);
  const said = running(text);
  const headline = found(said, /^ [✓✗] ckpt verify ((?:IN)?CONSISTENT[^.]*\.)/, 'headline');
  same(String(exitCode), headline.startsWith('CONSISTENT') ? '0' : '1', 'exit code');
  const { ids, sessions } = layouts.get('V1') ?? layouts.get('git-refs') ?? { ids: new Set(), sessions: 0 };
  found(said, new RegExp(`: ${ids.size} checkpoints?, ${sessions} sessions?\\b`), 'number of checkpoints and sessions');
  const walked = Number(/ sessions?, (\d+) commits?/.exec(said)?.[1] ?? commits);
  same(String(walked), String(commits), 'commits');
  return headline;
}

function expectShortIds(text: string): void {
  const whole = WHOLE_ID.exec(text.replace(/sha256:\s*[0-9a-f\s]*/g, ''));
  if (whole !== null) throw new CheckFailed(`an id is whole: ${whole[0]}`);
}

/** The user's branch, whose last commit names a checkpoint. */
function nameByCommit(repo: string, checkpoint: string): void {
  const tree = git(repo, 'mktree');
  const commit = git(repo, 'commit-tree', '-m', `Work of a test\n\nEntire-Checkpoint: ${checkpoint}`, tree);
  git(repo, 'update-ref', 'refs/heads/work', commit);
  git(repo, 'symbolic-ref', 'HEAD', 'refs/heads/work');
}
