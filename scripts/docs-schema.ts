// `npm run docs:schema`: writes the JSON Schemas in docs/schema from the schemas in the code and in scripts/schema.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { WriteDocument } from '../src/dual-write/document-schema.ts';
import { documentOf } from './schema/envelope.ts';
import { Fleet, FleetMerge, FleetPlan } from './schema/fleet.ts';
import { Completion, Export, HooksInstall, HooksStatus, HooksUninstall, List, Show, Status } from './schema/looking.ts';
import { Fetch, Push } from './schema/remote.ts';
import { Diff, Repair, Verify } from './schema/verify.ts';
import { DualWrite, Migrate, Prune, RestoreLost, Rotate, Sample } from './schema/writing.ts';

/** Where the schemas lie. */
export const SCHEMA_FOLDER = resolve(import.meta.dirname, '../docs/schema');

/** What each command adds to the document that `--json` prints. `browse` prints none: it is a screen. */
const RESULTS: Readonly<Record<string, NonNullable<Parameters<typeof documentOf>[1]>>> = {
  completion: Completion,
  diff: Diff,
  'dual-write': DualWrite,
  fetch: Fetch,
  'fleet status': Fleet,
  'fleet migrate': Fleet,
  'fleet verify': Fleet,
  'fleet push': Fleet,
  'fleet plan': FleetPlan,
  'fleet merge': FleetMerge,
  'hooks install': HooksInstall,
  'hooks status': HooksStatus,
  'hooks uninstall': HooksUninstall,
  export: Export,
  list: List,
  migrate: Migrate,
  prune: Prune,
  push: Push,
  repair: Repair,
  restore: RestoreLost,
  rotate: Rotate,
  sample: Sample,
  show: Show,
  status: Status,
  verify: Verify,
};

/** Every schema by the name of its file: one a command, one for errors of any, and the one that `dual-write --from` reads by. */
export function schemaFiles(): Map<string, string> {
  const files = Object.entries(RESULTS).map(([command, result]): [string, GenericSchema] => [
    schemaName(command),
    documentOf(command, result),
  ]);
  return new Map(
    [
      ...files,
      ['error.schema.json', documentOf()] as const,
      ['dual-write-document.schema.json', WriteDocument] as const,
    ].map(([name, schema]) => [name, textOf(schema)]),
  );
}

/** The file for a command, by its words. */
export function schemaName(command: string): string {
  return `${command.replaceAll(' ', '-')}.schema.json`;
}

function textOf(schema: GenericSchema): string {
  const converted = toJsonSchema(schema, { typeMode: 'output', ignoreActions: ['check'] });
  return `${JSON.stringify(converted, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  const files = schemaFiles();
  mkdirSync(SCHEMA_FOLDER, { recursive: true });
  for (const name of readdirSync(SCHEMA_FOLDER)) if (!files.has(name)) rmSync(resolve(SCHEMA_FOLDER, name));
  for (const [name, text] of files) writeFileSync(resolve(SCHEMA_FOLDER, name), text);
}
