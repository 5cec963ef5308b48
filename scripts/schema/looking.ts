import * as v from 'valibot';
import { LAYOUT_WORDS } from '../../src/layout/layout-names.ts';
import * as piece from './pieces.ts';
import { count, flag, list, orNull, text, textOrNull, word } from './pieces.ts';
import { atRemote } from './remote.ts';

const HOOK_STATES = ['absent', 'installed', 'outdated', 'foreign', 'by-hand', 'not-shell', 'managed'] as const;
const INSTALL_ACTIONS = ['created', 'added', 'updated', 'unchanged', 'left'] as const;

const place = {
  path: text('The file.'),
  state: word(
    HOOK_STATES,
    'How things are there. `outdated`: from another ckpt, or changed since; `foreign`: a hook without the mirror; `managed`: husky or lefthook writes the file.',
  ),
  active: flag('The mirror runs from there: as read, or as git did with `--try`.'),
};
const gitHook = {
  hook: text('The name of the hook.'),
  ...place,
  executable: orNull(
    v.boolean(),
    'Git can start it: its mode lets it, and the program of its first line is there; `null` where there is no file.',
  ),
  missingProgram: textOrNull("The program of the hook's first line, where there is none: git can't start the hook."),
  pushes: word(
    ['no', 'if-set', 'always'],
    'Whether it sends checkpoints: `if-set` by `ckpt.push`, `always` by a line that was added by hand.',
  ),
};
const agentHook = { agent: text('The name of the agent.'), ...place };
const action = word(INSTALL_ACTIONS, 'What was done there.');

const gitHooks = <Hook extends v.GenericSchema>(hook: Hook) =>
  orNull(
    v.object({
      folder: text('Where git looks for hooks.'),
      manager: orNull(v.picklist(['husky', 'lefthook']), 'What else writes these files.'),
      sharedWith: orNull(v.picklist(['team', 'other-repositories']), 'Who else uses these files.'),
      hooks: list(hook, 'One hook each.'),
    }),
    "Git's hooks; `null` where they were not asked for.",
  );

export const HooksStatus = v.object({
  git: gitHooks(v.object(gitHook)),
  trial: orNull(
    list(
      v.object({
        command: word(['commit', 'amend', 'merge', 'push', 'rebase'], 'What git did; `amend`: `git commit --amend`.'),
        mirrorCount: count('How often its hooks came to the mirror.'),
        pushCount: count('How often they came to `ckpt push`.'),
        failure: textOrNull('Why git did not do it; `null` where it did.'),
      }),
      'One command each.',
    ),
    'What git did in a copy of the repository (`--try`); `null` where the hooks were only read.',
  ),
  agents: list(v.object(agentHook), 'The hook of one agent each.'),
  primary: orNull(
    v.picklist(LAYOUT_WORDS),
    "The layout that is written first; `null` where the settings can't be read.",
  ),
  targets: piece.layouts(
    "The layouts that the mirror keeps in step with the primary one; none where the settings can't be read.",
  ),
  isPushing: flag('Whether `ckpt.push` is set: `git push` sends checkpoints too where the pre-push hook `pushes`.'),
  isBackground: flag('Whether hooks leave the mirror to a process of its own (`ckpt.background`).'),
  isWorking: flag('That process is at work.'),
  lastRun: orNull(
    v.object({
      at: text('When it began.'),
      outcome: word(['ok', 'failed', 'timeout'], 'How it ended.'),
      durationMs: count('Milliseconds.'),
    }),
    "The mirror's last run, from any hook or by hand.",
  ),
});

export const HooksInstall = v.object({
  git: gitHooks(v.object({ ...gitHook, action, addByHand: textOrNull('What to put into `path` by hand.') })),
  agents: list(v.object({ ...agentHook, action }), 'The hook of one agent each.'),
  mirrors: list(v.string(), 'The values of `ckpt.mirror`: layouts kept in step besides those of the settings.'),
  isPushing: flag('Whether `ckpt.push` is set: `git push` sends checkpoints too where the pre-push hook `pushes`.'),
  isBackground: flag('Whether hooks leave the mirror to a process of its own (`ckpt.background`).'),
});

export const HooksUninstall = v.object({
  places: list(
    v.object({
      hook: text('The name of a hook, or of an agent.'),
      path: text('The file.'),
      action: word(['removed', 'deleted', 'nothing', 'by-hand'], 'What was done there.'),
    }),
    'One place each.',
  ),
  mirrors: list(v.string(), 'The values of `ckpt.mirror` that were taken out.'),
  settings: list(v.string(), 'The other settings that were taken out: `ckpt.push`, `ckpt.background`.'),
});

