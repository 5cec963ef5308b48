/** How a line looks besides its words. */
export type Look = 'heading' | 'added' | 'removed' | 'place' | 'code' | 'dim';

/** A line of text that is fit for a terminal. */
export interface Line {
  readonly text: string;
  readonly look?: Look | undefined;
}
