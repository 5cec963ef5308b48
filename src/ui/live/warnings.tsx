import { Box, Text } from 'ink';
import { sanitize } from '../sanitize.ts';
import { countOf } from '../words.ts';
import type { Symbols } from './symbols.ts';

/** The warnings that came last, and how many there are. */
export function Warnings(props: { last: readonly string[]; count: number; symbols: Symbols }) {
  const { last, count, symbols } = props;
  if (count === 0) return null;
  const more = count > last.length ? `, the last ${last.length}:` : ':';
  return (
    <Box flexDirection="column">
      <Text color="yellow" wrap="truncate">{`${symbols.warning} ${countOf(count, 'warning')}${more}`}</Text>
      {last.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same warning may come twice, and nothing here has a state
        <Text key={index} wrap="truncate">{`  ${sanitize(message)}`}</Text>
      ))}
    </Box>
  );
}
