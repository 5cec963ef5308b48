/** A number as people read it: `12,345`. */
export function formatCount(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number and its noun: `1 checkpoint`, `2,000 checkpoints`. Pass the plural where an `s` does not make it. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** A time span as people read it: `85 ms`, `3.4 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The first digits of an object id: enough to recognise it, as git shows it. */
export function shortId(id: string | null): string {
  return id === null ? '-' : id.slice(0, 10);
}

/** A text in which object ids are as short as people read them; those that a command has to be given stay whole. */
export function withShortIds(text: string): string {
  return text.replace(/(?<!git fetch \S+ )\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/g, (id) => shortId(id));
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes as people read it, in powers of 1000: `85 B`, `3.4 kB`, `700 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= (unit === 0 ? 1000 : 999.5) && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}
