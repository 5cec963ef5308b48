/** Ends the process, with `process.exitCode`, though work is under way: when what was written to stdout and stderr has arrived. */
export function exitAfterOutput(): void {
  process.stderr.write('', () => process.stdout.write('', () => process.exit()));
}
