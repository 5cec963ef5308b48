import { fieldsAt, isFields, parseJson, textAt } from './members.ts';

/** What a tool of Codex gave back, for people. */
interface CodexOutput {
  readonly content: unknown;
  readonly isError: boolean;
}

/** Lines that Codex puts before what a tool printed. */
const HEAD =
  /^(?:Chunk ID: .+|Wall time:? [\d.]+ seconds|Original token count: \d+|Exit code: -?\d+|Process .+|Script (?:completed|failed|running .+))$/;
/** Those that say nothing to a reader: numbers of Codex's own, and that all went well. */
const DULL =
  /^(?:Chunk ID: |Wall time|Original token count: |Exit code: 0$|Process exited with code 0$|Script completed$)/;
const FAILED =
  /^(?:Exit code: |Process exited with code |Script failed$|(?:apply_patch verification|exec_command|write_stdin) failed)/;
/** Lines of the longest head, and the line that ends it. */
const HEAD_LINES = 7;

/**
 * What a tool printed, without what Codex puts around it: lines before the output, or an object that has the output as a member.
 * Of those lines the ones that say how a command ended, or that it runs on, stay.
 */
export function codexOutput(output: unknown): CodexOutput {
  if (typeof output === 'string') return outputText(output);
  if (!Array.isArray(output)) return { content: output, isError: false };
  const blocks = output.map((block: unknown) => {
    const text = isFields(block) ? textAt(block, 'text') : undefined;
    if (text === undefined) return { content: block, isError: false };
    const { content, isError } = outputText(text);
    return { content: { ...(block as object), text: content }, isError };
  });
  return { content: blocks.map(({ content }) => content), isError: blocks.some(({ isError }) => isError) };
}

function outputText(text: string): { content: string; isError: boolean } {
  const inner = text.startsWith('{') ? objectOutput(parseJson(text)) : undefined;
  if (inner !== undefined) return outputText(inner);
  const head = text.split('\n', HEAD_LINES);
  const end = head.indexOf('Output:');
  const isHead = end >= 0 && head.slice(0, end).every((line) => HEAD.test(line));
  if (!isHead) return { content: text, isError: FAILED.test(text.slice(0, 100)) };
  const told = head.slice(0, end).filter((line) => !DULL.test(line));
  const printed = text.slice(head.slice(0, end + 1).join('\n').length + 1);
  return { content: [...told, printed].join('\n'), isError: told.some((line) => FAILED.test(line)) };
}

/** An object of Codex's that has the output as a member, as the text that it writes elsewhere; `undefined` for any other value. */
function objectOutput(value: unknown): string | undefined {
  if (!isFields(value) || typeof value.output !== 'string') return undefined;
  const exitCode = value.exit_code ?? fieldsAt(value, 'metadata').exit_code;
  if (typeof exitCode === 'number') return `Exit code: ${exitCode}\nOutput:\n${value.output}`;
  if (isFields(value.metadata)) return value.output;
  if (value.chunk_id === undefined) return undefined;
  return `Process running with session ID ${value.session_id}\nOutput:\n${value.output}`;
}
