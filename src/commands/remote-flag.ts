import * as Flags from '@oclif/core/flags';
import { parseCheckpointId } from '../checkpoint/checkpoint-id.ts';

/** `--remote [REMOTE]`: a flag whose value may be absent, which is empty then. */
export function remoteFlag(description: string, exclusive: string[] = []) {
  return Flags.string({ exclusive, helpValue: '[REMOTE]', description });
}

/**
 * The words of the command line, with an empty value for a `--remote` that has none: the word behind it is its value, unless that is
 * a flag or a checkpoint ID. The parser knows no flags whose value may be absent.
 */
export function withRemoteValue(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.map((word, at) => {
    const next = argv[at + 1];
    const isValue = next !== undefined && !next.startsWith('-') && parseCheckpointId(next) === undefined;
    return word === '--remote' && (end < 0 || at < end) && !isValue ? '--remote=' : word;
  });
}
