import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName } from '../../../src/git/repository.ts';
import { ckpt } from '../../commands/ckpt.ts';
import { cleanEnvironment, gitResult, refs } from '../../fixtures/git.ts';
import { copyStory, remoteIn, type Story } from './stories.ts';
import type { Victim } from './strike.ts';

/**
 * The refs before a command and after it; `varies` are those that have another id in each run, since they have its time in them, and
 * `inTurn` says what moves before the others.
 */
export interface Expectation {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  readonly varies: ReadonlySet<string>;
  readonly inTurn: readonly RegExp[];
}

/** Copies of the refs of remotes: git's fetch moves each on its own, and those in `refs/remotes/` move after a push. */
const OF_REMOTES = /^refs\/(?:ckpt\/)?remotes\//;
/** Those that a fetch moves. */
const OF_FETCH = /^refs\/ckpt\/remotes\//;

/** All refs but copies of a remote's, with backups under the name that they have in every run; and those of the remote. */
export function statesOf(dir: string): Record<string, string> {
  const own = Object.entries(refs(dir)).filter(([name]) => !OF_REMOTES.test(name));
  const there = existsSync(remoteIn(dir)) ? Object.entries(refs(remoteIn(dir))) : [];
  return Object.fromEntries([
    ...own.map(([name, id]) => [name.replace(/(refs\/ckpt\/backup\/)[^/]+/, '$1TIME'), id]),
    ...there.map(([name, id]) => [`remote ${name}`, id]),
  ]);
}

/** Runs a command twice to its end, in copies of a repository. */
export function expectationOf(dir: string, { args, inTurn = [] }: Pick<Story, 'args' | 'inTurn'>): Expectation {
  const [after = {}, again = {}] = [1, 2].map((n) => {
    // In another second, so that what has the time in it differs.
    if (n === 2) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    const copy = `${dir}-whole-${n}`;
    copyStory(dir, copy);
    const { stderr, code } = ckpt(args, { cwd: copy });
    if (code !== 0) throw new Error(`ckpt ${args.join(' ')}: ${stderr}`);
    return statesOf(copy);
  });
  const varies = new Set(Object.keys(after).filter((name) => after[name] !== again[name]));
  return { before: statesOf(dir), after, varies, inTurn };
}

/**
 * Whether the refs are those of before, those of afterwards, or `partly` the one and the other, each transaction whole and in its turn, or
 * `out of turn`: where one layout fails, the next is written all the same. Else what they are. As plain git reads them.
 */
export function stateOf(
  dir: string,
  { before, after, varies, inTurn }: Expectation,
): 'old' | 'partly' | 'out of turn' | 'new' | string {
  const now = statesOf(dir);
  const all = [...new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(now)])];
  const states = all.flatMap((name) => {
    const isStill = before[name] === after[name];
    if (now[name] === before[name]) return isStill ? [] : [{ name, is: 'old' }];
    const isNew = now[name] === after[name] || (varies.has(name) && now[name] !== undefined);
    return [{ name, is: isNew && !isStill ? 'new' : 'other' }];
  });
  const turnOf = (name: string) => inTurn.find((one) => one.test(name));
  const turns = [...inTurn, undefined].map(
    (turn) => new Set(states.filter(({ name }) => turnOf(name) === turn).map(({ is }) => is)),
  );
  const kinds = turns.filter((kinds) => kinds.size > 0).map((kinds) => (kinds.size === 1 ? [...kinds][0] : 'other'));
  if (kinds.includes('other')) return `mixture: ${states.map(({ name, is }) => `${name} ${is}`)}`;
  if (kinds.join().includes('old,new')) return 'out of turn';
  const [first = 'old'] = kinds;
  return kinds.every((one) => one === first) ? first : 'partly';
}

/** Lock files, and what says whose they are; but for those of git's own fetch, which the next fetch removes. */
export function locksIn(dir: string, gitDir = `${dir}/.git`): string[] {
  return allLocks(gitDir).filter((name) => !OF_FETCH.test(name));
}

function allLocks(gitDir: string): string[] {
  const files = readdirSync(gitDir, { recursive: true }).map(String);
  return files.filter((name) => name.endsWith('.lock') || /^ckpt\/locks\/./.test(name));
}

/** How often it is looked whether what a killed run left is gone. */
const MOST_LOOKS = 50;

/** What is wrong after a kill: refs of two states, objects that are gone, locks that the next command leaves. */
export async function faultsAfter(
  dir: string,
  expectation: Expectation,
  reader: EngineName,
  victim: Victim = 'everything',
): Promise<{ readonly state: string; readonly faults: string[] }> {
  const state = stateOf(dir, expectation);
  const faults = ['old', 'partly', 'new'].includes(state) ? [] : [state];
  const fsck = gitResult(dir, ['fsck', '--connectivity-only', '--no-dangling']);
  if (fsck.status !== 0) faults.push(`git fsck: ${fsck.stderr}`);
  const read = async () => (await openRepository({ dir, env: cleanEnvironment(), engine: reader })).close();
  await read();
  let locks = locksIn(dir);
  // A git that has outlived the leader may still write beside what says whose locks there are: that goes when it has ended.
  const isLock = (name: string) => name.endsWith('.lock');
  for (let i = 0; victim === 'leader' && i < MOST_LOOKS && locks.length > 0 && !locks.some(isLock); i++) {
    await delay(100);
    await read();
    locks = locksIn(dir);
  }
  if (locks.length > 0) faults.push(`locks stay: ${locks}`);
  if (stateOf(dir, expectation) !== state) faults.push('the refs changed when somebody read');
  return { state, faults };
}

/** What is wrong when the same command runs again and ends: it fails, does not bring the refs where they should be, or leaves locks. */
export function faultsOfNextRun(
  dir: string,
  { args, check = ['verify', '--quiet'] }: Pick<Story, 'args' | 'check'>,
  expectation: Expectation,
  engine: EngineName,
): string[] {
  const wasNew = stateOf(dir, expectation) === 'new';
  const { code, stderr } = ckpt([...args, '--engine', engine], { cwd: dir });
  const faults: string[] = [];
  // A command that has done its work may find that there is nothing left to do it with.
  if (code !== 0 && !wasNew) faults.push(`the next run ends with ${code}: ${stderr}`);
  if (!wasNew && stateOf(dir, expectation) !== 'new') faults.push(`after the next run: ${stateOf(dir, expectation)}`);
  const locks = allLocks(`${dir}/.git`);
  if (locks.length > 0) faults.push(`locks after the next run: ${locks}`);
  const checked = ckpt(check, { cwd: dir });
  if (checked.code !== 0) faults.push(`ckpt ${check.join(' ')} ends with ${checked.code}: ${checked.stdout}`);
  return faults;
}
