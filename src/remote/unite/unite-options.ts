import type { ProgressListener } from '../../checkpoint/progress.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Settings } from '../../stores/settings.ts';

/** What local refs are united with, and how. */
export interface UniteOptions {
  readonly remote: string;
  /** Where the remote's V1 was before the fetch: says whether it was rewritten, where nothing says which was united last. */
  readonly earlierV1: ObjectId | undefined;
  readonly settings: Settings;
  readonly askedMaxCheckpoints?: number | undefined;
  readonly onEvent: ProgressListener;
}
