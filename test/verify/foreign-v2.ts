import { join } from 'node:path';
import type { EngineName } from '../../src/git/repository.ts';
import type { Finding } from '../../src/verify/finding.ts';
import type { VerifyReport } from '../../src/verify/report.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { type ForeignSpec, writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { tempDir } from '../fixtures/temp.ts';
import { type CheckpointSpec, transcriptText, V1Builder } from '../fixtures/v1-builder.ts';
import { withRepository } from '../migrate/support.ts';

/** Sessions 0, 2 and 3, the last with a task folder; another task folder at the root. */
export const A = 'a3b2c4d5e6f7';
/** Two sessions with one session ID, and a third. */
export const B = 'b1c2d3e4f506';
/** Fields that newer writers know, a context and a compact transcript. */
export const C = 'c0ffee000001';
/** A transcript in several pieces, and a session without one. */
export const D = 'a3ffffffffff';
/** Only in V2. */
export const X = 'e0e0e0e0e0e0';

const C_FIELDS = {
  prompt_attributions: [{ a: 1 }],
  checkpoint_transcript_start: 25,
  transcript_lines_at_start: 25,
};

/** Everything that other tools get wrong, in one V1, by three authors. */
const CHECKPOINTS: Readonly<Record<string, CheckpointSpec>> = {
  [A]: {
    sessions: [{ number: 0 }, { number: 2 }, { number: 3, tasks: { toolu_1: 'usual' } }],
    tasks: { root: 'usual' },
  },
  [B]: { sessions: [{ sessionId: 'same' }, { sessionId: 'same', transcript: transcriptText('another') }, {}] },
  [C]: {
    sessions: [{ fields: C_FIELDS, context: '# c\n', compact: '{"v1":true}\n' }],
    fields: { combined_attribution: { agent_lines: 7 } },
  },
  [D]: { sessions: [{ transcript: transcriptText('d', 40), chunkBytes: 900 }, { transcript: null }] },
};
const AUTHORS = ['Ada Tester <ada@example.com>', 'Bela <bela@example.com>', 'Céline <celine@example.com>'];

/** A repository with that V1 and a V2 that another tool wrote. */
export function foreignRepository(spec: ForeignSpec): { dir: string; v1: V1Builder } {
  const dir = join(tempDir(), 'repo.git');
  const v1 = new V1Builder();
  v1.init();
  Object.entries(CHECKPOINTS).forEach(([id, checkpoint], i) => {
    v1.checkpoint(id, checkpoint, { author: AUTHORS[i % AUTHORS.length] ?? '' });
  });
  v1.write(dir);
  writeForeignV2(dir, v1, spec);
  return { dir, v1 };
}

export function verifyIn(
  dir: string,
  engine: EngineName = 'native',
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  return withRepository(dir, engine, (repo) => verify(repo, options));
}

/** The findings of one severity, each as `CODE checkpoint/session field`. */
export function lines(findings: readonly Finding[], severity: Finding['severity']): string[] {
  return findings
    .filter((finding) => finding.severity === severity)
    .map(({ code, checkpoint, session, field, path }) => {
      const place = checkpoint === undefined ? path : `${checkpoint}${session === undefined ? '' : `/${session}`}`;
      return [code, place, field].filter((part) => part !== undefined).join(' ');
    })
    .sort();
}
