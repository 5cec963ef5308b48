import * as v from 'valibot';
import { CHECKPOINT_ID } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import { JsonSource } from '../json/source.ts';

const text = (description: string) => v.pipe(v.string(), v.description(description));
const json = v.pipe(v.unknown(), v.description('Any JSON value.'));

/** Comes before `looseObject`, for which an array is an object too. */
const noArray = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), 'it is an array, and has to be an object'),
);
const anyObject = v.pipe(noArray, v.looseObject({}));
const elsewhere = v.pipe(
  v.never('it belongs at the top of the document'),
  v.description('At the top of the document.'),
);

const Transcript = v.pipe(
  v.union([
    v.strictObject({ text: text('The transcript itself: JSONL, or one JSON object.') }),
    v.strictObject({
      path: text(
        'A file with the transcript, from the folder of this document. It is taken as raw: it is always redacted.',
      ),
    }),
  ]),
  v.description('The raw transcript of the session, inline or as a file.'),
);

const Task = v.pipe(
  v.strictObject({
    tool_use_id: text('The ID of the tool use that started the subagent: letters, digits, _ and -.'),
    agent_id: v.optional(text('The ID of the subagent: letters, digits, _ and -. Needed for its transcript.')),
    description: v.optional(text('What the task is; stands in the commit message.')),
    final: v.optional(v.strictObject({ checkpoint: json, transcript: v.optional(Transcript) })),
    incremental: v.optional(
      v.strictObject({ sequence: v.pipe(v.number(), v.integer(), v.minValue(0)), checkpoint: json }),
    ),
  }),
  v.description("A subagent's task: at its end (`final`), or while it goes on (`incremental`)."),
);

/** Session metadata: the fields that are known have their types, others are kept as they are, in their order. */
const Metadata = v.pipe(
  noArray,
  v.looseObject({
    checkpoint_id: v.optional(elsewhere),
    session_id: v.optional(elsewhere),
    cli_version: v.optional(v.string()),
    strategy: v.optional(v.string()),
    created_at: v.optional(text('RFC 3339, with `Z` or an offset. Default: now.')),
    branch: v.optional(v.string()),
    checkpoints_count: v.optional(v.number()),
    files_touched: v.optional(v.array(v.string())),
    agent: v.optional(v.string()),
    model: v.optional(v.string()),
    turn_id: v.optional(v.string()),
    is_task: v.optional(v.boolean()),
    tool_use_id: v.optional(v.string()),
    transcript_identifier_at_start: v.optional(v.string()),
    checkpoint_transcript_start: v.optional(v.number()),
    transcript_lines_at_start: v.optional(v.number()),
    token_usage: v.optional(anyObject),
    session_metrics: v.optional(anyObject),
    summary: v.optional(anyObject),
    initial_attribution: v.optional(anyObject),
    prompt_attributions: v.optional(v.unknown()),
  }),
  v.description('The metadata of the session, without `checkpoint_id` and `session_id`. Unknown fields are kept.'),
);

/** The document that `ckpt dual-write --from` reads. `docs/schema/dual-write-document.schema.json` is made from it. */
export const WriteDocument = v.pipe(
  v.strictObject({
    checkpoint_id: v.pipe(v.string(), v.regex(CHECKPOINT_ID), v.description('12 lowercase hex digits, or a ULID.')),
    session_id: v.pipe(v.string(), v.minLength(1), v.description('The ID of the agent session.')),
    metadata: v.optional(Metadata),
    prompts: v.optional(v.pipe(v.array(v.string()), v.description('What the user typed, in order.'))),
    context: v.optional(text('Goes to `context.md`.')),
    transcript: v.optional(Transcript),
    redacted: v.optional(
      v.pipe(
        v.boolean(),
        v.description('True: the inline texts and the metadata hold no secrets any more; they are stored as they are.'),
      ),
    ),
    task: v.optional(Task),
    ephemeral_branch: v.optional(text('The shadow branch that the session was recorded on.')),
  }),
  v.title('ckpt dual-write'),
  v.description('One checkpoint to be written to both layouts.'),
);

/** A document that fits the schema. */
export type WriteDocument = v.InferOutput<typeof WriteDocument>;
/** A document, and its text: what is stored of it keeps the digits and the order that the text has. */
export interface ParsedDocument {
  readonly fields: WriteDocument;
  readonly source: JsonSource;
}
/** More levels are refused: laid out on lines, they would make gigabytes of white space. */
const DEEPEST = 1000;
/** A transcript, inline or as a file. */
export type TranscriptInput = v.InferOutput<typeof Transcript>;

/** Reads a document. Throws a `CkptError`, with each place that is wrong, where it does not fit the schema. */
export function parseDocument(content: string): ParsedDocument {
  // A pipe of PowerShell begins with a byte order mark.
  const { source, value } = parseJson(content.replace(/^\ufeff/, ''));
  const result = v.safeParse(WriteDocument, value);
  if (source.depth > DEEPEST) throw badDocument(`it is nested in more than ${DEEPEST} levels`);
  if (result.success) return { fields: result.output, source };
  const issues = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'the document'}: ${issue.message}`);
  throw badDocument(issues.join('; '));
}

function parseJson(content: string): ReturnType<typeof JsonSource.read> {
  try {
    return JsonSource.read(content);
  } catch (error) {
    throw badDocument(`it is not JSON (${(error as Error).message})`);
  }
}

function badDocument(why: string): CkptError {
  return new CkptError('BAD_DOCUMENT', `the document can't be read: ${why}`, {
    hint: 'See docs/dual-write.md for its form, and docs/schema/dual-write-document.schema.json.',
    exitCode: 2,
  });
}
