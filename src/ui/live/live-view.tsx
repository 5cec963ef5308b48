import { Box, Text } from 'ink';
import { retryLine } from '../retry-line.ts';
import { countOf } from '../words.ts';
import { clock } from './clock.ts';
import { PhaseLine } from './phase-line.tsx';
import type { ProgressState } from './progress-state.ts';
import { RepositoryRows } from './repository-rows.tsx';
import { RunningPhase } from './running-phase.tsx';
import type { Symbols } from './symbols.ts';
import { Warnings } from './warnings.tsx';

/** What the live view shows, and how much room it has. */
export interface LiveViewProps {
  /** The command, for example `ckpt migrate`. */
  readonly title: string;
  readonly state: ProgressState;
  /** Milliseconds since the work began. */
  readonly elapsedMs: number;
  readonly columns: number;
  readonly symbols: Symbols;
  /** Only what is going on now: for terminals with few lines. */
  readonly compact?: boolean;
  /** Repositories of a fleet that have a row; all of them where nothing is said. */
  readonly repositoryRows?: number;
}

/** The work under way: each phase with its state, how far it is, and what to know meanwhile. Redrawn from its props alone. */
export function LiveView(props: LiveViewProps) {
  const { title, state, elapsedMs, columns, symbols, compact = false, repositoryRows } = props;
  const running = state.phases.filter(({ status }) => status === 'running');
  const shown = compact ? running.slice(-1) : state.phases;
  return (
    <Box flexDirection="column" width={columns}>
      <Box justifyContent="space-between">
        <Text bold wrap="truncate">
          {title}
        </Text>
        <Box flexShrink={0}>
          <Text>{clock(elapsedMs)}</Text>
        </Box>
      </Box>
      {shown.map((phase) =>
        phase.status === 'running' ? (
          <RunningPhase
            key={`${phase.name} ${phase.startedAt}`}
            phase={phase}
            generation={phase.name === state.current ? state.generation : undefined}
            failedCount={phase.name === state.current ? state.failedCount : 0}
            now={elapsedMs}
            columns={columns}
            symbols={symbols}
          />
        ) : (
          <PhaseLine key={`${phase.name} ${phase.startedAt}`} phase={phase} columns={columns} symbols={symbols} />
        ),
      )}
      {!compact && state.repositories.length > 0 && (
        <RepositoryRows repositories={state.repositories} rows={repositoryRows} now={elapsedMs} columns={columns} />
      )}
      {state.retryReason !== undefined && <Text wrap="truncate">{retryLine(state.attempt, state.retryReason)}</Text>}
      {compact ? (
        state.warningCount > 0 && (
          <Text color="yellow">{`${symbols.warning} ${countOf(state.warningCount, 'warning')}`}</Text>
        )
      ) : (
        <Warnings last={state.lastWarnings} count={state.warningCount} symbols={symbols} />
      )}
      {!compact && (
        <Text dimColor wrap="truncate">
          Ctrl-C stops safely
        </Text>
      )}
    </Box>
  );
}
