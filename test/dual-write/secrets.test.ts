import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeDocument } from '../../src/dual-write/write-document.ts';
import type { EngineName } from '../../src/git/repository.ts';
import { RedactionError } from '../../src/redaction/redaction-error.ts';
import type { Redactor } from '../../src/redaction/redactor.ts';
import { git, gitBytes, refs } from '../fixtures/git.ts';
import { V1_BRANCH, V2_CURRENT } from '../fixtures/reference.ts';
import { tempDir } from '../fixtures/temp.ts';
import { contentHash, shardPath, transcriptText } from '../fixtures/v1-builder.ts';
import { withRepository } from '../migrate/support.ts';
import { oneOf, pem } from '../redaction/secrets.ts';
import {
  checkpointId,
  DUAL,
  documentOf,
  ENGINES,
  expectVerified,
  fileOf,
  filesOf,
  newRepository,
  run,
  write,
} from './dual-write.ts';

/** Every object of a repository, loose or packed, reachable or not, one after the other. */
function everything(dir: string): Buffer {
  return gitBytes(dir, ['cat-file', '--batch-all-objects', '--batch', '--unordered']);
}

/** The forms that a secret could be found in: as it is, as JSON would escape it once or twice, and in `\u` escapes. */
function formsOf(secret: string): string[] {
  const once = JSON.stringify(secret).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  const slashes = secret.replaceAll('/', '\\/');
  return [...new Set([secret, once, twice, slashes, unicodeEscaped(secret)])];
}

