// `npm run docs:schema`: writes the JSON Schemas in docs/schema from the schemas in the code.
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { WriteDocument } from '../src/dual-write/document.ts';
import { VerifyReportSchema } from './verify-report-schema.ts';

const FOLDER = resolve(import.meta.dirname, '../docs/schema');

/** Where the schema of the document lies that `ckpt dual-write --from` reads. */
export const SCHEMA_FILE = resolve(FOLDER, 'dual-write.schema.json');
/** Where the schema of the document lies that `ckpt verify --json` prints. */
export const REPORT_SCHEMA_FILE = resolve(FOLDER, 'verify.schema.json');

/** The schema's text, as the file has it. */
export function documentSchema(): string {
  return textOf(WriteDocument);
}

/** The same for the report. */
export function reportSchema(): string {
  return textOf(VerifyReportSchema);
}

function textOf(schema: Parameters<typeof toJsonSchema>[0]): string {
  return `${JSON.stringify(toJsonSchema(schema, { typeMode: 'output', ignoreActions: ['check'] }), null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(SCHEMA_FILE, documentSchema());
  writeFileSync(REPORT_SCHEMA_FILE, reportSchema());
}
