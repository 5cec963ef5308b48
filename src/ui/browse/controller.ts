import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { CommitChanges } from '../../commits/commit-changes.ts';
import type { BrowseSource } from '../../inspect/browse/browse-source.ts';
import type { OpenTranscript } from '../../inspect/browse/transcript-pages.ts';
import type { CheckpointOddity, CheckpointReport } from '../../inspect/checkpoint-report.ts';
import type { LayoutName } from '../../layout/layout.ts';
import type { CheckpointDiff } from '../../verify/diff/diff-checkpoint.ts';
import {
  checkpointPieces,
  commitPieces,
  diffPieces,
  errorPieces,
  helpPieces,
  sessionPieces,
  transcriptPieces,
} from './pieces.ts';
import { reduce } from './reduce.ts';
import { wantedPage } from './reduce-document.ts';
import type { TextPiece } from './scroll.ts';
import {
  type BrowseAction,
  type BrowseState,
  bodyHeight,
  listedIds,
  reportKey,
  type ShownView,
  topView,
} from './state.ts';

/** What the screen is filled from. */
export interface BrowseContent {
  readonly source: BrowseSource;
  diff(id: CheckpointId): Promise<CheckpointDiff>;
  /** The commits that name it, with what they changed: the one that the list shows in front. */
  commits(id: CheckpointId): Promise<readonly CommitChanges[]>;
  /** What the code of an oddity means. */
  meaningOf(code: CheckpointOddity['code']): string;
}

/** Rows above and below the screen that are read with it, at most. */
const MAX_AROUND = 100;

interface LoadedPage {
  readonly pieces: readonly TextPiece[];
  readonly isLast: boolean;
}

/**
 * Holds the state of the screen and reads what it lacks: what is on the screen and a little around it, nothing twice at a
 * time. What can't be read is shown as such.
 */
export class BrowseController {
  state: BrowseState;
  readonly #content: BrowseContent;
  readonly #onChange: () => void;
  readonly #loading = new Set<string>();
  #search: { key: string; abort: AbortController } | undefined;
  #transcript: { key: string; open: OpenTranscript } | undefined;
  #report: { key: string | undefined; read: Promise<CheckpointReport> } | undefined;
  #isClosed = false;

  constructor(content: BrowseContent, initial: BrowseState, onChange: () => void) {
    this.#content = content;
    this.state = initial;
    this.#onChange = onChange;
    this.#load();
  }

