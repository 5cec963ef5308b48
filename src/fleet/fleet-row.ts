import * as v from 'valibot';

/** The commands that a fleet runs. */
export const FLEET_COMMANDS = ['status', 'migrate', 'verify', 'push'] as const;
export type FleetCommand = (typeof FLEET_COMMANDS)[number];

/** How good a standing is: nothing left to do; something; no checkpoints at all; it failed. */
export const GRADES = ['good', 'open', 'none', 'bad'] as const;
export type Grade = (typeof GRADES)[number];

const text = (description: string) => v.pipe(v.string(), v.description(description));

/** What became of one repository: a line of a report, without the document that the command printed. */
export const FleetRow = v.object({
  name: text('What the list calls it, without credentials.'),
  kind: v.pipe(v.picklist(['path', 'url']), v.description('Where it was: in place, or cloned into the cache.')),
  command: v.pipe(v.picklist(FLEET_COMMANDS), v.description('What was run there.')),
  standing: text('How it stands: a word of docs/fleet.md.'),
  grade: v.pipe(
    v.picklist(GRADES),
    v.description('`good`: nothing is left to do; `open`: something is; `none`: no checkpoints; `bad`: it failed.'),
  ),
  detail: text('Codes of problems or findings, or the error; for people.'),
  checkpointCount: v.pipe(
    v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
    v.description('Its checkpoints, `null` where they were not counted; of `migrate` those that it migrated.'),
  ),
  exitCode: v.pipe(v.picklist([0, 1, 2, 3]), v.description('What the command ended with there.')),
  errorCode: v.pipe(v.nullable(v.string()), v.description('The code of the error; `null` where there was none.')),
  startedAt: text('When it began: ISO 8601, UTC.'),
  durationMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.description('Milliseconds, cloning included.')),
});
export type FleetRow = v.InferOutput<typeof FleetRow>;

/** The row of a line of a report; `undefined` for a line that is not whole. */
export function rowOf(line: string): FleetRow | undefined {
  try {
    const parsed = v.safeParse(FleetRow, JSON.parse(line));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
