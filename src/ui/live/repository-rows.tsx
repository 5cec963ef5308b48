import { Box, Text } from 'ink';
import { sanitize } from '../sanitize.ts';
import { formatCount } from '../words.ts';
import { clock } from './clock.ts';
import type { RepositoryState } from './progress-state.ts';

/** The indent of the rows: that of what belongs to a phase. */
const INDENT = 4;

interface RepositoryRowsProps {
  readonly repositories: readonly RepositoryState[];
  /** How many have a row, the longest in work first; all of them where nothing is said. */
  readonly rows: number | undefined;
  /** Milliseconds since the work began. */
  readonly now: number;
  readonly columns: number;
}

/** The repositories of a fleet that are in work: what runs in each, and for how long. Of a path that is too long the end is shown. */
export function RepositoryRows({ repositories, rows = repositories.length, now, columns }: RepositoryRowsProps) {
  const shown = repositories.slice(0, Math.max(0, rows));
  const more = repositories.length - shown.length;
  return (
    <Box flexDirection="column" marginLeft={INDENT} width={Math.max(1, columns - INDENT)}>
      {shown.map(({ name, step, startedAt }) => (
        <Box key={name} justifyContent="space-between">
          <Text wrap="truncate-start">{sanitize(name)}</Text>
          <Box flexShrink={0} marginLeft={1}>
            <Text dimColor wrap="truncate">{`${step.padEnd(STEP_COLUMNS)} ${clock(now - startedAt).padStart(6)}`}</Text>
          </Box>
        </Box>
      ))}
      {more > 0 && <Text dimColor wrap="truncate">{`and ${formatCount(more)} more`}</Text>}
    </Box>
  );
}

/** Room for the longest step. */
const STEP_COLUMNS = 7;
