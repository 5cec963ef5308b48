import * as Flags from '@oclif/core/flags';
import type { FleetSource } from '../../fleet/read-fleet.ts';
import { parseShard, type Shard } from '../../fleet/shard.ts';
import { UsageError } from '../errors.ts';
import { progressFlags } from '../progress.ts';

/** Which repositories: flags of every command that reads a fleet. */
export const sourceFlags = {
  list: Flags.string({
    exactlyOne: ['list', 'dir'],
    helpValue: 'FILE',
    summary: 'A file with a path or a URL on each line; a line that begins with # is a comment.',
  }),
  dir: Flags.string({ helpValue: 'DIR', summary: 'Each repository below this folder.' }),
};

/** Flags of every command that works in the repositories of a fleet. */
export const fleetFlags = {
  ...sourceFlags,
  ...progressFlags,
  jobs: Flags.integer({
    char: 'j',
    min: 1,
    max: 256,
    helpValue: 'N',
    summary: 'How many repositories at a time. Default: one a processor.',
  }),
  shard: Flags.string({
    helpValue: 'I/N',
    summary: 'Only this part of the fleet. auto: GitLab says which part; auto/N: Kubernetes does.',
  }),
  report: Flags.string({
    helpValue: 'DIR',
    summary: 'Write a line for each repository to this folder; run again, it takes those that have none.',
  }),
  retry: Flags.boolean({
    dependsOn: ['report'],
    summary: 'Also take those that failed, by the report.',
  }),
  'repo-timeout': Flags.integer({
    min: 1,
    default: 600,
    helpValue: 'SECONDS',
    summary: 'How long one repository may take, cloning included.',
  }),
  cache: Flags.string({
    helpValue: 'DIR',
    summary: 'Where clones of URLs are kept. Default: ckpt/fleet in your cache folder.',
  }),
};

/** Where the flags say that the repositories are named. */
export function sourceOfFleet(flags: {
  readonly list?: string | undefined;
  readonly dir?: string | undefined;
}): FleetSource {
  return flags.list === undefined ? { dir: flags.dir ?? '.' } : { list: flags.list };
}

/** The shard that `--shard` names; `undefined` without the flag. Throws `UsageError`. */
export function shardOfFlag(text: string | undefined, env: NodeJS.ProcessEnv): Shard | undefined {
  if (text === undefined) return undefined;
  const shard = parseShard(text, env);
  if (typeof shard !== 'string') return shard;
  throw new UsageError(
    `--shard: ${shard}`,
    'Name one: --shard 3/16; in a job of GitLab --shard auto; in one of Kubernetes --shard auto/16',
  );
}

/** Words that would change which repository it is, or where the result goes. */
const OURS = /^(?:-C.*|--repo(?:=.*)?|--json|--format(?:=.*)?|--output(?:=.*)?|-o.*|-q|--quiet|--fetch|--help|-h)$/;

/** The words after `--`, which are for the command in each repository, and those before. Throws `UsageError` for a word that is the fleet's. */
export function splitWords(argv: readonly string[]): { readonly own: string[]; readonly words: string[] } {
  const at = argv.indexOf('--');
  if (at < 0) return { own: [...argv], words: [] };
  const words = argv.slice(at + 1);
  const wrong = words.find((word) => OURS.test(word) || !word.startsWith('-'));
  const isValue = wrong !== undefined && !wrong.startsWith('-') && words.indexOf(wrong) > 0;
  if (wrong !== undefined && !isValue) {
    throw new UsageError(
      `${wrong} cannot be passed on to each repository`,
      'After -- come flags of the command: ckpt fleet verify --dir . -- --deep',
    );
  }
  return { own: argv.slice(0, at), words };
}
