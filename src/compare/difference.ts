import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { RefName } from '../git/object-id.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { FieldChange, FieldWeight } from './field-rules.ts';

/** Where a difference is. */
export interface DifferencePlace {
  /** The side of V2 that it is on: `main` with summaries, metadata and prompts, or the generations with transcripts and tasks. */
  readonly part: 'main' | 'full';
  /** The ref that has it; absent where no generation does. */
  readonly ref?: RefName | undefined;
  /** Absent for what lies in no checkpoint. */
  readonly checkpoint?: CheckpointId | undefined;
  /** The session's number as it should be; where only what is there has the session, the one that it has. */
  readonly session?: string | undefined;
  /** The number that the session has there, where it is another one. */
  readonly actualSession?: string | undefined;
  /** From the root of the ref's tree, in names as in a `TreeEntry`. */
  readonly path: string;
  /** The file, or the folder, as it should be and as it is, where the difference is in one; absent on a side that has none. */
  readonly expected?: TreeEntry | undefined;
  readonly actual?: TreeEntry | undefined;
}

/** How a file differs whose content is the same to a reader, or a matter of who wrote it. `made`: it is not there, but what it was made of is. */
export type OtherForm = 'values' | 'pieces' | 'hash' | 'compact' | 'made' | 'mode';

/** One thing in which what is there is not what should be there. */
export type Difference = DifferencePlace &
  (
    | { readonly kind: 'checkpoint'; readonly change: 'lost' | 'added' }
    | { readonly kind: 'session'; readonly change: 'lost' | 'added' | 'renumbered' }
    /** The summary has no entry for a session that is there; `index` is that of the entry that should be there. */
    | { readonly kind: 'listed session'; readonly index: number }
    | FileDifference
    | FieldDifference
  );

/**
 * A file, or a folder as a whole. `absent`: one of the two contents is not in this repository. `misplaced`: it belongs to the other part.
 * `malformed`: a folder with the right files that is not stored as git stores one. `form`: it differs without a loss.
 */
export interface FileDifference {
  readonly kind: 'file';
  readonly change: 'lost' | 'changed' | 'added' | 'absent' | 'misplaced' | 'malformed' | 'form';
  readonly form?: OtherForm;
}

/** A member of a JSON file. */
export interface FieldDifference {
  readonly kind: 'field';
  readonly change: FieldChange;
  /** The place in the text, as `token_usage.input_tokens` or `sessions[0].prompt`. */
  readonly field: string;
  /** The member at the top of the text that it is in, or of the entry of a session; absent where that entry as a whole is lost. */
  readonly member?: string;
  /** The index of that entry in `sessions[]` as it should be. */
  readonly index?: number;
  /** Whether it loses data. */
  readonly weight: FieldWeight;
  /** An error that is a note in a session that Entire's V2 client wrote. */
  readonly isHabit?: boolean;
  /** The values as JSON text, cut; absent on a side that has none. */
  readonly old?: string | undefined;
  readonly new?: string | undefined;
}
