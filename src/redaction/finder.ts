import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintRuleCreator, SecretLintRuleReportDescriptor } from '@secretlint/types';
import { ownRule } from './own-rule.ts';
import type { Range } from './range.ts';

/** Finds the secrets in a text: where each lies, in any order; ranges may overlap. */
export type FindSecrets = (content: string) => Promise<FoundSecret[]>;

/** Where a secret lies, and the name of the rule that found it, for example `github`. */
export interface FoundSecret extends Range {
  readonly rule: string;
}

/**
 * The recommended rules that are not used: `filter-comments`, since a transcript that has `secretlint-disable` in it would switch
 * off everything; `gcp`, which looks at whole files by their name (`privatekey` finds the key in such a file).
 */
const LEFT_OUT = new Set(['@secretlint/secretlint-rule-filter-comments', '@secretlint/secretlint-rule-gcp']);

const RULES: readonly SecretLintRuleCreator[] = [...recommended, ownRule].filter(({ meta }) => !LEFT_OUT.has(meta.id));

/** Some rules look at the name of the file; with this one they look for nothing special. */
const FILE = { filePath: 'transcript.txt', ext: '.txt', contentType: 'text' } as const;
const TOKEN = /[A-Za-z0-9_-]*/y;
/** What can't be in the part of a connection string behind its password, where its rule goes on up to the next blank. */
const BEHIND_URI = /['`<>\\\xa4]/;

// It keeps every mark of every call for ever, and searches them all at each.
secretLintProfiler.mark = () => {};

/** `FindSecrets` by secretlint's recommended rules and our own. Throws what secretlint throws. */
export async function findSecrets(content: string): Promise<FoundSecret[]> {
  const found: FoundSecret[] = [];
  const rules = RULES.map((rule) => ({
    id: rule.meta.id,
    rule: reportingTo(rule, (report) => {
      const range = wholeToken(content, withoutContext(content, rule, reported(content, report)));
      found.push({ ...range, rule: rule.meta.id.replace(/^@secretlint\/secretlint-rule-/, '') });
    }),
  }));
  // Secretlint cuts off a byte order mark, which would move the ranges; a view has none.
  await lintSource({ source: { ...FILE, content }, options: { config: { rules }, noPhysicFilePath: true } });
  return found;
}

/** The rule, with its reports taken out on the way: secretlint compares each with all others, which takes minutes for many. */
function reportingTo(
  rule: SecretLintRuleCreator,
  report: (descriptor: SecretLintRuleReportDescriptor) => void,
): SecretLintRuleCreator {
  return { ...rule, create: (context, options) => rule.create({ ...context, report }, options) };
}

/**
 * Where the secret of a message is. Some rules report a range that begins at the name before the secret and has the
 * length of the secret alone: what counts is the value that they give besides.
 */
function reported(content: string, { range: [start, end], message }: SecretLintRuleReportDescriptor): Range {
  const values = Object.values(message.data ?? {}).filter(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  if (values.length === 0 || values.includes(content.slice(start, end))) return { start, end };
  const places = values.map((value) => ({ start: content.indexOf(value, start), length: value.length }));
  const place = places.find((found) => found.start >= 0);
  return place === undefined ? { start, end } : { start: place.start, end: place.start + place.length };
}

/** A connection string ends where the quote or tag ends that it stands in. */
function withoutContext(content: string, { meta }: SecretLintRuleCreator, { start, end }: Range): Range {
  if (!meta.id.endsWith('database-connection-string')) return { start, end };
  const host = content.indexOf('@', start);
  const behind = host < 0 ? -1 : content.slice(host, end).search(BEHIND_URI);
  return { start, end: behind < 0 ? end : host + behind };
}

/** Some rules find the beginning of a longer token: nothing of it may stay. */
function wholeToken(content: string, { start, end }: Range): Range {
  TOKEN.lastIndex = end;
  return { start, end: end + (TOKEN.exec(content)?.[0].length ?? 0) };
}
