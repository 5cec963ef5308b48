import { emitKeypressEvents, type Interface } from 'node:readline';
import { renderToString } from 'ink';
import type { LayoutName } from '../../layout/layout.ts';
import { terminalSize } from '../terminal.ts';
import { BrowseView } from './browse-view.tsx';
import { type BrowseContent, BrowseController } from './controller.ts';
import { type KeyPress, readKey } from './read-key.ts';
import { type BrowseState, bodyWidth, initialState } from './state.ts';

/** Where the screen is shown, and what is shown on it. */
export interface BrowseOptions {
  readonly content: BrowseContent;
  readonly layout: LayoutName | undefined;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly hasSymbols: boolean;
}

/** How it ended: by `q`, by Ctrl-C, by SIGTERM. */
export type BrowseEnd = 'quit' | 'interrupted' | 'terminated';

const ESC = '\x1b[';
/**
 * The terminal's second screen, without a cursor: what was on the first one comes back at the end. The wheel of the mouse sends
 * arrow keys there (1007), so that text can still be selected, as it could not be if this program took the mouse.
 */
const ENTER = `${ESC}?1049h${ESC}?1007h${ESC}?25l`;
const LEAVE = `${ESC}?25h${ESC}?1007l${ESC}?1049l`;
/** Milliseconds after which an escape is a key and no longer the beginning of one. */
const ESCAPE_MS = 50;

/**
 * Shows the screen until somebody quits, and leaves the terminal as it was: also after a signal, and when the process ends by a
 * mistake of its own.
 */
export async function runBrowse(options: BrowseOptions): Promise<BrowseEnd> {
  const { content, layout, stdout } = options;
  const leave = () => void stdout.write(LEAVE);
  // The monitor comes before the words of a crash are printed, which would go with the second screen.
  process.once('exit', leave).once('uncaughtExceptionMonitor', leave);
  stdout.write(ENTER);
  let onChange = () => {};
  const initial = initialState(terminalSize(stdout), content.source.layouts, layout);
  const controller = new BrowseController(content, initial, () => onChange());
  let stop = () => {};
  let lastCopied = 0;
  try {
    return await new Promise((resolve, reject) => {
      stop = listen(controller, options, resolve);
      onChange = soon(() => {
        const { ending, copied } = controller.state;
        if (copied !== undefined && copied.number !== lastCopied) {
          lastCopied = copied.number;
          stdout.write(`\x1b]52;c;${Buffer.from(copied.text).toString('base64')}\x07`);
        }
        if (ending === undefined) drawFrame(options, controller.state);
        else resolve(ending);
      }, reject);
      onChange();
    });
  } finally {
    onChange = () => {};
    stop();
    process.off('exit', leave).off('uncaughtExceptionMonitor', leave);
    leave();
    await controller.close();
  }
}

/** Several changes at once make one frame. */
function soon(draw: () => void, onError: (error: unknown) => void): () => void {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    setImmediate(() => {
      isWaiting = false;
      try {
        draw();
      } catch (error) {
        onError(error);
      }
    });
  };
}

/** Each frame is one write that rewrites all lines in place, so that nothing flickers. */
function drawFrame({ stdout, hasSymbols }: BrowseOptions, state: BrowseState): void {
  const picture = renderToString(<BrowseView state={state} hasSymbols={hasSymbols} />, { columns: bodyWidth(state) });
  const lines = picture.split('\n').slice(0, state.rows);
  stdout.write(`${ESC}?2026h${ESC}H${lines.map((line) => `${line}${ESC}K`).join('\r\n')}${ESC}J${ESC}?2026l`);
}

/** Hands keys, sizes and signals on. Returns what ends that. */
function listen(
  controller: BrowseController,
  { stdin, stdout }: Pick<BrowseOptions, 'stdin' | 'stdout'>,
  end: (how: BrowseEnd) => void,
): () => void {
  const onKey = (_text: string | undefined, press: KeyPress) => {
    const key = readKey(press);
    if (key !== undefined) controller.dispatch({ kind: 'key', key });
  };
  const onResize = () => controller.dispatch({ kind: 'resize', ...terminalSize(stdout) });
  const onInterrupt = () => end('interrupted');
  const onTerminate = () => end('terminated');
  emitKeypressEvents(stdin, { escapeCodeTimeout: ESCAPE_MS } as unknown as Interface);
  stdin.setRawMode(true).on('keypress', onKey).resume();
  stdout.on('resize', onResize);
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate).on('SIGHUP', onTerminate);
  return () => {
    stdin.off('keypress', onKey).setRawMode(false).pause();
    stdout.off('resize', onResize);
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onTerminate);
  };
}
