/**
 * What long work reports while it runs. The live view, the plain log and `--json` are all fed from this one stream; the
 * domain knows none of them.
 */
export type ProgressEvent =
  /** The phases that are still to come, in their order, as far as is known by now. A later list takes the place of this one. */
  | { readonly kind: 'phases'; readonly phases: readonly Phase[] }
  /** A new phase begins. `total` is the number of steps where it is known. */
  | { readonly kind: 'phase'; readonly phase: Phase; readonly total?: number }
  /** `done` steps of the phase are finished. Phases may run beside each other. `generation` is the archive being made: 13 digits. */
  | {
      readonly kind: 'progress';
      readonly phase: Phase;
      readonly done: number;
      readonly total?: number;
      readonly generation?: string;
    }
  /** A repository of a fleet is in work: `step` is what runs there now, for example `migrate`. */
  | { readonly kind: 'repository-step'; readonly name: string; readonly step: string }
  /** A repository of a fleet is done, or has failed. */
  | { readonly kind: 'repository-end'; readonly name: string; readonly isFailed: boolean }
  /** Something that a person should know, though the work goes on. */
  | { readonly kind: 'warning'; readonly message: string }
  /** Somebody else moved a ref: the plan is made again. `attempt` counts from 2. */
  | { readonly kind: 'retry'; readonly attempt: number; readonly reason: string };

/** The phases of all long work, in the order in which a command goes through those that it has. */
export type Phase =
  | 'ask the remote'
  | 'fetch from the remote'
  | 'send to the remote'
  | 'read refs'
  | 'read checkpoints'
  | 'walk history'
  | 'project commits'
  | 'survey checkpoints'
  | 'build generations'
  | 'look at archives'
  | 'measure objects'
  | 'write objects'
  | 'move refs'
  | 'compare coverage'
  | 'compare generations'
  | 'compare history'
  | 'list objects'
  | 'check transcripts'
  | 'visit repositories';

/** Takes progress events. Must not throw. */
export type ProgressListener = (event: ProgressEvent) => void;
