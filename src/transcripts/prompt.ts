/** What became of a text that a transcript has as the user's. */
export interface Prompt {
  /** `prompt`: typed by the user; `note`: of interest, but not typed; `hidden`: put in by the agent's program. */
  readonly kind: 'prompt' | 'note' | 'hidden';
  readonly text: string;
}

/** Blocks that an agent's program puts into what the user typed, with all that is in them. */
const INSERTED =
  /<(system-reminder|environment_context|external_links|current_datetime|reminder|ide_selection|ide_opened_file|additional_data|attached_files|user_info|project_layout|rules|open_and_recently_viewed_files|git_status|agent_transcripts|timestamp|image_files)>[\s\S]*?<\/\1>/g;
/** Tags around what the user typed. */
const AROUND = /<\/?(?:user_query|user_message|user_prompt|user-prompt)>/g;
/** Texts that are put in whole: instructions, the answer of a local command's caveat, state. */
const WHOLE =
  /^\s*(?:<(?:local-command-caveat|user_instructions|INSTRUCTIONS|recommended_plugins|user_action|permissions instructions|skills_instructions|collaboration_mode|apps_instructions|plugins_instructions|app-context|multi_agent_mode|personality_spec|model_switch|turn_aborted)>|# AGENTS\.md instructions|Caveat: The messages below)/;

/**
 * What a text is that stands in a transcript as the user's: agents put reminders, instructions and the output of local commands
 * there as well. Blocks that they insert are cut out; a slash command is shown as it was typed.
 */
export function readPrompt(text: string): Prompt {
  const command = /<command-name>([\s\S]*?)<\/command-name>/.exec(text)?.[1];
  if (command !== undefined) {
    const words = /<command-args>([\s\S]*?)<\/command-args>/.exec(text)?.[1] ?? '';
    return { kind: 'prompt', text: `${command.trim()} ${words.trim()}`.trim() };
  }
  const shell = /^\s*<bash-input>([\s\S]*?)<\/bash-input>/.exec(text)?.[1];
  if (shell !== undefined) return { kind: 'prompt', text: `! ${shell.trim()}` };
  const output = /^\s*<(local-command-stdout|local-command-stderr|bash-stdout|bash-stderr)>([\s\S]*?)(?:<\/\1>|$)/.exec(
    text,
  );
  if (output !== null) return note(withoutTags(text));
  if (/^\s*<task-notification>/.test(text)) return note(taskNote(text));
  if (/^\s*\[Request interrupted by user/.test(text)) return note('Interrupted by the user');
  if (WHOLE.test(text)) return { kind: 'hidden', text };
  const typed = text.replace(INSERTED, '').replace(AROUND, '').trim();
  return typed === '' ? { kind: 'hidden', text } : { kind: 'prompt', text: typed };
}

function note(text: string): Prompt {
  const trimmed = text.trim();
  return trimmed === '' ? { kind: 'hidden', text } : { kind: 'note', text: trimmed };
}

function withoutTags(text: string): string {
  return text.replace(/<\/?(?:local-command|bash)-std(?:out|err)>/g, '').replace(/\u001b\[[0-9;]*m/g, '');
}

function taskNote(text: string): string {
  const part = (tag: string) => new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(text)?.[1]?.trim();
  const summary = part('summary') ?? `Background task ${part('task-id') ?? ''} ${part('status') ?? ''}`.trim();
  const result = part('result');
  return result === undefined ? summary : `${summary}\n\n${result}`;
}
