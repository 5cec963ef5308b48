import { expect, test } from 'vitest';
import commands from '../../src/commands/all.ts';
import { COMMANDS } from '../../src/commands/table.ts';
import { REMOTE_STORIES, STORIES } from './kills/stories.ts';

/** Commands that move no refs of the repository that they work in, and who tries what they write. */
const WITHOUT: Readonly<Record<string, string>> = {
  status: 'reads',
  list: 'reads',
  show: 'reads',
  browse: 'reads',
  export: 'writes a folder of its own: export.test.ts',
  verify: 'reads',
  diff: 'reads',
  'fleet status': 'reads',
  'fleet verify': 'reads',
  'fleet plan': 'reads',
  'fleet merge': 'writes reports',
  'fleet migrate': 'starts ckpt migrate for each repository',
  'fleet push': 'starts ckpt push for each repository',
  'hooks install': 'writes files and configuration: config-kills.test.ts',
  'hooks status': 'reads',
  'hooks uninstall': 'writes files and configuration: config-kills.test.ts',
  completion: 'prints',
  sample: 'makes a repository of its own',
};

/** Flags of the other commands that change what is written, and that no story has; with the reason. */
const FLAGS_WITHOUT: Readonly<Record<string, string>> = {
  'migrate --accept-lost': 'the same transaction, without the look for what is lost',
  'dual-write --finalize': 'the same transaction as of a write',
  'dual-write --hook': 'the same runs, and files that say how they went: background.test.ts',
  'prune --no-backup': 'the same transaction with fewer refs',
  'prune --keep': 'chooses archives',
  'prune --remote': 'changes no file here, seen with strikeAt; a server deletes: prune-remote.test.ts',
  'fetch --setup': 'writes configuration: config-kills.test.ts',
  'fetch --clone': 'hidden, for ckpt fleet alone: clones into its cache before',
  'fetch --remove': 'writes configuration: config-kills.test.ts',
  'fetch --no-merge': "git's own fetch: fetch-alone.test.ts",
};

/** Flags that choose what is read, or say how something is said. */
const HARMLESS =
  /^(?:dry-run|fetch|no-progress|progress|timeout|max-blob|metadata-only|json|quiet|verbose|repo|engine|log-\w+|print|allow-loss|older-than|layout|from|to|max-checkpoints)$/;

const stories = Object.values({ ...STORIES, ...REMOTE_STORIES });

test('every command is killed in a story, or moves no refs', () => {
  const told = new Set(stories.map(({ args }) => args[0]));
  for (const name of Object.keys(COMMANDS)) {
    expect([name, told.has(name) !== name in WITHOUT]).toEqual([name, true]);
  }
  expect(Object.keys(WITHOUT).filter((name) => !(name in COMMANDS))).toEqual([]);
});

test('every flag that changes what is written is in a story, or has a reason', () => {
  const missing: string[] = [];
  const unused = new Set(Object.keys(FLAGS_WITHOUT));
  for (const name of Object.keys(COMMANDS).filter((one) => !(one in WITHOUT))) {
    for (const flag of Object.keys(commands[name.replaceAll(' ', ':')]?.flags ?? {})) {
      const isTold = stories.some(({ args }) => args[0] === name && args.includes(`--${flag}`));
      const hasReason = unused.delete(`${name} --${flag}`);
      if (!isTold && !hasReason && !HARMLESS.test(flag)) missing.push(`${name} --${flag}`);
    }
  }
  expect(missing).toEqual([]);
  expect([...unused]).toEqual([]);
});
