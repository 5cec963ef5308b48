import { LAYOUT_NAMES } from '../layout/layout-names.ts';
import type { RemoteReport } from '../verify/report.ts';
import { alignColumns } from './align-columns.ts';
import { standingWords } from './reports/verdict.ts';
import { nextLine, type RunFacts } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatCount } from './words.ts';

/** How what is here relates to what a remote has, as the last paragraph of a page. Ends with a line feed. */
export function remoteStandingText(remote: RemoteReport, run: RunFacts): string {
  const { name, isNamed, namedCount, arrivedCount, missingCount, unknownCount, queuedCount, commitCount } = remote;
  const arrived =
    namedCount === 0
      ? 'no commit names a checkpoint'
      : `${formatCount(arrivedCount)} of ${countOf(namedCount, 'checkpoint')} arrived, named by ${countOf(commitCount, 'commit')}`;
  const others = [
    ...(missingCount > 0 ? [`${formatCount(missingCount)} did not`] : []),
    ...(unknownCount > 0 ? [`${formatCount(unknownCount)} not known here`] : []),
    ...(queuedCount > 0 ? [`${formatCount(queuedCount)} on the push queue`] : []),
  ];
  const lines = [
    `Remote ${sanitize(name)}`,
    `  ${[arrived, ...others].join('; ')}`,
    ...alignColumns(remote.layouts.map((one) => [`  ${LAYOUT_NAMES[one.layout]}`, standingWords(one)])),
    `  ${nextLine(run, 'verify', isNamed ? `--remote=${name}` : '--remote')}`,
  ];
  return `${lines.join('\n')}\n`;
}
