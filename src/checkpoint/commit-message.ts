/** The trailer that names the V1 commit which a commit on `main` is the image of. */
export const SOURCE_COMMIT_TRAILER = 'Ckpt-V1-Commit';
/** The trailer of a commit that added to a V2 of another writer: everything up to this V1 commit is there. */
export const SOURCE_TIP_TRAILER = 'Ckpt-V1-Tip';

const TRAILER_LINE = /^[A-Za-z0-9-]+: /;

/**
 * Adds a trailer to a commit message: without the message's final newlines, then the trailer as a line of its own. It
 * joins the last paragraph where that is a block of trailers (each line `Key: …`) and not the only paragraph, which would
 * be the subject; else an empty line comes between. Text is latin1, one character per byte.
 */
export function addTrailer(message: string, key: string, value: string): string {
  const body = withoutFinalNewlines(message);
  const separator = endsInTrailers(body) ? '\n' : '\n\n';
  return `${body}${separator}${key}: ${value}\n`;
}

/** A message as it was before `addTrailer`, but for the newlines that it ended in: it has one. Without that trailer, the message itself. */
export function withoutTrailer(message: string, key: string): string {
  const value = lastTrailer(message, key);
  if (value === undefined) return message;
  const body = withoutFinalNewlines(message);
  return `${withoutFinalNewlines(body.slice(0, body.length - `${key}: ${value}`.length))}\n`;
}

function endsInTrailers(body: string): boolean {
  const gap = body.lastIndexOf('\n\n');
  const isOnlyParagraph = gap < 0 || !/[^\n]/.test(body.slice(0, gap));
  if (isOnlyParagraph) return false;
  return body
    .slice(gap + 2)
    .split('\n')
    .every((line) => TRAILER_LINE.test(line));
}

/** The value of a trailer that is the message's last line, as `addTrailer` leaves it; `undefined` when it is not. */
export function lastTrailer(message: string, key: string): string | undefined {
  const body = withoutFinalNewlines(message);
  const line = body.slice(body.lastIndexOf('\n') + 1);
  return line.startsWith(`${key}: `) ? line.slice(key.length + 2) : undefined;
}

function withoutFinalNewlines(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x0a) end--;
  return text.slice(0, end);
}
