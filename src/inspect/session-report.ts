import { METADATA_FILE, PROMPT_FILE } from '../checkpoint/files.ts';
import type { CheckpointSummary } from '../checkpoint/metadata.ts';
import type { ObjectId } from '../git/object-id.ts';
import { displayName, type TreeEntry } from '../git/tree.ts';
import { findFile } from '../layout/survey-folders.ts';
import { transcriptFiles } from '../layout/transcript-reader.ts';
import type { CheckpointContent } from './checkpoint-content.ts';
import type { SessionFiles } from './checkpoint-files.ts';
import type { FileFacts, SessionReport, SummaryReport, TokenUsage, TranscriptFacts } from './checkpoint-report.ts';

/** What is said of a session. `folder` is the checkpoint's shard path. */
export function sessionReport(folder: string, session: SessionFiles, content: CheckpointContent): SessionReport {
  const { name, entries } = session;
  const metadata = content.metadata.get(name);
  const fields = metadata !== undefined && 'value' in metadata ? metadata.value : undefined;
  const fileFacts = (file: string): FileFacts | null => {
    const entry = findFile(entries, file);
    return entry === undefined ? null : factsOf(`${folder}/${name}`, entry, content.sizes);
  };
  return {
    session: name,
    sessionId: fields?.session_id ?? null,
    createdAt: fields?.created_at ?? null,
    agent: fields?.agent ?? null,
    model: fields?.model ?? null,
    branch: fields?.branch ?? null,
    strategy: fields?.strategy ?? null,
    cliVersion: fields?.cli_version ?? null,
    checkpointsCount: fields?.checkpoints_count ?? null,
    filesTouched: [...new Set(fields?.files_touched)],
    tokenUsage: tokenUsage(fields?.token_usage),
    transcript: transcriptFacts(`${folder}/${name}`, session, content),
    prompts: fileFacts(PROMPT_FILE),
    metadata: fileFacts(METADATA_FILE),
    tasks: content.tasks.get(name) ?? 0,
  };
}

function transcriptFacts(
  folder: string,
  { name, full }: SessionFiles,
  content: CheckpointContent,
): TranscriptFacts | null {
  const found = full && transcriptFiles(full.entries);
  if (found === undefined || full === undefined) return null;
  const files = found.pieces.map((piece) => factsOf(folder, piece, content.sizes));
  const bytes = files.reduce<number | null>(
    (sum, file) => (sum === null || file.bytes === null ? null : sum + file.bytes),
    0,
  );
  return { ref: full.ref, files, bytes, contentHash: content.contentHashes.get(name) ?? null };
}

function factsOf(folder: string, { name, id }: TreeEntry, sizes: ReadonlyMap<ObjectId, number>): FileFacts {
  return { path: `${folder}/${displayName(name)}`, bytes: sizes.get(id) ?? null };
}

/** What is said of the checkpoint as a whole. */
export function summaryReport(summary: CheckpointSummary): SummaryReport {
  return {
    branch: summary.branch ?? null,
    strategy: summary.strategy ?? null,
    cliVersion: summary.cli_version ?? null,
    checkpointsCount: summary.checkpoints_count ?? null,
    filesTouched: [...new Set(summary.files_touched)],
    tokenUsage: tokenUsage(summary.token_usage),
  };
}

function tokenUsage(usage: CheckpointSummary['token_usage']): TokenUsage | null {
  if (usage === undefined) return null;
  return {
    inputTokens: usage.input_tokens ?? null,
    cacheCreationTokens: usage.cache_creation_tokens ?? null,
    cacheReadTokens: usage.cache_read_tokens ?? null,
    outputTokens: usage.output_tokens ?? null,
    apiCallCount: usage.api_call_count ?? null,
  };
}
