import type { Severity } from './finding.ts';

/** The severities, the heaviest first. */
export const SEVERITIES = ['error', 'warning', 'note'] as const satisfies readonly Severity[];

/** Whether a severity weighs at least as much as another. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}
