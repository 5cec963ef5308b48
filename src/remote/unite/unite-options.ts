import type { ProgressListener } from '../../checkpoint/progress.ts';
import type { RefName } from '../../git/object-id.ts';
import type { Ref } from '../../git/repository.ts';
import type { Settings } from '../../stores/settings.ts';

/** What the user has set about it. */
export interface UniteSettings {
  readonly settings: Settings;
  /** The environment, which may name the primary layout. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Checkpoints in a full generation, as the user gave it. Default: what V2 records, here or there. */
  readonly askedMaxCheckpoints?: number | undefined;
}

/** What local refs are united with, and how. */
export interface UniteOptions extends UniteSettings {
  readonly remote: string;
  /** What the remote had when it was asked before: says what was rewritten there, where nothing says what was united last. */
  readonly seenBefore: ReadonlyMap<RefName, Ref>;
  readonly onEvent: ProgressListener;
}
