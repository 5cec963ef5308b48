import { expect, test } from 'vitest';
import { finalizeMessage } from '../../src/checkpoint/session-write.ts';
import { announcedWrite } from '../../src/checkpoint/write-subject.ts';

const HEX = 'a3b2c4d5e6f7';
const ULID = '01JZX4T9QK3M8V7W6P5R4S3T2A';

test.each([
  [finalizeMessage(HEX), { kind: 'finalize', checkpoint: HEX }],
  [`Checkpoint: ${ULID}\n\nEntire-Session: s\n`, { kind: 'write', checkpoint: ULID }],
  [`Checkpoint: ${HEX}`, { kind: 'write', checkpoint: HEX }],
  [`Checkpoint: ${HEX} and more\n`, undefined],
  ['Checkpoint: not-an-id\n', undefined],
  [`About\n\nCheckpoint: ${HEX}\n`, undefined],
  ['', undefined],
])('%j announces %j', (message, write) => {
  expect(announcedWrite(message)).toEqual(write);
});
