import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type { ProgressListener } from '../checkpoint/progress.ts';
import type { Repository } from '../git/repository.ts';
import { isInteractive } from '../ui/terminal.ts';
import { piecesWithoutCommands } from '../ui/workflow-commands.ts';
import { BaseCommand, readingFlags, repositoryFlags } from './base.ts';
import { UsageError } from './errors.ts';
import { layoutFlag } from './layout-flag.ts';
import { placeIn } from './place-in.ts';
import { terminalWidth } from './terminal-width.ts';
import { writeBytes } from './write-bytes.ts';

export default class Show extends BaseCommand {
  static override summary = 'Show what a checkpoint holds, or print one part of it as it is.';

  static override description =
    `By default it shows the commits that name the checkpoint, its summary and sessions, the size and place of each
transcript, and what is unusual. A commit or a branch instead of an ID shows the checkpoint that it names; --at shows the
one in which a line was written, as of the last commit. --transcript, --prompts and --metadata print one file byte for byte; a transcript that is stored in
several files is put together. --transcript --rendered shows it for reading: who says what, commands, edits as
differences, long results cut. Where there are several sessions, --session names one by the number of its folder; --metadata
without --session prints the metadata of the checkpoint itself.
Where V1 and V2 have the checkpoint, V1 is read, because it is written first; V2 is where the settings say
checkpoints_version 2.`;

  static override examples = [
    { description: 'Look at a checkpoint; the first digits are enough', command: '<%= config.bin %> show a3b2' },
    { description: 'The conversation behind the last commit', command: '<%= config.bin %> show HEAD' },
    { description: 'The conversation behind a line', command: '<%= config.bin %> show --at src/main.c:120' },
    {
      description: 'Read the transcript of its session 0',
      command: '<%= config.bin %> show a3b2c4d5e6f7 --transcript --rendered --session 0 | less',
    },
    {
      description: 'Save the raw transcript',
      command: '<%= config.bin %> show a3b2c4d5e6f7 --transcript --session 0 > full.jsonl',
    },
  ];

  static override args = {
    'checkpoint-id': Args.string({
      ignoreStdin: true,
      description:
        'The ID of a checkpoint, or its first digits where no other ID begins with them; or a commit or branch that names one.',
    }),
  };

  static override flags = {
    ...repositoryFlags,
    ...readingFlags,
    layout: layoutFlag,
    at: Flags.string({
      helpValue: 'FILE[:LINE]',
      summary: 'The checkpoint in which this line of a file was written, as git blame finds it.',
    }),
    session: Flags.string({ helpValue: 'N', summary: 'Only the session in the folder of this number.' }),
    prompts: Flags.boolean({
      exclusive: ['transcript', 'metadata', 'json', 'quiet'],
      summary: 'Print prompt.txt as it is.',
    }),
    transcript: Flags.boolean({
      exclusive: ['prompts', 'metadata', 'json', 'quiet'],
      summary: 'Print the raw transcript as it is.',
    }),
    rendered: Flags.boolean({
      dependsOn: ['transcript'],
      summary: 'Show the transcript for reading, instead of as it is.',
    }),
    metadata: Flags.boolean({
      exclusive: ['prompts', 'transcript', 'json', 'quiet'],
      summary: 'Print metadata.json as it is: of the session, or of the checkpoint.',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Show);
    const named = namedBy(args['checkpoint-id'], flags.at);
    const part = (['prompts', 'transcript', 'metadata'] as const).find((name) => flags[name]);
    const work = async (repo: Repository, onEvent: ProgressListener) => {
      this.doing(`reading ${flags.at ?? `checkpoint ${args['checkpoint-id']}`}`);
      const id = typeof named === 'string' ? named : { ...named, path: placeIn(repo, named.path, flags.repo) };
      if (part === undefined) {
        const { showCheckpoint } = await import('../inspect/show-checkpoint.ts');
        return showCheckpoint(repo, id, { ...flags, onEvent });
      }
      const { openPart } = await import('../inspect/open-part.ts');
      const bytes = await openPart(repo, id, part, { ...flags, onEvent });
      const { sanitizedBytes } = await import('../ui/sanitize.ts');
      // A pipe gets the bytes as they are; a terminal would obey the control sequences among them.
      const shown = process.stdout.isTTY ? sanitizedBytes(bytes) : bytes;
      await writeBytes(process.stdout, flags.rendered ? await renderedTranscript(bytes) : shown);
      return undefined;
    };
    const silently = { frame: false, isShown: false };
    const report = await this.withRepository(
      (repo) => this.withProgress((onEvent) => work(repo, onEvent), silently),
      { stopsSafely: false }, // nothing is written
    );
    if (report === undefined) return;
    const { checkpointText } = await import('../ui/checkpoint-text.ts');
    const { ODDITIES } = await import('../checkpoint/oddity.ts');
    this.finish({ result: report }, (run) => {
      return checkpointText(report, (code) => ODDITIES[code], terminalWidth(process.stdout), run);
    });
  }
}

/** What the arguments name: a checkpoint, a commit, or a place in a file. Throws `UsageError`. */
function namedBy(
  text: string | undefined,
  at: string | undefined,
): string | { path: string; line: number | undefined } {
  if ((text === undefined) === (at === undefined)) {
    throw new UsageError(
      'name one checkpoint',
      'By its ID, by a commit (HEAD), or by a line of a file: --at FILE:LINE',
    );
  }
  if (at === undefined) return text as string;
  const [, path = at, line] = /^(.+):(\d+)$/s.exec(at) ?? [];
  if (line !== undefined && Number(line) === 0) throw new UsageError('--at names line 0', 'Lines count from 1.');
  return { path, line: line === undefined ? undefined : Number(line) };
}

async function renderedTranscript(bytes: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const { readTranscriptEntries } = await import('../transcripts/read-entries.ts');
  const { renderTranscript } = await import('../ui/transcript/transcript-text.ts');
  const text = renderTranscript(readTranscriptEntries(bytes), terminalWidth(process.stdout));
  const pieces = (async function* () {
    for await (const piece of text) yield Buffer.from(piece, 'utf8');
  })();
  // No service reads a terminal: there a line stays as it was wrapped.
  return isInteractive(process.stdout, process.env) ? pieces : piecesWithoutCommands(pieces);
}
