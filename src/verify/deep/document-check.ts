import { createHash, type Hash } from 'node:crypto';
import { type ObjectFormat, type ObjectId, startHash } from '../../git/object-id.ts';
import { UNREADABLE } from '../../git/read-contents.ts';
import type { ContentPart } from '../../git/repository.ts';
import { JsonLines } from '../../json/lines.ts';
import type { DamagedPiece, Document, DocumentFacts } from './deep-document.ts';

/** One document while its content goes by: as its object ids have it, as its content hash has it, and line by line. */
export class DocumentCheck {
  readonly #document: Document;
  readonly #format: ObjectFormat;
  readonly #contentHash: Hash | undefined;
  readonly #lines: JsonLines | undefined;
  /** Of the piece at hand. */
  #objectHash: Hash | undefined;
  readonly #absent: ObjectId[] = [];
  readonly #damaged: DamagedPiece[] = [];
  #pieces = 0;

  constructor(document: Document, format: ObjectFormat) {
    this.#document = document;
    this.#format = format;
    this.#contentHash = document.expected.length > 0 ? createHash('sha256') : undefined;
    this.#lines = document.isJson ? new JsonLines() : undefined;
  }

  /** Takes a part of the content of the piece with this id. Pieces come in their order, one after the other. */
  take(part: ContentPart, id: ObjectId): void {
    switch (part.kind) {
      case 'start':
        this.#startPiece();
        this.#objectHash = startHash(this.#format, part);
        break;
      case 'bytes':
        this.#objectHash?.update(part.bytes);
        this.#contentHash?.update(part.bytes);
        this.#lines?.add(part.bytes);
        break;
      case 'end': {
        const actual = this.#objectHash?.digest('hex');
        if (actual !== id) this.#damaged.push({ id, reason: `its content is that of ${actual}` });
        break;
      }
      case 'absent':
        this.#absent.push(id);
        break;
      case 'damaged':
        this.#damaged.push({ id, reason: UNREADABLE });
    }
  }

  /** Whether each piece was one JSON value, so that these may be parts of one object. */
  get hasOneValueEach(): boolean {
    return this.#document.pieces.length > 1 && this.#lines?.values === this.#document.pieces.length;
  }

  /** What was found out, but for secrets. Of a document that could not be read nothing else is said. */
  end(): DocumentFacts {
    const isWhole = this.#absent.length === 0 && this.#damaged.length === 0;
    const invalidLines = (isWhole ? this.#lines?.end() : undefined) ?? { count: 0, first: [] };
    const actual = isWhole ? `sha256:${this.#contentHash?.digest('hex')}` : undefined;
    return {
      absent: this.#absent,
      damaged: this.#damaged,
      wrong: actual === undefined ? [] : this.#document.expected.filter((expected) => expected !== actual),
      isUnchecked: false,
      invalidLines,
      secrets: [],
    };
  }

  #startPiece(): void {
    if (this.#pieces > 0) {
      this.#contentHash?.update('\n');
      this.#lines?.endPiece();
    }
    this.#pieces += 1;
  }
}
