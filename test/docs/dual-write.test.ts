import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { SCHEMA_FOLDER } from '../../scripts/docs-schema.ts';
import { parseDocument } from '../../src/dual-write/document-schema.ts';
import {
  DUAL,
  documentOf,
  expectVerified,
  newRepository,
  run,
  write,
  writeSettings,
} from '../dual-write/dual-write.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/dual-write.md'), 'utf8');
/** The JSON examples of the page. */
const EXAMPLES = [...PAGE.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => JSON.parse(String(text)));
const SCHEMA = JSON.parse(readFileSync(join(SCHEMA_FOLDER, 'dual-write-document.schema.json'), 'utf8'));
const fits: ValidateFunction = new Ajv({ allErrors: true }).compile(SCHEMA);

describe('docs/schema/dual-write-document.schema.json', () => {
  it.each([
    documentOf(1),
    { checkpoint_id: '0123456789ab', session_id: 's' },
    documentOf(1, { metadata: {}, context: '', prompts: [], redacted: false, ephemeral_branch: 'entire/x' }),
    documentOf(1, { metadata: { unknown: [1, { a: null }], prompt_attributions: [1], token_usage: { x: 1 } } }),
    documentOf(1, { transcript: { path: '/x' } }),
    documentOf(1, { task: { tool_use_id: 't', incremental: { sequence: 0, checkpoint: null } } }),
    documentOf(1, { task: { tool_use_id: 't', agent_id: 'a', final: { checkpoint: [], transcript: { path: 'x' } } } }),
  ])('and the program take the same documents: %j', (document) => {
    expect({ fits: fits(document), errors: fits.errors }).toEqual({ fits: true, errors: null });
    expect(parseDocument(JSON.stringify(document)).fields).toEqual(JSON.parse(JSON.stringify(document)));
  });

  const WRONG: unknown[] = [
    null,
    [],
    'text',
    {},
    { checkpoint_id: '0123456789ab' },
    ...[
      { checkpoint_id: '0123456789AB' },
      { checkpoint_id: 5 },
      { session_id: '' },
      { session_id: undefined },
      { surprise: true },
      { metadata: [] },
      { metadata: null },
      { metadata: { model: 5 } },
      { metadata: { files_touched: 'a' } },
      { metadata: { token_usage: [] } },
      { metadata: { summary: 'text' } },
      { metadata: { session_id: 'another' } },
      { metadata: { checkpoint_id: '0123456789ab' } },
      { prompts: 'text' },
      { prompts: [1] },
      { context: null },
      { transcript: 'text' },
      { transcript: {} },
      { transcript: { text: 'a', path: 'b' } },
      { redacted: 'yes' },
      { task: {} },
      { task: { tool_use_id: 't', incremental: { sequence: -1, checkpoint: 1 } } },
      { task: { tool_use_id: 't', incremental: { sequence: 1.5, checkpoint: 1 } } },
      { task: { tool_use_id: 't', incremental: { sequence: 1 } } },
      { task: { tool_use_id: 't', final: {} } },
    ].map((fields) => JSON.parse(JSON.stringify(documentOf(1, fields)))),
  ];
  it.each(WRONG)('and the program refuse the same documents: %j', (document) => {
    expect(fits(document)).toBe(false);
    expect(() => parseDocument(JSON.stringify(document))).toThrow(
      expect.objectContaining({ code: 'BAD_DOCUMENT', exitCode: 2 }),
    );
  });
});

describe('docs/dual-write.md', () => {
  it('has every field of the document', () => {
    const { metadata, task, ...others } = SCHEMA.properties;
    for (const name of Object.keys({ ...others, metadata, task })) expect(PAGE).toContain(`| \`${name}\` |`);
    for (const name of [...Object.keys(metadata.properties), ...Object.keys(task.properties)]) {
      expect(PAGE).toContain(`\`${name}\``);
    }
  });

  it('has examples that work', async () => {
    const [settings, checkpoint, task, ...more] = EXAMPLES;
    expect(more).toEqual([]);
    const dir = newRepository();
    writeSettings(dir, settings);
    for (const document of [checkpoint, task]) {
      expect({ fits: fits(document), errors: fits.errors }).toEqual({ fits: true, errors: null });
      expect(write(dir, document)).toMatchObject({ mode: 'dual', v2: 'ok', session: '0' });
    }
    expect(write(dir, checkpoint, ['--finalize'])).toMatchObject({ session: '0' });
    await expectVerified(dir);
  });

  it('says how a document is refused', () => {
    const dir = newRepository(DUAL);
    const { code, stderr } = run(dir, ['dual-write', '--from', '-'], { input: '{"session_id": 5}' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/checkpoint_id: .*; session_id: /);
    expect(stderr).toContain(`hint: See ${join('docs', 'dual-write.md')}`);
  });
});