  /** Something happened: a key, a new size, an answer. */
  dispatch(action: BrowseAction): void {
    if (this.#isClosed) return;
    this.state = reduce(this.state, action);
    this.#onChange();
    this.#load();
  }

  /** Ends what is under way. Answers that come later are left out. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#search?.abort.abort();
    await this.#transcript?.open.close();
  }

  #load(): void {
    this.#loadOrder();
    this.#loadRows();
    this.#runSearch();
    this.#loadReport();
    this.#loadPage();
    this.#seek();
  }

  #loadOrder(): void {
    const { list, layout } = this.state;
    // A screen ahead of the cursor, wherever it is.
    const needed = Math.max(list.cursor, list.top) + 2 * bodyHeight(this.state);
    const isComplete = list.total !== undefined && list.ids.length >= Math.min(needed, list.total);
    if (isComplete || list.error !== undefined) return;
    this.#once(`order ${layout}`, async () => {
      const order = await this.#content.source.order(layout, needed);
      return { kind: 'order', layout, ...order };
    });
  }

  #loadRows(): void {
    const { list, layout } = this.state;
    const height = bodyHeight(this.state);
    const around = Math.min(height, MAX_AROUND);
    const near = listedIds(list).slice(Math.max(0, list.top - around), list.top + height + around);
    const missing = near.filter((id) => !list.rows.has(id));
    if (missing.length === 0 || list.error !== undefined || topView(this.state) !== undefined) return;
    this.#once(`rows ${layout}`, async () => {
      return { kind: 'rows', layout, rows: await this.#content.source.rows(layout, missing) };
    });
  }

  #runSearch(): void {
    const { list, layout } = this.state;
    const { search } = list;
    const key = search?.isRunning ? JSON.stringify([layout, search.text]) : undefined;
    if (key === this.#search?.key) return;
    this.#search?.abort.abort();
    this.#search = undefined;
    if (key === undefined || search === undefined) return;
    const abort = new AbortController();
    this.#search = { key, abort };
    const { text } = search;
    const tell = (action: BrowseAction) => {
      if (!abort.signal.aborted) this.dispatch(action);
    };
    this.#content.source
      .search(layout, text, abort.signal, (step) => tell({ kind: 'search-step', text, step }))
      .catch((error: unknown) => tell({ kind: 'list-error', error: wordsOf(error) }))
      .finally(() => tell({ kind: 'search-end', text }));
  }

  #loadReport(): void {
    const { report, layout, views } = this.state;
    const key = reportKey(this.state);
    const view = views.find((one) => one.kind !== 'help');
    if (key === undefined || report !== undefined || view === undefined) return;
    // Where it can't be read, the view that needs it says why.
    if (view.kind === 'diff' || view.kind === 'commit') return;
    this.#once(`report ${key}`, async () => {
      const read = await this.#readReport(key, layout, view.id).catch(() => undefined);
      return read && { kind: 'report', key, report: read };
    });
  }

  #loadPage(): void {
    const { document } = this.state;
    const view = topView(this.state);
    if (this.#transcript !== undefined && this.#transcript.key !== document?.key) {
      void this.#transcript.open.close();
      this.#transcript = undefined;
    }
    const page = document && wantedPage(document);
    if (document === undefined || view === undefined || page === undefined) return;
    const { key } = document;
    this.#once(`page ${page} ${key}`, async () => {
      const loaded = await this.#readPage(view, key, page).catch((error: unknown) => {
        return { pieces: errorPieces(wordsOf(error)), isLast: true };
      });
      return { kind: 'page', key, page, ...loaded };
    });
  }

  /** Looks for the next prompt or match in a transcript. */
  #seek(): void {
    const { document, layout } = this.state;
    const view = topView(this.state);
    const seek = document?.seek;
    if (document === undefined || seek === undefined || view?.kind !== 'transcript') return;
    const { key, showsHidden, search } = document;
    this.#once(`seek ${JSON.stringify([seek, search?.text])} ${key}`, async () => {
      this.#transcript ??= { key, open: this.#content.source.transcript(layout, view.id, view.session) };
      const text = seek.wanted === 'match' ? (search?.text ?? '') : undefined;
      const found = this.#transcript.open.find({ text, showsHidden }, seek.from, seek.step);
      return { kind: 'found', key, seek, piece: await found.catch(() => undefined) };
    });
  }

  async #readPage(view: ShownView, key: string, page: number): Promise<LoadedPage> {
    const { source, diff, commits, meaningOf } = this.#content;
    const { layout } = this.state;
    switch (view.kind) {
      case 'help':
        return { pieces: helpPieces(), isLast: true };
      case 'diff':
        return { pieces: diffPieces(await diff(view.id)), isLast: true };
      case 'commit':
        return { pieces: commitPieces(await commits(view.id)), isLast: true };
      case 'checkpoint': {
        const { id, session } = view;
        const report = this.state.report ?? (await this.#readReport(reportKey(this.state), layout, id));
        if (session === undefined) return { pieces: checkpointPieces(report, meaningOf), isLast: true };
        const texts = await source.sessionTexts(layout, id, session);
        return { pieces: sessionPieces(report, session, texts, meaningOf), isLast: true };
      }
      case 'transcript': {
        this.#transcript ??= { key, open: source.transcript(layout, view.id, view.session) };
        const { entries, isLast } = await this.#transcript.open.page(page);
        return { pieces: transcriptPieces(entries), isLast };
      }
    }
  }

  /** A report is needed by tabs and by their text: it is read once. */
  #readReport(key: string | undefined, layout: LayoutName | undefined, id: CheckpointId): Promise<CheckpointReport> {
    const known = this.#report;
    if (known !== undefined && known.key === key) return known.read;
    const read = this.#content.source.checkpoint(layout, id);
    this.#report = { key, read };
    return read;
  }

  /** Reads something that is not being read already, and says what came of it. */
  #once(key: string, read: () => Promise<BrowseAction | undefined>): void {
    if (this.#isClosed || this.#loading.has(key)) return;
    this.#loading.add(key);
    read()
      .catch((error: unknown): BrowseAction => ({ kind: 'list-error', error: wordsOf(error) }))
      .then((action) => {
        this.#loading.delete(key);
        if (action !== undefined) this.dispatch(action);
      });
  }
}

/** The message of an error, and what to do about it where it says so. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { hint } = error as { hint?: unknown };
  return typeof hint === 'string' ? `${error.message}\nhint: ${hint}` : error.message;
}
