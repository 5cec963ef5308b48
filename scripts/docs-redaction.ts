/**
 * Writes the table of `docs/redaction.md`: how much is found of the secrets of `test/fixtures/secret-corpus.ts`, by kind and by place, here
 * and by gitleaks where there is a program of that name. `GITLEAKS_VERSION=8.30.1` names its version where `go install` built it: it does
 * not know it then.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSecrets } from '../src/redaction/finder.ts';
import { redactBytes } from '../src/redaction/redact-bytes.ts';
import { PLACES, secretForms } from '../test/fixtures/secret-corpus.ts';

const DOCUMENT = 'docs/redaction.md';
const [BEGIN, END] = ['<!-- recall -->', '<!-- /recall -->'];
/** Secrets are random, and some look like words by chance: one round gives other figures than the next, by up to ten points a row. */
const ROUNDS = 10;

interface Planted {
  readonly kind: string;
  readonly place: string;
  readonly file: string;
  readonly isFound: boolean;
}

const folder = mkdtempSync(join(tmpdir(), 'ckpt-recall-'));
const forms = Array.from({ length: ROUNDS }, () => secretForms()).flat();
const planted: Planted[] = forms.flatMap((form, index) =>
  Object.entries(PLACES).map(([place, plant], number) => {
    const { content, needle } = plant(form);
    const file = `${index}-${number}.txt`;
    writeFileSync(join(folder, file), content);
    const { output } = redactBytes(Buffer.from(content), content.startsWith('{') ? 'jsonl' : 'text', true, findSecrets);
    return { kind: form.kind, place, file, isFound: !Buffer.concat(output).toString().includes(needle) };
  }),
);
const gitleaks = foundByGitleaks();
rmSync(folder, { recursive: true });
const text = readFileSync(DOCUMENT, 'utf8');
const [before = ''] = text.split(BEGIN);
const [, after = ''] = text.split(END);
writeFileSync(DOCUMENT, `${before}${BEGIN}\n\n${tables()}\n${END}${after}`);

/** The files in which gitleaks finds something, and its version; undefined where it is not installed. */
function foundByGitleaks(): { readonly version: string; readonly files: ReadonlySet<string> } | undefined {
  const report = join(folder, 'report.json');
  try {
    execFileSync('gitleaks', [
      'dir',
      folder,
      '--no-banner',
      '-f',
      'json',
      '-r',
      report,
      '--exit-code',
      '0',
      '-l',
      'error',
    ]);
    const [version = ''] =
      /v?[\d.]+\d/.exec(process.env.GITLEAKS_VERSION ?? execFileSync('gitleaks', ['version'], { encoding: 'utf8' })) ??
      [];
    const findings = JSON.parse(readFileSync(report, 'utf8')) as ReadonlyArray<{ readonly File: string }>;
    return { version, files: new Set(findings.map(({ File }) => File.slice(File.lastIndexOf('/') + 1))) };
  } catch {
    return undefined;
  }
}

function tables(): string {
  const other = gitleaks === undefined ? [] : [`gitleaks ${gitleaks.version}`.trim()];
  const head = (first: string) =>
    `| ${[first, 'planted', 'ckpt', ...other].join(' | ')} |\n|${' --- |'.repeat(3 + other.length)}\n`;
  const rows = (of: (one: Planted) => string) =>
    [...groupedBy(of)].map(([name, some]) => row(name, some)).join('') + row('all', planted);
  return `${head('kind')}${rows(({ kind }) => kind)}\n${head('place')}${rows(({ place }) => place)}`;
}

function row(name: string, some: readonly Planted[]): string {
  const share = (count: number) => `${Math.floor((100 * count) / some.length)} %`;
  const cells = [name, some.length, share(some.filter(({ isFound }) => isFound).length)];
  if (gitleaks !== undefined) cells.push(share(some.filter(({ file }) => gitleaks.files.has(file)).length));
  return `| ${cells.join(' | ')} |\n`;
}

function groupedBy(of: (one: Planted) => string): Map<string, Planted[]> {
  const groups = new Map<string, Planted[]>();
  for (const one of planted) groups.set(of(one), [...(groups.get(of(one)) ?? []), one]);
  return groups;
}
