/**
 * Lines that no CI service obeys: at the beginning of a line GitHub takes `::word…::` for a command, and anywhere in it `##[`, and
 * Azure `##vso[`. A blank is put in between. For all output that is not meant as such a command.
 */
export function withoutWorkflowCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1: ').replace(/##(?=\[|vso\[)/g, '# #');
}
