/** SIGTERM, as shells count: 128 + 15. */
const TERMINATED = 143;

/**
 * Ends this process and all that it has started when the process that forked it is gone, or lets go of it: what `ckpt fleet` runs in a
 * repository must not go on after it. git's helpers are ended too, which git itself leaves behind; they are of the process group that a
 * child of the fleet leads. Refs move in one transaction, so that this is safe at any moment. Without a parent that holds
 * a channel it does nothing.
 */
export function endWithParent(): void {
  if (process.channel === undefined || process.channel === null) return;
  process.once('disconnect', () => {
    try {
      process.once('SIGTERM', () => undefined); // it is for the others
      process.kill(-process.pid, 'SIGTERM');
    } catch {
      // It leads no group: it was forked by another program, or on Windows.
    }
    process.exit(TERMINATED);
  });
  process.channel.unref(); // the listener would keep the process from ending by itself
}
