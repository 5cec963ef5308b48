import type { CheckpointSummary } from '../checkpoint/metadata.ts';
import type { FileEntry, SessionView } from '../layout/layout.ts';
import { type CheckpointContent, fileWithRole } from './checkpoint-content.ts';
import type { FileFacts, SessionReport, SummaryReport, TokenCounts, TranscriptFacts } from './checkpoint-report.ts';

/** A file's path from the root of the ref's tree that it lies on, as it is shown. */
export type ShownPath = (file: FileEntry) => string;

/** What is said of a session. */
export function sessionReport(session: SessionView, content: CheckpointContent, pathOf: ShownPath): SessionReport {
  const { name, files } = session;
  const metadata = content.metadata.get(name);
  const fields = metadata !== undefined && 'value' in metadata ? metadata.value : undefined;
  const factsOf = (file: FileEntry): FileFacts => ({ path: pathOf(file), bytes: content.sizes.get(file.id) ?? null });
  const fileFacts = (role: FileEntry['role']): FileFacts | null => {
    const file = fileWithRole(files, role);
    return file === undefined ? null : factsOf(file);
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
    stepCount: fields?.checkpoints_count ?? null,
    filesTouched: [...new Set(fields?.files_touched)],
    tokenUsage: tokenUsage(fields?.token_usage),
    transcript: transcriptFacts(session, content, factsOf),
    prompts: fileFacts('prompts'),
    metadata: fileFacts('metadata'),
    taskCount: content.tasks.get(name) ?? 0,
  };
}

function transcriptFacts(
  { name, transcript }: SessionView,
  content: CheckpointContent,
  factsOf: (file: FileEntry) => FileFacts,
): TranscriptFacts | null {
  const [first] = transcript?.pieces ?? [];
  if (transcript === undefined || first === undefined) return null;
  const files = transcript.pieces.map(factsOf);
  const bytes = files.reduce<number | null>(
    (sum, file) => (sum === null || file.bytes === null ? null : sum + file.bytes),
    0,
  );
  return { ref: first.ref, files, bytes, contentHash: content.contentHashes.get(name) ?? null };
}

/** What is said of the checkpoint as a whole. */
export function summaryReport(summary: CheckpointSummary): SummaryReport {
  return {
    branch: summary.branch ?? null,
    strategy: summary.strategy ?? null,
    cliVersion: summary.cli_version ?? null,
    stepCount: summary.checkpoints_count ?? null,
    filesTouched: [...new Set(summary.files_touched)],
    tokenUsage: tokenUsage(summary.token_usage),
  };
}

function tokenUsage(usage: CheckpointSummary['token_usage']): TokenCounts | null {
  if (usage === undefined) return null;
  return {
    inputTokens: usage.input_tokens ?? null,
    cacheCreationTokens: usage.cache_creation_tokens ?? null,
    cacheReadTokens: usage.cache_read_tokens ?? null,
    outputTokens: usage.output_tokens ?? null,
    apiCallCount: usage.api_call_count ?? null,
  };
}
