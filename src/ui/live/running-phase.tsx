import { Box, Text } from 'ink';
import { formatCount } from '../words.ts';
import { clock } from './clock.ts';
import type { PhaseState } from './progress-state.ts';
import type { Symbols } from './symbols.ts';

/** The indent of what belongs to a phase. */
const INDENT = 4;
/** A bar longer than this says no more. */
const LONGEST_BAR = 40;
/** A rate is reported when a phase has lasted this long, in milliseconds: before that it says nothing. */
const RATE_AFTER_MS = 500;
/** The time that is left is said when so much is done, or a phase has lasted so long: a phase often begins slowly. */
const LEFT_FROM = 0.05;
const LEFT_AFTER_MS = 10_000;

interface RunningPhaseProps {
  readonly phase: PhaseState;
  readonly generation: string | undefined;
  /** Steps of it that failed: repositories of a fleet. */
  readonly failedCount: number;
  /** Milliseconds since the work began. */
  readonly now: number;
  readonly columns: number;
  readonly symbols: Symbols;
}

/** A phase under way: a bar with counts where the total is known, the rate, and the time that is left at that rate. */
export function RunningPhase({ phase, generation, failedCount, now, columns, symbols }: RunningPhaseProps) {
  const { done, total } = phase;
  const room = columns - INDENT;
  return (
    <Box flexDirection="column">
      <Text wrap="truncate">
        <Text color="cyan">{`  ${symbols.running} `}</Text>
        <Text bold>{phase.name}</Text>
        {generation !== undefined && ` (generation ${generation})`}
      </Text>
      {total !== undefined && total > 0 && (
        <Box marginLeft={INDENT}>
          <Bar share={done / total} columns={room - 5} symbols={symbols} />
          <Text>{`${Math.floor((100 * done) / total)}%`.padStart(5)}</Text>
        </Box>
      )}
      {(done > 0 || (total ?? 0) > 0) && (
        <Box marginLeft={INDENT}>
          <Text wrap="truncate">{facts(phase, failedCount, now, room)}</Text>
        </Box>
      )}
    </Box>
  );
}

function Bar({ share, columns, symbols }: { share: number; columns: number; symbols: Symbols }) {
  const length = Math.max(4, Math.min(LONGEST_BAR, columns));
  const full = Math.min(length, Math.floor(share * length));
  return (
    <Text wrap="truncate">
      <Text color="cyan">{symbols.barDone.repeat(full)}</Text>
      <Text dimColor>{symbols.barLeft.repeat(length - full)}</Text>
    </Text>
  );
}

/** How far, how fast, how long still: as many of these as there is room for, the more important ones first. */
function facts({ done, total, startedAt, countedAt }: PhaseState, failedCount: number, now: number, room: number) {
  const parts = [total === undefined ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`];
  if (failedCount > 0) parts.push(`${formatCount(failedCount)} failed`);
  // The rate is that of the last report: between two of them nothing gets slower, and what is left gets less.
  const spentMs = countedAt - startedAt;
  if (spentMs >= RATE_AFTER_MS && done > 0) {
    const rate = (done * 1000) / spentMs;
    if (total !== undefined && total > done && (done >= total * LEFT_FROM || spentMs >= LEFT_AFTER_MS)) {
      const left = ((total - done) / rate) * 1000 - (now - countedAt);
      parts.push(`${clock(Math.max(0, left))} left`);
    }
    parts.push(`${rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate))}/s`);
  }
  while (parts.length > 1 && parts.join(', ').length > room) parts.pop();
  return parts.join(', ');
}
