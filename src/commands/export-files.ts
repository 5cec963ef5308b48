import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { BadObjectError } from '../git/errors.ts';
import { makeFolders } from '../git/make-folders.ts';
import { replaceFile } from '../git/replace-file.ts';
import type { Repository } from '../git/repository.ts';
import { type ExportSource, openExport } from '../inspect/export-sources.ts';
import type { LayoutName } from '../layout/layout.ts';
import { loadRedactor } from '../redaction/redactor.ts';
import { readTranscriptEntries } from '../transcripts/read-entries.ts';
import { htmlPages } from '../ui/export/html-pages.ts';
import { markdownPages } from '../ui/export/markdown-pages.ts';
import type { PageWriter } from '../ui/export/page-writer.ts';

/** What is written. */
export type ExportFormat = 'markdown' | 'html' | 'jsonl';

interface ExportOptions {
  readonly format: ExportFormat;
  readonly layout?: LayoutName | undefined;
}

const PAGES: Readonly<Record<Exclude<ExportFormat, 'jsonl'>, PageWriter>> = {
  markdown: markdownPages,
  html: htmlPages,
};

/** One checkpoint as a stream: a page, or its transcripts one after the other. */
export async function* exported(repo: Repository, id: CheckpointId, options: ExportOptions): AsyncGenerator<Buffer> {
  const source = await openExport(repo, id, await loadRedactor(), options.layout);
  // What can't be read fails before anything is printed.
  const lost = source.report.sessions.find(({ transcript }) => transcript?.bytes === null);
  if (lost !== undefined) await source.open(lost.session);
  if (options.format !== 'jsonl') {
    return yield* page(source, PAGES[options.format], (_, session) => source.open(session));
  }
  for (const session of source.sessions) yield* await source.open(session);
}

/**
 * Writes a file for each checkpoint (jsonl: each session), and an index where there are several. A file appears when it is whole: where
 * reading or redaction fails, no part of it stays. Of several checkpoints, an absent transcript is a warning, and its page says so;
 * that of one alone, and all of them, throw a `BadObjectError`. Returns the names of the files. Throws what the file system throws.
 */
export async function exportTo(
  repo: Repository,
  ids: readonly CheckpointId[],
  { format, dir, layout, onEvent }: ExportOptions & { readonly dir: string; readonly onEvent: ProgressListener },
): Promise<string[]> {
  await makeFolders(dir);
  const redactor = await loadRedactor();
  const read = { count: 0, failure: undefined as BadObjectError | undefined };
  const open = async (source: ExportSource, session: string) => {
    try {
      const transcript = await source.open(session);
      read.count += 1;
      return transcript;
    } catch (error) {
      if (ids.length === 1 || !(error instanceof BadObjectError)) throw error;
      onEvent({ kind: 'warning', message: error.message });
      read.failure ??= error;
      return error;
    }
  };
  const files: string[] = [];
  const lines: Array<{ file: string; title: string; note: string }> = [];
  const add = async (file: string, content: AsyncIterable<Buffer>) => {
    // Follows no link that lies there.
    await replaceFile(join(dir, file), (fresh) => pipeline(content, createWriteStream(fresh, { flags: 'wx' })));
    files.push(file);
  };
  for (const id of ids) {
    const source = await openExport(repo, id, redactor, layout);
    if (format === 'jsonl') {
      for (const session of source.sessions) {
        const transcript = await open(source, session);
        if (!(transcript instanceof BadObjectError)) await add(`${id}-${session}.jsonl`, transcript);
      }
      continue;
    }
    const file = `${id}.${PAGES[format].extension}`;
    await add(file, page(source, PAGES[format], open));
    lines.push({
      file,
      title: source.title,
      note: source.facts
        .slice(2)
        .map(([, value]) => value)
        .join(', '),
    });
  }
  if (read.count === 0 && read.failure !== undefined) throw read.failure;
  if (format !== 'jsonl' && lines.length > 1) {
    const { extension, index } = PAGES[format];
    await add(`index.${extension}`, bytesOf(index(`${lines.length} checkpoints`, lines)));
  }
  return files;
}

/** `open` gives an error for a transcript that the page does without. */
async function* page(
  source: ExportSource,
  pages: PageWriter,
  open: (source: ExportSource, session: string) => Promise<AsyncIterable<Buffer> | BadObjectError>,
): AsyncGenerator<Buffer> {
  yield* bytesOf(pages.head({ title: source.title, facts: source.facts }));
  for (const session of source.sessions) {
    const transcript = await open(source, session);
    const isLost = transcript instanceof BadObjectError;
    const lacks = isLost ? `, without its transcript: ${transcript.message}` : '';
    yield* bytesOf(pages.session(`Session ${session}${lacks}`));
    if (isLost) continue;
    for await (const entry of readTranscriptEntries(transcript)) yield* bytesOf(pages.entry(entry));
  }
  yield* bytesOf(pages.end());
}

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  if (text !== '') yield Buffer.from(text, 'utf8');
}
