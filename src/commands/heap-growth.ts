/** Runs that are over sooner do without: loading `node:v8` takes 2 ms. */
const AFTER_MS = 100;
/** Percent of what is alive. With 50, a migration of 6,000 checkpoints takes a seventh more time (docs/performance.md). */
const GROWTH = 100;
/** The newest Node that this was tried with. A V8 that does not know the flag would write that to stderr. */
const NEWEST_MAJOR = 24;

/**
 * Lets the heap grow to twice what is alive before V8 collects garbage again. Left alone, V8 lets it grow up to fourfold where the machine has
 * much memory, so that a repository with very much to say in it takes gigabytes of which most is garbage. Holds for worker threads as well.
 */
export function boundHeapGrowth(): void {
  if (Number(process.versions.node.split('.')[0]) > NEWEST_MAJOR) return;
  const set = () => process.getBuiltinModule('node:v8').setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
  setTimeout(set, AFTER_MS).unref();
}
