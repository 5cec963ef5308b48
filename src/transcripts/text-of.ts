import type { TranscriptEntry } from './entry.ts';

/** The text of an entry that a search looks at: what is said, asked of a tool, and given back. */
export function searchableText(entry: TranscriptEntry): string {
  switch (entry.kind) {
    case 'prompt':
    case 'answer':
    case 'thinking':
    case 'note':
    case 'result':
      return entry.text.text;
    case 'hidden':
    case 'raw':
      return entry.raw.text;
    case 'call': {
      const { work } = entry;
      switch (work.form) {
        case 'command':
          return `${entry.name}\n${work.purpose ?? ''}\n${work.command.text}`;
        case 'edit':
          return `${entry.name}\n${work.path ?? ''}\n${work.patch.text}`;
        case 'code':
          return `${entry.name}\n${work.code.text}`;
        case 'other':
          return `${entry.name}\n${work.subject}\n${work.fields.text}`;
      }
    }
  }
}