const commits = list(
  v.object({
    commit: orNull(piece.objectId('The commit.'), 'The commit; `null` where a backup has the checkpoint.'),
    subject: textOrNull('The first line of its message.'),
    author: textOrNull('Its author, with the address.'),
    authoredAt: textOrNull('When it was authored, in UTC; `null` where it says no time that there is.'),
    checkpointCount: count('Checkpoints that it names: more than one for a squash merge.'),
  }),
  "The user's commits that name it: the work itself before a squash merge, the history of `HEAD` first, the newest first.",
);
const sessionCount = count('Sessions that it has.');
const time = (description: string) => textOrNull(`${description}, as it was written.`);

const deletion = orNull(
  v.object({
    commit: orNull(piece.objectId('The commit.'), 'The commit; `null` where a backup has the checkpoint.'),
    subject: textOrNull('The first line of its message.'),
    author: textOrNull('Its author, with the address.'),
    authoredAt: textOrNull('When it was authored, in UTC; `null` where it says no time that there is.'),
    isWhole: flag('The whole checkpoint is gone; where this is false, sessions of it alone.'),
    backup: textOrNull("The ref of the backup that has it; `null` where V1's history does."),
  }),
  "The commit that deleted it, where V1's history or a backup alone has it still; else `null`.",
);

export const List = v.object({
  total: count('Checkpoints that there are.'),
  matching: count('Those that were asked for.'),
  checkpoints: list(
    v.object({
      checkpoint: piece.checkpoint,
      layouts: piece.layouts('The layouts that have it.'),
      createdAt: time('The newest `created_at` of its sessions'),
      branch: textOrNull('The branch that was worked on.'),
      agents: list(v.string(), 'The agents of its sessions, each once.'),
      sessionCount,
      files: list(v.string(), 'The files that its sessions touched, each once.'),
      prompt: textOrNull('The line of its first prompts that says most.'),
      commits,
      deletion,
      isOddTime: flag('`createdAt` is a time that nobody meant: year 1, 1970, the far future.'),
      label: textOrNull(
        'What to call it: the subject of the first of `commits`; else `prompt`, with two of `files` or the time of day.',
      ),
    }),
    'Newest first; those whose time nobody knows last.',
  ),
});

export const Export = v.object({
  format: word(['markdown', 'html', 'jsonl'], 'What was written.'),
  output: text('The folder.'),
  files: list(v.string(), 'The names of the files in it, in the order in which they were written.'),
});

const tokenCount = (description: string) => orNull(v.number(), description);
const tokenUsage = orNull(
  v.object({
    inputTokens: tokenCount('Tokens that went in.'),
    cacheCreationTokens: tokenCount('Tokens that were written to the cache.'),
    cacheReadTokens: tokenCount('Tokens that were read from the cache.'),
    outputTokens: tokenCount('Tokens that came out.'),
    apiCallCount: tokenCount('Calls of the API.'),
  }),
  'What a program counted.',
);
const bytesOrNull = orNull(v.number(), 'Its size; `null` where the content is not in this repository.');
const file = { path: text("From the tree's root."), bytes: bytesOrNull };
const fileOrNull = (description: string) => orNull(v.object(file), description);
const about = {
  branch: textOrNull('The branch that was worked on.'),
  strategy: textOrNull('The strategy that wrote it.'),
  cliVersion: textOrNull('The version of the program that wrote it.'),
  stepCount: orNull(v.number(), 'What the metadata calls `checkpoints_count`.'),
  filesTouched: list(v.string(), 'Files that were touched, each once.'),
  tokenUsage,
};

export const Show = v.object({
  checkpoint: piece.checkpoint,
  layout: piece.layout('The layout that was read.'),
  layouts: piece.layouts('The layouts that have it, of those that were looked at.'),
  commits,
  deletion,
  ref: text('The ref that was read.'),
  commit: piece.objectId('The commit that the ref is at.'),
  summary: orNull(v.object(about), 'What the summary says; `null` where it is absent or not readable.'),
  sessionCount,
  sessions: list(
    v.object({
      session: text("The folder's name: what `--session` takes."),
      sessionId: textOrNull("The agent's own ID of it."),
      createdAt: time('When it began'),
      agent: textOrNull('The agent.'),
      model: textOrNull('The model.'),
      ...about,
      transcript: orNull(
        v.object({
          ref: text('The ref that holds it.'),
          files: list(v.object(file), 'Its files, in their order.'),
          bytes: bytesOrNull,
          contentHash: textOrNull('What the hash file says, which may be wrong.'),
        }),
        'Its raw transcript; `null` where there is none.',
      ),
      prompts: fileOrNull('`prompt.txt`; `null` where there is none.'),
      metadata: fileOrNull('`metadata.json`; `null` where there is none.'),
      taskCount: count('Folders of subagent tasks.'),
    }),
    'All sessions, 10,000 at most, or the one that was asked for.',
  ),
  oddities: list(
    v.object({
      code: piece.code('A stable name; docs/findings.md explains each.'),
      path: text("From the tree's root."),
      detail: textOrNull('More about it.'),
    }),
    'What is unusual.',
  ),
});

