import { KeywordMatcher } from '../keyword-matcher.ts';
import gitleaks from './gitleaks.json' with { type: 'json' };
import { OWN_RULES } from './own.ts';
import type { RuleData } from './rule.ts';

/** A rule, ready to be tried at a keyword. */
export interface Rule {
  readonly id: string;
  readonly kind: 'token' | 'assigned';
  /** Sticky: of a token the whole, of an assignment the name. */
  readonly pattern: RegExp;
  /** What it matches must begin at an `isBoundary`. */
  readonly isBounded: boolean;
  /** Sticky, of an assignment. */
  readonly value: RegExp | undefined;
  readonly before: number;
  readonly entropy: number;
  readonly allow: readonly RegExp[];
}

/**
 * Before a token: no letter or digit, or one that belongs to something else: `ESC[32m`, `%3D`, `\n`, `=`. A word boundary alone
 * would take the `m` of a colour for a part of the token.
 */
const BOUNDARY = /(?:^|[^\w]|\[[\d;:]{0,16}[mKGHJ]|%[\dA-Fa-f]{2}|\\[nrtbfve0]|\\u[\dA-Fa-f]{4}|\\x[\dA-Fa-f]{2})$/;
const LONGEST_BOUNDARY = 20;

/** Whether a token can begin at this place of a text. */
export function isBoundary(text: string, at: number): boolean {
  return BOUNDARY.test(text.slice(Math.max(at - LONGEST_BOUNDARY, 0), at));
}

/** Patterns of gitleaks that begin before their keyword, and how long before. */
const BEFORE: Readonly<Record<string, number>> = {
  'azure-ad-client-secret': 5,
  'freemius-secret-key': 1,
  'hashicorp-tf-api-token': 15,
  'maxmind-license-key': 36,
  'microsoft-teams-webhook': 40,
  'sidekiq-sensitive-url': 26,
};

/** What a keyword leads to. */
export interface KeywordRules {
  readonly matcher: KeywordMatcher;
  readonly keywords: readonly string[];
  /** The rules of each keyword, by its number. */
  readonly rules: ReadonlyArray<readonly Rule[]>;
}

/** All rules by their keywords; `more` are keywords that have none. */
export function rulesByKeyword(more: readonly string[]): KeywordRules {
  const byKeyword = new Map<string, Rule[]>(more.map((keyword) => [keyword, []]));
  for (const data of [...OWN_RULES, ...(gitleaks.rules as readonly RuleData[])]) {
    const rule = compiled(data);
    for (const keyword of data.keywords) {
      const rules = byKeyword.get(keyword) ?? [];
      rules.push(rule);
      byKeyword.set(keyword, rules);
    }
  }
  const keywords = [...byKeyword.keys()];
  return { matcher: new KeywordMatcher(keywords), keywords, rules: [...byKeyword.values()] };
}

function compiled(data: RuleData): Rule {
  const isToken = data.kind === 'token';
  const { id, kind } = data;
  return {
    id,
    kind,
    pattern: new RegExp(isToken ? data.pattern.replace(/^\\b/, '') : data.name, 'y'),
    isBounded: isToken && data.pattern.startsWith('\\b'),
    value: isToken ? undefined : new RegExp(`(?:${data.value})(?![\\w+/])`, 'y'),
    before: (isToken ? data.before : undefined) ?? BEFORE[id] ?? 0,
    entropy: data.entropy ?? 0,
    allow: (data.allow ?? []).map((pattern) => new RegExp(pattern)),
  };
}
