import { type Finding, finding } from '../../../src/verify/finding.ts';

export const A = 'a3b2c4d5e6f7';
export const B = 'b1c2d3e4f506';

/** What no report may hand on as it is: escapes, line ends, overrides, and the marks of each format. */
export const NASTY = 'x\u001b[2J\r\n::error::y\u202e]]> <b>&amp; | `z` %0A, @me \ufffe\u0000 ![i](http://x)';
export const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;

export const LOST = finding('FIELD_LOST', 'agent is gone', {
  checkpoint: A,
  session: '2',
  path: 'a3/b2c4d5e6f7/2/metadata.json',
  field: 'agent',
});
export const CHANGED = finding('FIELD_CHANGED', 'branch is "a", not "b"', {
  checkpoint: A,
  path: 'a3/b2c4d5e6f7/metadata.json',
  field: 'branch',
});
export const WARNED = finding('GENERATION_TOO_LARGE', 'holds 120', {
  ref: 'refs/entire/checkpoints/v2/full/0000000000001',
});
export const NOTED = finding('CHECKPOINT_ONLY_IN_V2', 'only in V2', { checkpoint: B });
export const BEHIND = finding('V2_BEHIND', 'two commits', { ref: 'refs/entire/checkpoints/v2/main' });
/** At a line of a file. */
export const AT_LINE = finding('FILE_CHANGED', 'no JSON', {
  checkpoint: B,
  path: 'b1/c2d3e4f506/0/full.jsonl',
  line: 7,
});
export const EVIL = finding('FILE_EXTRA', NASTY, { path: NASTY, ref: 'refs/entire/checkpoints/v2/main' });

/** One of each severity, with and without a checkpoint, and an evil one. */
export const FINDINGS: readonly Finding[] = [LOST, CHANGED, WARNED, NOTED, BEHIND, EVIL];
