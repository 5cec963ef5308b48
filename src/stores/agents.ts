/** The agents that can run the mirror at the end of a turn, by the names that flags and documents have for them. */
export const AGENTS = [
  'claude-code',
  'codex',
  'copilot-cli',
  'cursor',
  'factory-droid',
  'gemini-cli',
  'opencode',
  'pi',
] as const;
export type AgentName = (typeof AGENTS)[number];
