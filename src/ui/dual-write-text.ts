import type { DualWriteResult } from '../dual-write/dual-write-result.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import { alignColumns } from './align-columns.ts';
import { sanitize } from './sanitize.ts';
import { countOf, shortId } from './words.ts';

/** What was written, for a person to read. Ends with a line feed. */
export function dualWriteText(result: DualWriteResult): string {
  const written = `Wrote session ${sanitize(result.session ?? '')} of checkpoint ${sanitize(result.checkpoint ?? '')}.`;
  const redactions =
    result.redactionCount === 0
      ? []
      : [`${countOf(result.redactionCount, 'secret')} taken out before anything was stored.`];
  const refs = alignColumns(
    result.refs.map((ref) => [
      `  ${sanitize(ref.ref)}`,
      ref.new ?? 'deleted',
      ref.old === null ? 'new' : `was ${shortId(ref.old)}`,
    ]),
  );
  return `${[written, ...redactions, ...refs, ...targetLines(result)].join('\n')}\n`;
}

function targetLines({ targets, primary }: DualWriteResult): string[] {
  if (targets.length === 0) {
    return [`${LAYOUT_NAMES[primary]} alone ${agreeing(primary, 'was', 'were')} written.`];
  }
  return targets.map(({ layout, outcome }) =>
    outcome === 'ok'
      ? `${LAYOUT_NAMES[layout]} ${agreeing(layout, 'holds', 'hold')} it as well.`
      : `${LAYOUT_NAMES[layout]} ${agreeing(layout, 'does', 'do')} not have it yet; the next run of ckpt dual-write brings it there.`,
  );
}

/** One line for each warning, for stderr. */
export function dualWriteWarnings(result: DualWriteResult): string[] {
  return result.warnings.map((warning) => `ckpt dual-write: ${sanitize(warning)}`);
}
