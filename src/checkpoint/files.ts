/** A checkpoint's summary, at its root, and a session's metadata, in its folder. */
export const METADATA_FILE = 'metadata.json';
/** A session's raw transcript in V1 and in the V2 that this program writes. */
export const TRANSCRIPT_FILE = 'full.jsonl';
/** A session's content hash: `sha256:<64 hex>` of the whole transcript, without a newline. */
export const CONTENT_HASH_FILE = 'content_hash.txt';
/** What the user typed in a session. */
export const PROMPT_FILE = 'prompt.txt';
/** Between two prompts in `prompt.txt`. */
export const PROMPT_SEPARATOR = '\n\n---\n\n';
/** The folder of subagent tasks, in a session's folder or (older writers) at the checkpoint's root. */
export const TASKS_FOLDER = 'tasks';
/** At the root of an archived generation. */
export const GENERATION_FILE = 'generation.json';

const SESSION_FOLDER = /^\d+$/;
/** `full.log` is the name that the first V1 writers gave to a transcript. */
const FULL_SESSION_FILE = /^(?:full\.jsonl(?:\.\d{3,})?|full\.log|content_hash\.txt)$/;

/** True for the name of a session's folder. The number is a name: gaps and any order are possible. */
export function isSessionFolderName(name: string): boolean {
  return SESSION_FOLDER.test(name);
}

/** The number behind the greatest of the session folders among these names: none has it, whatever gaps there are. */
export function nextSession(names: Iterable<string>): string {
  const numbers = [...names].filter(isSessionFolderName).map(BigInt);
  return String(numbers.reduce((greatest, number) => (number > greatest ? number : greatest), -1n) + 1n);
}

/** True for the files of a session folder that V2 keeps on `full/*`, in the names that V1 uses. */
export function isFullSessionFile(name: string): boolean {
  return FULL_SESSION_FILE.test(name);
}
