import type { RunFacts } from '../../src/ui/run-facts.ts';

/** A run with these words after `ckpt`, as texts know it. */
export function runOf(...argv: string[]): RunFacts {
  return {
    argv,
    version: '1.2.3',
    repository: '/home/ada/project',
    engine: 'native',
    engineVersion: 'git 2.39.5',
    durationMs: 120,
  };
}
