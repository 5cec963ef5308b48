import { Worker } from 'node:worker_threads';
import { threadFile } from '../../shell/program-files.ts';
import { hangingWrap } from '../hanging-wrap.ts';
import type { ProgressDisplay } from '../progress-display.ts';
import { plainProgress, warningLines } from '../progress-plain.ts';
import { terminalSize } from '../terminal.ts';
import { afterEvent, NOTHING_YET, type ProgressState } from './progress-state.ts';
import { quickLine } from './quick-line.ts';
import type { FrameRequest } from './render-frame.tsx';
import { type Frame, Screen } from './screen.ts';
import { type Symbols, symbolsFor } from './symbols.ts';

/** What the live view needs of the world around it. */
export interface LiveProgressOptions {
  /** The command, for example `ckpt migrate`. */
  readonly title: string;
  /** The terminal. Nothing else may write to it while the view is shown. */
  readonly stream: NodeJS.WriteStream;
  /** The environment of the worker: it says which colours to use. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether the terminal shows more than ASCII. */
  readonly hasSymbols: boolean;
}

/** Work that takes no longer shows nothing, in milliseconds. */
const SHOW_AFTER_MS = 500;
/**
 * Work that takes longer than this gets the whole view; until then a line is enough. Loading ink takes some 150 ms of a
 * processor, which the work may be short of: within 15 % of what it has taken by then.
 */
const LOAD_AFTER_MS = 1200;
/** Between two frames, in milliseconds: each takes some 5 ms of a processor. */
const FRAME_MS = 250;

/**
 * Progress as a view that is redrawn in place. A worker draws it (`worker.tsx`), so that the work waits for nothing but
 * sending a few numbers four times a second and writing what comes back. Where the worker fails, lines of a log go on.
 */
export function liveProgress(options: LiveProgressOptions): ProgressDisplay {
  const view = new LiveProgress(options);
  return { listener: (event) => view.take(event), finish: () => view.finish() };
}

class LiveProgress {
  readonly #options: LiveProgressOptions;
  readonly #screen: Screen;
  readonly #startedAt = performance.now();
  readonly #symbols: Symbols;
  readonly #showing: NodeJS.Timeout;
  readonly #loading: NodeJS.Timeout;
  #state: ProgressState = NOTHING_YET;
  #worker: Worker | undefined;
  #frames: NodeJS.Timeout | undefined;
  /** A frame was asked for and has not come yet. */
  #isDrawing = false;
  /** The worker has drawn something. */
  #hasFrame = false;
  #plain: ProgressDisplay | undefined;

  constructor(options: LiveProgressOptions) {
    this.#options = options;
    this.#screen = new Screen(options.stream);
    this.#symbols = symbolsFor(options.hasSymbols);
    this.#showing = setTimeout(() => this.#begin(), SHOW_AFTER_MS).unref();
    this.#loading = setTimeout(() => this.#load(), LOAD_AFTER_MS).unref();
  }

  take(event: Parameters<ProgressDisplay['listener']>[0]): void {
    this.#state = afterEvent(this.#state, event, this.#elapsed());
    this.#plain?.listener(event);
  }

  finish(): void {
    this.#stop();
    const { firstWarnings, warningCount } = this.#state;
    if (this.#plain !== undefined) this.#plain.finish();
    else for (const line of warningLines(firstWarnings, warningCount)) this.#writeLine(line);
  }

  #begin(): void {
    this.#frames = setInterval(this.#draw, FRAME_MS).unref();
    this.#options.stream.on('resize', this.#draw);
    process.on('exit', this.#stop);
    this.#draw();
  }

  #load(): void {
    const thread = threadFile('live-worker');
    if (thread === undefined) return;
    this.#worker = new Worker(thread.file, { eval: thread.eval, env: this.#options.env });
    this.#worker.unref();
    this.#worker.on('message', (frame: Frame) => this.#show(frame));
    this.#worker.on('error', () => this.#goOnInLines());
    this.#draw();
  }

  readonly #draw = (): void => {
    const { title, stream, hasSymbols } = this.#options;
    if (!this.#hasFrame) this.#screen.draw(quickLine(this.#state, this.#symbols, terminalSize(stream).columns));
    if (this.#isDrawing || this.#worker === undefined) return;
    this.#isDrawing = true;
    const request: FrameRequest = {
      title,
      state: this.#state,
      elapsedMs: this.#elapsed(),
      hasSymbols,
      ...terminalSize(stream),
    };
    this.#worker.postMessage(request);
  };

  #show(frame: Frame): void {
    this.#isDrawing = false;
    if (this.#worker === undefined) return;
    this.#hasFrame = true;
    this.#screen.draw(frame);
  }

  /** Takes the view away. Also when the process exits in the middle of things: what is said then must not end up inside it. */
  readonly #stop = (): void => {
    clearTimeout(this.#showing);
    clearTimeout(this.#loading);
    clearInterval(this.#frames);
    process.off('exit', this.#stop);
    this.#options.stream.off('resize', this.#draw);
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#screen.clear();
  };

  #goOnInLines(): void {
    this.#stop();
    this.#plain = plainProgress({ writeLine: (line) => this.#writeLine(line), now: () => performance.now() });
    for (const message of this.#state.firstWarnings) this.#plain.listener({ kind: 'warning', message });
  }

  #writeLine(line: string): void {
    const { stream } = this.#options;
    stream.write(`${hangingWrap(line, terminalSize(stream).columns).join('\n')}\n`);
  }

  #elapsed(): number {
    return performance.now() - this.#startedAt;
  }
}
