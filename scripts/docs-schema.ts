// `npm run docs:schema`: writes docs/schema/dual-write.schema.json from the schema that documents are read by.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { WriteDocument } from '../src/dual-write/document.ts';

export const SCHEMA_FILE = resolve(import.meta.dirname, '../docs/schema/dual-write.schema.json');

/** The schema's text, as the file has it. */
export function documentSchema(): string {
  return `${JSON.stringify(toJsonSchema(WriteDocument, { typeMode: 'output', ignoreActions: ['check'] }), null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(dirname(SCHEMA_FILE), { recursive: true });
  writeFileSync(SCHEMA_FILE, documentSchema());
}
