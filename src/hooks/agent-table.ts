import type { AgentName } from '../stores/agents.ts';

/** How an agent learns what to run at the end of a turn. All paths start at the top of the work tree. */
export interface AgentHook {
  /** A folder of the agent's: where it is there, somebody uses the agent in this work tree. */
  readonly folder: string;
  /** The file that says it. */
  readonly file: string;
  /** What a new file has besides: agents refuse one without it. */
  readonly start?: Readonly<Record<string, number>>;
  /** How the file says it. */
  readonly form: SettingsForm | ModuleForm;
  /** The project's folder as the agent's environment has it, for sh; else the folder in which the agent runs the command. */
  readonly project?: string;
}

/** A JSON document with `hooks.<event>`, an array: of commands, or of groups that have commands in `hooks`. */
export interface SettingsForm {
  readonly event: string;
  readonly isGrouped: boolean;
  /** The member of an entry that has the line for sh; its other members. */
  readonly key: 'command' | 'bash';
  readonly besides: Readonly<Record<string, string>>;
}

/** A module of the agent's own program, which ckpt writes whole. `handler` has `run(session, folder)`, which may be waited for. */
export interface ModuleForm {
  readonly handler: string;
}

const COMMANDS_IN_GROUPS = { isGrouped: true, key: 'command', besides: { type: 'command' } } as const;

/** What each agent documents, at the address beside it. */
export const AGENT_HOOKS: Readonly<Record<AgentName, AgentHook>> = {
  // https://code.claude.com/docs/en/hooks
  'claude-code': {
    folder: '.claude',
    file: '.claude/settings.json',
    form: { event: 'Stop', ...COMMANDS_IN_GROUPS },
    project: 'CLAUDE_PROJECT_DIR',
  },
  // https://developers.openai.com/codex/hooks
  codex: { folder: '.codex', file: '.codex/hooks.json', form: { event: 'Stop', ...COMMANDS_IN_GROUPS } },
  // https://docs.github.com/en/copilot/reference/copilot-cli-reference/cli-hooks-reference: every file of that folder counts.
  'copilot-cli': {
    folder: '.github/hooks',
    file: '.github/hooks/ckpt.json',
    start: { version: 1 },
    form: { event: 'agentStop', isGrouped: false, key: 'bash', besides: { type: 'command' } },
  },
  // https://cursor.com/docs/agent/hooks
  cursor: {
    folder: '.cursor',
    file: '.cursor/hooks.json',
    start: { version: 1 },
    form: { event: 'stop', isGrouped: false, key: 'command', besides: {} },
    project: 'CURSOR_PROJECT_DIR',
  },
  // https://docs.factory.ai/reference/hooks-reference
  'factory-droid': {
    folder: '.factory',
    file: '.factory/settings.json',
    form: { event: 'Stop', ...COMMANDS_IN_GROUPS },
    project: 'FACTORY_PROJECT_DIR',
  },
  // https://geminicli.com/docs/hooks/reference
  'gemini-cli': {
    folder: '.gemini',
    file: '.gemini/settings.json',
    form: { event: 'AfterAgent', ...COMMANDS_IN_GROUPS },
    project: 'GEMINI_PROJECT_DIR',
  },
  // https://opencode.ai/docs/plugins
  opencode: {
    folder: '.opencode',
    file: '.opencode/plugins/ckpt.js',
    form: {
      handler: `export const CkptMirror = async ({ directory }) => ({
  event: async ({ event }) => {
    if (event.type === 'session.idle') await run(event.properties?.sessionID, directory);
  },
});`,
    },
  },
  // https://github.com/badlogic/pi-mono/blob/main/packages/coding-agent/docs/extensions.md
  pi: {
    folder: '.pi',
    file: '.pi/extensions/ckpt.ts',
    form: {
      handler: `export default function (pi) {
  pi.on('agent_end', async (_event, context) => {
    await run(context.sessionManager?.getSessionId?.(), context.cwd);
  });
}`,
    },
  },
};
