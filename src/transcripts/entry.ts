/** What all entries have. `at` is the time as it was written (RFC 3339), where the transcript has one. */
interface Entry {
  readonly at?: string | undefined;
}

/** Text that somebody said: Markdown, with the characters that the agent wrote. Long ones are cut (see `Cut`). */
export interface SaidEntry extends Entry {
  /**
   * `prompt`: what the user typed. `answer`: what the agent says. `thinking`: what it says to itself. `note`: what is neither, but
   * belongs to the story: an interruption, a compaction, a pull request, a message between agents.
   */
  readonly kind: 'prompt' | 'answer' | 'thinking' | 'note';
  readonly text: Cut;
  /** Images that came with it: their media types, in order. */
  readonly images?: readonly string[];
}

/** A tool that the agent uses. */
export interface CallEntry extends Entry {
  readonly kind: 'call';
  /** The tool's own name: `Bash`, `apply_patch`. */
  readonly name: string;
  readonly work: Work;
}

/** What a tool is asked to do. */
export type Work =
  /** A shell command. `purpose` is what the agent says that it is for. */
  | { readonly form: 'command'; readonly command: Cut; readonly purpose?: string | undefined }
  /** A change of files, as a unified diff or a patch in the agent's own form. */
  | { readonly form: 'edit'; readonly path: string | undefined; readonly patch: Cut }
  /** A program that the agent writes to call other tools. */
  | { readonly form: 'code'; readonly code: Cut }
  /** Anything else. `subject` is the one value that says most (a path, a pattern, a query); `fields` are the others, as JSON. */
  | { readonly form: 'other'; readonly subject: string; readonly fields: Cut };

/** What a tool gives back. */
export interface ResultEntry extends Entry {
  readonly kind: 'result';
  readonly text: Cut;
  readonly isError: boolean;
  readonly images?: readonly string[];
}

/** Bookkeeping: of no interest to a reader, and shown on demand only. `what` names it as the transcript does. */
export interface HiddenEntry extends Entry {
  readonly kind: 'hidden';
  readonly what: string;
  readonly raw: Cut;
}

/** What no known form explains: shown as it is. */
export interface RawEntry extends Entry {
  readonly kind: 'raw';
  readonly raw: Cut;
}

/** One piece of a conversation between a user, an agent and its tools. */
export type TranscriptEntry = SaidEntry | CallEntry | ResultEntry | HiddenEntry | RawEntry;

/** The beginning of a text, and how long the whole is, in UTF-16 code units. */
export interface Cut {
  readonly text: string;
  readonly length: number;
}

/** Characters that are kept of a text: an entry must not hold a file of 100 MB. */
const LONGEST = 64 * 1024;

/** The beginning of a text, as an entry has it. */
export function cut(text: string): Cut {
  return { text: text.length > LONGEST ? text.slice(0, LONGEST) : text, length: text.length };
}
