import { appendFileSync } from 'node:fs';

/** What hooks run of ckpt. */
export type TrialWord = 'mirror' | 'push';

/** The variable by which `ckpt hooks status --try` learns what hooks come to: the file to note it in. */
export const TRIAL_VARIABLE = 'CKPT_HOOK_TRIAL';

/** Whether hooks are only tried: it is noted then that they came to this command, which does nothing else. */
export function isTrial(env: NodeJS.ProcessEnv, word: TrialWord): boolean {
  const file = env[TRIAL_VARIABLE];
  if (!file) return false;
  appendFileSync(file, `${word}\n`);
  return true;
}
