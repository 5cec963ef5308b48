import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
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
  if (options.format !== 'jsonl') return yield* page(source, PAGES[options.format]);
  for (const session of source.sessions) yield* await source.open(session);
}

/**
 * Writes a file for each checkpoint (jsonl: each session), and an index where there are several. A file appears when it is whole: where
 * reading or redaction fails, no part of it stays. Returns the names of the files. Throws what the file system throws.
 */
export async function exportTo(
  repo: Repository,
  ids: readonly CheckpointId[],
  { format, dir, layout }: ExportOptions & { readonly dir: string },
): Promise<string[]> {
  await makeFolders(dir);
  const redactor = await loadRedactor();
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
      for (const session of source.sessions) await add(`${id}-${session}.jsonl`, await source.open(session));
      continue;
    }
    const file = `${id}.${PAGES[format].extension}`;
    await add(file, page(source, PAGES[format]));
    lines.push({
      file,
      title: source.title,
      note: source.facts
        .slice(2)
        .map(([, value]) => value)
        .join(', '),
    });
  }
  if (format !== 'jsonl' && lines.length > 1) {
    const { extension, index } = PAGES[format];
    await add(`index.${extension}`, bytesOf(index(`${lines.length} checkpoints`, lines)));
  }
  return files;
}

async function* page(source: ExportSource, pages: PageWriter): AsyncGenerator<Buffer> {
  yield* bytesOf(pages.head({ title: source.title, facts: source.facts }));
  for (const session of source.sessions) {
    yield* bytesOf(pages.session(`Session ${session}`));
    for await (const entry of readTranscriptEntries(await source.open(session))) yield* bytesOf(pages.entry(entry));
  }
  yield* bytesOf(pages.end());
}

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  if (text !== '') yield Buffer.from(text, 'utf8');
}
