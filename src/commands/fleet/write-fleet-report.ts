import { join } from 'node:path';
import type { FleetSummary } from '../../fleet/fleet-summary.ts';
import { writeTextFile } from '../../stores/text-file.ts';
import { fleetHtml } from '../../ui/fleet-html.ts';
import { fleetMarkdown } from '../../ui/fleet-markdown.ts';
import { stringifyJson } from '../../ui/sanitize.ts';

/** Writes `report.json`, `report.md` and `report.html` to a folder: where a fleet stands. Throws a `CkptError` where one can't be written. */
export async function writeFleetReport(dir: string, summary: FleetSummary): Promise<void> {
  await writeTextFile(join(dir, 'report.json'), `${stringifyJson(summary)}\n`);
  await writeTextFile(join(dir, 'report.md'), fleetMarkdown(summary));
  await writeTextFile(join(dir, 'report.html'), fleetHtml(summary));
}
