// `npm run try [-- PATH]`: the main job from start to end, with every command shown before it runs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const CKPT = resolve(import.meta.dirname, '../bin/ckpt.js');
const [given] = process.argv.slice(2);
// npm runs scripts in the package's folder; INIT_CWD is where the user is.
const repo =
  given === undefined
    ? join(mkdtempSync(join(tmpdir(), 'ckpt-try-')), 'sample.git')
    : resolve(process.env.INIT_CWD ?? process.cwd(), given);

/** Runs a command, shows it and what it prints, and ends with its exit code where it fails. */
function run(program, args, words) {
  console.log(`\n$ ${words.map((arg) => (/[^\w@%+=:,./-]/.test(arg) ? `'${arg}'` : arg)).join(' ')}`);
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  if (error !== undefined) console.log(`(${words[0]} did not start: ${error.message})`);
  else if (status !== 0) process.exit(status ?? 1);
}
const ckpt = (...args) => run(process.execPath, [CKPT, ...args], ['ckpt', ...args]);
const git = (...args) => run('git', ['-C', repo, ...args], ['git', '-C', repo, ...args]);

if (given === undefined) {
  console.log('No repository was named: this makes a small sample and works on that.');
  ckpt('sample', repo);
  // Generations of five, so that the sample's twelve checkpoints fill some.
  ckpt('migrate', '--repo', repo, '--max-checkpoints', '5');
} else {
  console.log(`This migrates ${repo}: it reads the V1 branch and writes refs below refs/entire/, nothing else.`);
  ckpt('migrate', '--repo', repo);
}
ckpt('verify', '--repo', repo);
git('for-each-ref', '--format=%(objectname:short) %(refname)', 'refs/heads/entire', 'refs/entire');
if (given === undefined) {
  git('--no-pager', 'log', '--graph', '--format=%h %an: %s', 'refs/entire/checkpoints/v2/main');
  console.log(`\nThe sample stays in ${repo}; delete the folder when you are done.`);
}