const counts = { checkpoints: count('Checkpoints.') };
const commitsOrNull = orNull(v.number(), 'Commits; `null` where they cannot be counted.');

export const Status = v.object({
  isBare: flag('The repository has no work tree.'),
  isShallow: flag('Its history was cut off.'),
  primary: orNull(
    v.object({
      layout: piece.layout('Its name.'),
      source: textOrNull('The settings file or the variable that says so; `null` where nothing does.'),
      key: textOrNull('The setting in that file.'),
    }),
    'The layout that is written first; `null` where the settings cannot be read.',
  ),
  layouts: list(
    v.object({
      layout: piece.layout('Its name.'),
      ref: text('The ref that holds it: of V2, `main`; of git-refs, what the names of its refs begin with.'),
      commit: piece.objectIdOrNull('The commit that the ref is at; `null` where each checkpoint has a ref.'),
      isSecondV1: flag("It is `refs/entire/checkpoints/v1`, a branch in V1's shape beside the layouts."),
      isSource: flag('The others are measured against it: the primary layout, or the first that is here.'),
      onlyHereCount: count('Checkpoints that no other layout here has.'),
      notInSourceCount: count('Checkpoints that the source lacks.'),
      behindCount: orNull(
        v.number(),
        'Checkpoints of the source that it lacks or has in another state; `null` for the source, and for a second V1.',
      ),
      unreadableCount: count("Checkpoints that can't be read."),
      isRemoteCopy: v.optional(flag("There is no branch here, only origin's as it was fetched.")),
      counts: v.pipe(
        v.object({ ...counts, commits: v.optional(commitsOrNull), sessions: v.optional(count('Sessions.')) }),
        v.description('What it holds.'),
      ),
    }),
    'The layouts that are here.',
  ),
  unreadableLayouts: list(
    v.object({ layout: piece.layout('Its name.'), ref: text('As in `layouts`.'), reason: text('Why.') }),
    "Layouts that are here and can't be read at all.",
  ),
  remote: v.optional(atRemote('What `--remote` has found.')),
  coverage: orNull(
    v.object({
      relation: word(
        ['same', 'behind', 'ahead', 'rewritten', 'foreign', 'none', 'unknown'],
        'How V2 relates to V1; `none`: there is no V2.',
      ),
      counts: v.pipe(v.object({ ...counts, commits: commitsOrNull }), v.description('What V2 lacks of V1.')),
    }),
    'How far V2 has got; `null` where there is no V1.',
  ),
  generationCapacity: count('Checkpoints in a full generation.'),
  generations: list(
    v.object({
      number: orNull(v.number(), 'Its number; `null` for `full/current`.'),
      state: word(['current', 'archived', 'pruned', 'missing', 'unreadable'], 'How it is.'),
      checkpointCount: orNull(v.number(), 'Checkpoints in it; `null` where there is nothing to count.'),
      oldest: time('The least `created_at` of its sessions'),
      newest: time('The greatest one'),
      bytes: orNull(v.number(), 'Bytes of its files, uncompressed; `null` for what is not here.'),
      absentFileCount: count('Files whose content is not in this repository; they are not in `bytes`.'),
      isPastRetention: flag('The retention of the settings is over.'),
      isInV1: flag('V1 has every checkpoint that it holds.'),
    }),
    'From the first on; `full/current` comes last.',
  ),
  settings: orNull(
    v.array(
      v.object({
        key: text('Its name below `strategy_options`.'),
        value: v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.description('What counts.')),
        source: textOrNull('The file that says so; `null` for the default.'),
      }),
    ),
    'The settings that ckpt heeds; `null` where a file cannot be read.',
  ),
  pending: list(
    v.object({
      layout: piece.layout('The layout.'),
      checkpointCount: count('Checkpoints that came or changed since the mirror last ran.'),
    }),
    'What is behind for a moment, and is not a problem: the next hook closes it.',
  ),
  hooks: orNull(HooksStatus, 'What `ckpt hooks status` has as its result; `null` where they cannot be read.'),
  problems: list(
    v.object({
      code: piece.code('A stable name.'),
      message: text('What needs attention, for people.'),
      commands: piece.commands,
    }),
    'What needs attention, the gravest first.',
  ),
  nextCommand: textOrNull('The first of these commands, which can be pasted; `null` where none is needed.'),
});

export const Completion = v.object({
  shell: word(['bash', 'zsh', 'fish', 'powershell'], 'The shell.'),
  script: text('The script.'),
});
