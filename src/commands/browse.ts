import type { Repository } from '../git/repository.ts';
import { colorLevel, hasSymbols, isInteractive } from '../ui/terminal.ts';
import { BaseCommand, readingFlags, repositoryFlags } from './base.ts';
import { NotATerminalError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { layoutFlag } from './layout-flag.ts';

export default class Browse extends BaseCommand {
  static override summary = 'Look through checkpoints, sessions and transcripts on a screen.';

  static override description =
    `The list begins with the checkpoint that was written last. Only what is on the screen is read,
and transcripts by pages. Needs a terminal; elsewhere use list and show.

Keys: arrows, j and k, PgUp and PgDn, b and space, Home and End, g and G move. Enter opens the checkpoint, then its transcript; Esc
goes back. Tab goes to the next session. / searches: words in the ID, branch, agent, touched files, prompts or commits;
agent:codex branch:main file:src/ text:word since:2026-01-31 until:2w narrow it. d shows what differs between the layouts, o the commit, v reads each layout
alone, ? shows help, q quits.`;

  static override examples = [
    { description: 'All layouts', command: '<%= config.bin %> browse' },
    { description: 'What V2 has', command: '<%= config.bin %> browse --layout v2' },
  ];

  static override flags = { ...repositoryFlags, ...readingFlags, layout: layoutFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(Browse);
    const { stdin, stdout, env } = process;
    if (flags.json) throw new NotATerminalError('--json asks for a document');
    if (flags.quiet) throw new NotATerminalError('--quiet asks for none');
    if (!stdin.isTTY || !stdout.isTTY) throw new NotATerminalError('stdin or stdout is not a terminal');
    if (!isInteractive(stdout, env)) throw new NotATerminalError('CI is set, or TERM is dumb');
    env.FORCE_COLOR = String(colorLevel(stdout, env)); // ink does not know NO_COLOR
    const show = async (repo: Repository) => {
      const { openBrowseSource } = await import('../inspect/browse/open-browse-source.ts');
      const source = await this.withProgress((onEvent) => openBrowseSource(repo, { layout: flags.layout, onEvent }), {
        frame: false,
        isShown: false,
      });
      this.doing('showing checkpoints');
      const { runBrowse } = await import('../ui/browse/run-browse.tsx');
      const { diffCheckpoint } = await import('../verify/diff/diff-checkpoint.ts');
      const { commitsOf } = await import('../inspect/browse/commits-of.ts');
      const { ODDITIES } = await import('../checkpoint/oddity.ts');
      const content = {
        source,
        commits: commitsOf(repo),
        diff: (id: Parameters<typeof diffCheckpoint>[1]) => diffCheckpoint(repo, id, { env }),
        meaningOf: (code: keyof typeof ODDITIES) => ODDITIES[code],
      };
      const over = runBrowse({ content, layout: flags.layout, stdin, stdout, hasSymbols: hasSymbols(env) });
      return over.finally(() => source.close());
    };
    const end = await this.withRepository(show, { stopsSafely: false }); // nothing is written
    process.exitCode = { quit: EXIT.ok, interrupted: EXIT.interrupted, terminated: EXIT.terminated }[end];
  }
}
