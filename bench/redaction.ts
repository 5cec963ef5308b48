// `tsx bench/redaction.ts REPOSITORY...`: looks for secrets in all transcripts in the history of some repositories, each distinct file once. Prints
// how many MB a second of one processor that is, and what was found, by rule: in transcripts that are public each one should be looked at.

import { execFileSync } from 'node:child_process';
import { findSecrets } from '../src/redaction/finder.ts';
import { secretsInBytes } from '../src/redaction/found-secrets.ts';

const TRANSCRIPT = /^([0-9a-f]+) .*(?:full\.jsonl|raw_transcript|transcript\.jsonl|agent-[^/]*\.jsonl)/;

let [files, bytes, seconds] = [0, 0, 0];
const found: string[] = [];

for (const dir of process.argv.slice(2)) {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', dir, ...args], { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] });
  const listed = git('rev-list', '--objects', '--all', '--missing=allow-any').toString().split('\n');
  const ids = new Set(listed.flatMap((line) => TRANSCRIPT.exec(line)?.[1] ?? []));
  for (const id of ids) {
    const content = contentOf(id);
    if (content === undefined) continue;
    files += 1;
    bytes += content.length;
    const begin = process.cpuUsage();
    const { documents } = secretsInBytes(content, 'jsonl', true, findSecrets);
    const { user, system } = process.cpuUsage(begin);
    seconds += (user + system) / 1e6;
    for (const { rules, start, end } of documents.flatMap(({ secrets }) => secrets)) {
      found.push(`${dir} ${id}: ${rules.join(', ')} at ${start}-${end}`);
    }
  }

  /** `undefined` for what is absent, as in a partial clone. */
  function contentOf(id: string): Buffer | undefined {
    try {
      return git('cat-file', 'blob', id);
    } catch {
      return undefined;
    }
  }
}

const megabytes = bytes / 1e6;
console.log(
  `${files} files, ${megabytes.toFixed(0)} MB, ${(megabytes / seconds).toFixed(0)} MB a second of one processor`,
);
console.log(`${found.length} found${found.map((one) => `\n  ${one}`).join('')}`);
