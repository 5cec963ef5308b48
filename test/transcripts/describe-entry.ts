import type { Cut, TranscriptEntry } from '../../src/transcripts/entry.ts';

/** An entry in one text, for comparing lists of them. */
export function describeEntry(entry: TranscriptEntry): string {
  const images = 'images' in entry ? ` [${entry.images?.join(' ')}]` : '';
  switch (entry.kind) {
    case 'prompt':
    case 'answer':
    case 'thinking':
    case 'note':
      return `${entry.kind}: ${text(entry.text)}${images}`;
    case 'result':
      return `${entry.isError ? 'failed result' : 'result'}: ${text(entry.text)}${images}`;
    case 'hidden':
      return `hidden ${entry.what}: ${text(entry.raw)}`;
    case 'raw':
      return `raw: ${text(entry.raw)}`;
    case 'call':
      return `${entry.name} ${describeWork(entry.work)}`;
  }
}

function describeWork(work: Extract<TranscriptEntry, { kind: 'call' }>['work']): string {
  switch (work.form) {
    case 'command':
      return `$ ${text(work.command)}${work.purpose === undefined ? '' : ` # ${work.purpose}`}`;
    case 'edit':
      return `edit ${work.path ?? '?'}\n${text(work.patch)}`;
    case 'code':
      return `code ${text(work.code)}`;
    case 'other':
      return `(${work.subject}) ${text(work.fields)}`;
  }
}

function text({ text: kept, length }: Cut): string {
  return length > kept.length ? `${kept}… of ${length}` : kept;
}