function unicodeEscaped(text: string): string {
  return [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

/** A text with its JSON escapes resolved, however deep they are. */
function decoded(text: string): string {
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/\\(?:u([0-9a-fA-F]{4})|(["\\/nrt]))/g, (_, hex, short) =>
      hex === undefined
        ? (({ n: '\n', r: '\r', t: '\t' } as Record<string, string>)[short] ?? short)
        : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return text;
}

function expectNowhere(dir: string, secrets: readonly string[]): void {
  const text = everything(dir).toString('latin1');
  const plain = decoded(text);
  for (const secret of secrets) {
    for (const form of formsOf(secret)) expect(text.includes(form), `${form} is in an object`).toBe(false);
    expect(plain.includes(secret), `${secret}, escaped, is in an object`).toBe(false);
  }
}

/** Plants secrets: each call gives the text for a document, and remembers what must not be found. */
class Planter {
  readonly secrets: string[] = [];
  #next = 0;
  static readonly #KINDS = [
    'AWS access key ID',
    'GitHub token',
    'Anthropic key',
    'Slack bot token',
    'npm token',
    'OpenAI project key',
    'connection string',
    'AWS secret access key, environment',
    'GitHub fine-grained token',
  ];

  plant(): string {
    const { text, secret } = oneOf(Planter.#KINDS[this.#next++ % Planter.#KINDS.length] as string);
    this.secrets.push(secret);
    return text;
  }

  /** A private key: none of its lines may be found. */
  key(): string {
    const key = pem('RSA ', 800);
    this.secrets.push(...key.split('\n').slice(1, -1));
    return key;
  }

  /** Lines of a transcript with secrets plain, escaped once, twice, in `\u` escapes, and over the lines of a string. */
  transcript(): string {
    const line = (content: unknown) => `${JSON.stringify({ type: 'user', message: { content } })}\n`;
    const [first, hidden] = [this.plant(), this.plant()];
    return [
      line(`export KEY=${first}`),
      line([{ type: 'tool_result', content: JSON.stringify({ output: `found ${this.plant()}`, key: this.key() }) }]),
      `{"type":"user","text":"${unicodeEscaped(hidden)}"}\n`,
      `{"type":"user","text":"a\\n${JSON.stringify(this.plant()).slice(1, -1).replaceAll('/', '\\/')}\\tb"}\n`,
      line({ [this.plant()]: 'as a key' }),
      line(this.key()),
      `no JSON at all: ${this.plant()}\n`,
    ].join('');
  }

  document(n: number, transcript: unknown, agentTranscript: unknown): Record<string, unknown> {
    return documentOf(n, {
      metadata: {
        strategy: 'manual-commit',
        created_at: '2026-01-02T03:04:05Z',
        branch: `feature/${this.plant()}`,
        agent: `Agent ${this.plant()}`,
        model: 'm',
        files_touched: ['a.ts', `secrets/${this.plant()}`],
        summary: { intent: `use ${this.plant()}`, deep: [{ text: this.key() }] },
        unknown_field: { [this.plant()]: [this.plant()] },
      },
      prompts: [`the token is ${this.plant()}`, this.key()],
      context: `# Context\n\n${this.key()}\n\n${this.plant()}\n`,
      transcript,
      ephemeral_branch: `entire/${this.plant()}`,
      task: {
        tool_use_id: 'toolu_1',
        agent_id: 'a1',
        description: `Deploy with ${this.plant()}`,
        final: {
          checkpoint: { result: this.plant(), nested: JSON.stringify({ key: this.key() }) },
          transcript: agentTranscript,
        },
        incremental: { sequence: 1, checkpoint: { input: this.plant() } },
      },
    });
  }
}

describe.each(ENGINES)('secrets do not reach any object (%s)', (engine) => {
  const env = { CKPT_ENGINE: engine };

  it('from a transcript in a file, inline, prompts, context, metadata, tasks, branches', async () => {
    const dir = newRepository(DUAL);
    const planter = new Planter();
    const folder = tempDir();
    writeFileSync(join(folder, 'a.jsonl'), planter.transcript());
    writeFileSync(join(folder, 'agent.jsonl'), planter.transcript());
    const document = planter.document(1, { path: 'a.jsonl' }, { path: 'agent.jsonl' });
    writeFileSync(join(folder, 'document.json'), JSON.stringify(document));
    const { code, stdout, stderr } = run(dir, ['dual-write', '--from', join(folder, 'document.json'), '--json'], {
      env,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout);
    expect(result.redactionCount).toBeGreaterThan(20);
    expectNowhere(dir, planter.secrets);
    const inline = write(dir, planter.document(2, { text: planter.transcript() }, { text: planter.transcript() }), [], {
      env,
    });
    expect(inline.redactionCount).toBeGreaterThan(20);

    const end = write(
      dir,
      {
        checkpoint_id: checkpointId(1),
        session_id: 'session-1',
        prompts: [planter.plant()],
        transcript: { text: planter.transcript() },
      },
      ['--finalize'],
      { env },
    );
    expect(end.redactionCount).toBeGreaterThan(5);
    run(dir, ['dual-write'], { env });
    expectNowhere(dir, planter.secrets);
    git(dir, 'repack', '-q', '-a', '-d');
    expectNowhere(dir, planter.secrets);
    const stored = fileOf(dir, V2_CURRENT, `${shardPath(checkpointId(1))}/0/full.jsonl`);
    for (const line of stored.split('\n').slice(0, 6)) JSON.parse(line);
    expect(stored).toContain('[REDACTED]');
    await expectVerified(dir);
  });

  it('of an inline text that says it is redacted, nothing changes; of a file, it does', () => {
    const dir = newRepository(DUAL);
    const planter = new Planter();
    const text = `${JSON.stringify({ text: planter.plant() })}\n`;
    const inline = write(dir, documentOf(1, { redacted: true, transcript: { text } }), [], { env });
    expect(inline.redactionCount).toBe(0);
    expect(() => expectNowhere(dir, planter.secrets)).toThrow('is in an object');
    const folder = `${shardPath(checkpointId(1))}/0`;
    expect(fileOf(dir, V1_BRANCH, `${folder}/content_hash.txt`)).toBe(contentHash(text));
    const file = join(tempDir(), 't.jsonl');
    const other = new Planter();
    writeFileSync(file, `${JSON.stringify({ text: other.plant() })}\n`);
    const path = write(dir, documentOf(2, { redacted: true, transcript: { path: file } }), [], { env });
    expect(path.redactionCount).toBe(1);
    expectNowhere(dir, other.secrets);
  });
});

/** Writes with a redactor that fails at transcripts, or can't even be loaded. */
function writeWith(
  dir: string,
  engine: EngineName,
  document: unknown,
  loadRedactor: () => Promise<Redactor>,
  finalize = false,
) {
  return withRepository(dir, engine, (repo) =>
    writeDocument(
      repo,
      { content: JSON.stringify(document), folder: dir, finalize },
      { timeoutMs: 60_000, maxCheckpoints: 100, env: {}, loadRedactor },
    ),
  );
}

async function failingRedactor(): Promise<Redactor> {
  const { loadRedactor } = await import('../../src/redaction/redactor.ts');
  return {
    ...(await loadRedactor()),
    redactTranscript: (input) => ({
      count: () => 0,
      output: (async function* () {
        for await (const chunk of input) {
          yield Buffer.from(chunk.subarray(0, 10));
          throw new RedactionError('scanning a transcript failed');
        }
      })(),
    }),
  };
}

describe.each(ENGINES)('where redaction fails (%s)', (engine) => {
  const folder = `${shardPath(checkpointId(1))}/0`;

  it('the transcript is left out, with a warning, and the rest is written', async () => {
    const dir = newRepository(DUAL);
    const task = {
      tool_use_id: 't1',
      agent_id: 'a1',
      final: { checkpoint: { ok: true }, transcript: { text: transcriptText('agent') } },
    };
    const result = await writeWith(dir, engine, documentOf(1, { task }), failingRedactor);
    expect(result).toMatchObject({ checkpoint: checkpointId(1), v2: 'ok' });
    expect(result.warnings).toEqual([
      expect.stringMatching(/^the transcript could not be redacted, and is not stored: /),
    ]);
    expect(filesOf(dir, V1_BRANCH, folder)).toEqual(['metadata.json', 'prompt.txt', 'tasks/t1/checkpoint.json']);
    expectNowhere(dir, [transcriptText('t1').slice(0, 40), transcriptText('agent').slice(0, 40)]);
    await expectVerified(dir);
  });

  it('a transcript that is there stays', async () => {
    const dir = newRepository(DUAL);
    write(dir, documentOf(1));
    const raw = { text: transcriptText('raw and complete') };
    for (const finalize of [false, true]) {
      const document = documentOf(1, { transcript: raw, prompts: ['new', `${finalize}`] });
      const result = await writeWith(dir, engine, document, failingRedactor, finalize);
      expect(result.warnings).toHaveLength(1);
      for (const ref of [V1_BRANCH, V2_CURRENT]) {
        expect(fileOf(dir, ref, `${folder}/full.jsonl`)).toBe(transcriptText('t1').trimEnd());
        expect(fileOf(dir, ref, `${folder}/content_hash.txt`)).toBe(contentHash(transcriptText('t1')));
      }
      expect(fileOf(dir, V1_BRANCH, `${folder}/prompt.txt`)).toBe(`new\n\n---\n\n${finalize}`);
    }
    expect(JSON.parse(fileOf(dir, V1_BRANCH, `${shardPath(checkpointId(1))}/metadata.json`)).sessions).toMatchObject([
      { transcript: `/${folder}/full.jsonl`, content_hash: `/${folder}/content_hash.txt` },
    ]);
    await expectVerified(dir);
  });

  it('where even the rules can not be loaded, clean texts are written and nothing else', async () => {
    const dir = newRepository(DUAL);
    const noRules = () => Promise.reject(new RedactionError('loading the rules failed'));
    const before = refs(dir);
    await expect(writeWith(dir, engine, documentOf(1), noRules)).rejects.toMatchObject({ code: 'REDACTION_FAILED' });
    expect(refs(dir)).toEqual(before);
    writeFileSync(join(dir, 't.jsonl'), transcriptText('raw'));
    const document = documentOf(1, { redacted: true, transcript: { path: 't.jsonl' } });
    const result = await writeWith(dir, engine, document, noRules);
    expect(result.warnings).toHaveLength(1);
    expect(filesOf(dir, V1_BRANCH, folder)).toEqual(['metadata.json', 'prompt.txt']);
    await expectVerified(dir);
  });
});
