import type { SecretLintRuleCreator } from '@secretlint/types';
import { privateKeyBlocks } from './private-key-blocks.ts';
import type { Range } from './range.ts';

const MESSAGES = { SECRET: { en: () => 'a secret that the recommended rules leave out' } };

/** The capturing group is the secret. Each says which part of a recommended rule it makes whole. */
const PATTERNS: readonly RegExp[] = [
  // AWS: theirs asks for a word boundary behind the key, and so leaves out each that ends in `/` or `+`.
  /(?:SECRET|secret|Secret)_?(?:ACCESS|access|Access)_?(?:KEY|key|Key)['\\]*\s*(?::|=>|=)\s*['\\\s]*((?!.{30}EXAMPLEKEY)[A-Za-z0-9/+=]{40})(?![A-Za-z0-9/+=])/g,
  // AWS, the ID of an access key: theirs is off by default, comes together with account IDs, and takes longer than all others.
  /\b((?!AKIAIOSFODNN7EXAMPLE)(?:A3T[A-Z0-9]|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA)[A-Z0-9]{16})\b/g,
  // npm: theirs looks for these in a file named .npmrc only.
  /_authToken[ \t]*=[ \t]*[\n']?([A-Za-z0-9+/=_.~-]{16,})/g,
  // OpenAI: theirs asks for a word boundary behind the key, and so leaves out each that ends in `-`.
  /(sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{58,74}T3BlbkFJ[A-Za-z0-9_-]{58,74})/g,
  // 1Password: theirs wants the base64 to end in `fQ`, which it does for a third of all lengths.
  /(ops_eyJ[A-Za-z0-9+/=_-]{100,4000})/g,
];

/** Secrets of kinds that the recommended rules look for, in forms that they leave out. */
export const ownRule: SecretLintRuleCreator = {
  messages: MESSAGES,
  meta: { id: 'ckpt', type: 'scanner', recommended: false, supportedContentTypes: ['text'] },
  create(context) {
    const message = context.createTranslator(MESSAGES)('SECRET');
    return {
      file({ content }) {
        for (const { start, end } of [...privateKeyBlocks(content), ...PATTERNS.flatMap((p) => matches(p, content))]) {
          context.report({ message, range: [start, end] });
        }
      },
    };
  },
};

function matches(pattern: RegExp, content: string): Range[] {
  return [...content.matchAll(pattern)].map(({ 0: whole, 1: secret = whole, index }) => {
    const end = index + whole.length;
    return { start: end - secret.length, end };
  });
}
