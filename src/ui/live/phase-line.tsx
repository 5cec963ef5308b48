import { Box, Text } from 'ink';
import { formatCount, formatDuration } from '../words.ts';
import type { PhaseState } from './progress-state.ts';
import type { Symbols } from './symbols.ts';

/** From this width on there is room for what a phase took beside its name. */
const WIDE = 44;
/** Room for the longest name of a phase. */
const NAME_COLUMNS = 22;

/** A phase that is done, or to come. */
export function PhaseLine({ phase, columns, symbols }: { phase: PhaseState; columns: number; symbols: Symbols }) {
  const isDone = phase.status === 'done';
  const mark = isDone ? symbols.done : symbols.pending;
  const count = phase.done > 0 ? formatCount(phase.done) : '';
  return (
    <Box>
      <Box flexShrink={0}>
        <Text {...(isDone ? { color: 'green' } : { dimColor: true })}>{`  ${mark} `}</Text>
      </Box>
      <Box width={columns >= WIDE ? NAME_COLUMNS : columns - 4} flexShrink={0}>
        <Text wrap="truncate" dimColor={!isDone}>
          {phase.name}
        </Text>
      </Box>
      {isDone && columns >= WIDE && (
        <Text dimColor wrap="truncate">
          {formatDuration(phase.endedAt - phase.startedAt).padStart(9)}
          {count === '' ? '' : `  ${count}`}
        </Text>
      )}
    </Box>
  );
}
