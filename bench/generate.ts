/**
 * The repositories that the benchmark runs on: a V1 branch of a size that is asked for, the same on every machine. Everything
 * is streamed into one `git fast-import`, with back-pressure, so that memory does not grow with the transcripts; then packed
 * as a server would have it (one pack, trees and metadata as deltas, transcripts whole).
 *
 * Commits are of the kinds that real branches have: writes, second sessions, finalized transcripts, summaries; side branches that
 * fork from V1 or have a root of their own, and the merges that take them in (8 % of the commits).
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface BenchSize {
  readonly checkpoints: number;
  readonly commits: number;
  /** Bytes of all transcripts in the history together, as they are before git compresses them. */
  readonly transcriptBytes: number;
}

/** The sizes by name. `tiny` tries the harness itself. From `medium` on transcripts are small, so that the number of checkpoints is what grows. */
export const SIZES = {
  tiny: { checkpoints: 60, commits: 140, transcriptBytes: 7_000_000 },
  small: { checkpoints: 600, commits: 1_400, transcriptBytes: 700_000_000 },
  large: { checkpoints: 6_000, commits: 14_000, transcriptBytes: 7_000_000_000 },
  medium: { checkpoints: 6_000, commits: 14_000, transcriptBytes: 17_000_000 },
  huge: { checkpoints: 60_000, commits: 140_000, transcriptBytes: 170_000_000 },
  vast: { checkpoints: 100_000, commits: 230_000, transcriptBytes: 280_000_000 },
} as const satisfies Record<string, BenchSize>;

/** What a generated repository holds. Kept beside it as `bench.json`. */
export interface BenchRepository {
  readonly dir: string;
  readonly checkpoints: number;
  readonly commits: number;
  readonly merges: number;
  readonly roots: number;
  readonly sessions: number;
  readonly transcripts: number;
  readonly transcriptBytes: number;
  readonly packBytes: number;
  readonly seconds: number;
}

/** Changes when the generator gives other repositories for the same size. */
const VERSION = 1;
const SEED = 0x5eed;
const V1 = 'refs/heads/entire/checkpoints/v1';
const SIDE = 'refs/heads/side';
/** Far below the real limit of 50 MiB, so that one transcript in a hundred is chunked at these sizes. */
const CHUNK_BYTES = 2_350_000;
const MERGE_SHARE = 0.08;
const AUTHORS = [
  'Ada Lovelace <ada@example.com>',
  'Bela Bartók <bela@example.com>',
  'Chen Wei <chen@example.com>',
  'Dana Scully <dana@example.com>',
  'Emeka Obi <emeka@example.com>',
];
const ZONES = ['+0000', '+0200', '-0700', '+0530', '+0900'];

/** The folder in which generated repositories are kept: `CKPT_BENCH_DIR`, or `ckpt-bench` in the folder for temporary files. */
export function benchFolder(): string {
  return process.env.CKPT_BENCH_DIR ?? join(tmpdir(), 'ckpt-bench');
}

/** The repository of this size out of the folder of generated ones; made first where it is not there. */
export async function benchRepository(
  size: BenchSize,
  log: (line: string) => void = () => {},
): Promise<BenchRepository> {
  const key = `v${VERSION}-${size.checkpoints}-${size.commits}-${size.transcriptBytes}`;
  const dir = join(benchFolder(), key);
  const facts = join(dir, 'bench.json');
  if (existsSync(facts)) return { ...(JSON.parse(readFileSync(facts, 'utf8')) as BenchRepository), dir };
  mkdirSync(benchFolder(), { recursive: true });
  const { bavail, bsize } = statfsSync(benchFolder());
  // The pack, and while it is repacked a second one.
  const needed = size.transcriptBytes * 0.45 + 100e6;
  if (bavail * bsize < needed) {
    throw new Error(
      `${benchFolder()} needs ${Math.ceil(needed / 1e9)} GB free; set CKPT_BENCH_DIR to a folder with more`,
    );
  }
  log(
    `generating ${size.checkpoints} checkpoints, ${size.commits} commits, ${(size.transcriptBytes / 1e6).toFixed(0)} MB …`,
  );
  const building = `${dir}.${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  try {
    const made = await generateBenchRepository(building, size);
    writeFileSync(join(building, 'bench.json'), `${JSON.stringify(made, null, 2)}\n`);
    if (!existsSync(dir)) renameSync(building, dir);
    return { ...made, dir };
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

/** Makes a bare repository of this size in `dir`, which must not exist. */
export async function generateBenchRepository(dir: string, size: BenchSize): Promise<BenchRepository> {
  const start = performance.now();
  git(['init', '-q', '--bare', '--template=', dir]);
  const importer = new FastImport(dir);
  const facts = await new Generator(importer, size).run();
  await importer.end();
  git(['-C', dir, 'update-ref', '-d', SIDE]);
  // Transcripts stay as they are; finding deltas among gigabytes of them would take an hour and no clone has them.
  mkdirSync(join(dir, 'info'), { recursive: true });
  writeFileSync(join(dir, 'info', 'attributes'), 'full.jsonl* -delta\n');
  git([
    '-C',
    dir,
    '-c',
    'repack.writeBitmaps=false',
    '-c',
    'pack.compression=1',
    'repack',
    '-adq',
    '--window=10',
    '--depth=50',
  ]);
  git(['-C', dir, 'pack-refs', '--all']);
  rmSync(join(dir, 'info'), { recursive: true });
  const packs = join(dir, 'objects', 'pack');
  const sizes = readdirSync(packs)
    .filter((name) => name.endsWith('.pack'))
    .map((name) => statSync(join(packs, name)).size);
  const packBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  return { ...facts, dir, packBytes, seconds: (performance.now() - start) / 1000 };
}

// ---- Chance --------------------------------------------------------------------------------------------------------

/** mulberry32: small, fast, and the same everywhere. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 ≤ value < 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits)
      text += Math.floor(this.next() * 0x100000000)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, digits);
  }

  uuid(): string {
    const hex = this.hex(32);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

// ---- Transcripts ---------------------------------------------------------------------------------------------------

/**
 * Text as agents leave it: JSONL of user messages, answers, tool calls and their results. Lines are put together from a stock
 * that is made once; ids and times are new in each. Compresses to about a sixth.
 */
class TranscriptWriter {
  readonly #random: Random;
  readonly #bodies: string[] = [];

  constructor(random: Random) {
    this.#random = random;
    const words = Array.from({ length: 1500 }, () => this.#word());
    const paths = Array.from(
      { length: 60 },
      () => `src/${random.pick(words)}/${random.pick(words)}-${random.pick(words)}.ts`,
    );
    for (let index = 0; index < 3000; index++) this.#bodies.push(this.#body(words, paths));
  }

  #word(): string {
    const syllables = [
      're',
      'con',
      'ta',
      'ble',
      'ing',
      'er',
      'pre',
      'si',
      'on',
      'ment',
      'la',
      'ver',
      'ti',
      'co',
      'de',
      'map',
      'set',
      'node',
    ];
    return Array.from({ length: 1 + this.#random.below(3) }, () => this.#random.pick(syllables)).join('');
  }

  #body(words: readonly string[], paths: readonly string[]): string {
    const random = this.#random;
    // Few different words in one place, and lines of code that resemble one another.
    const local = Array.from({ length: 25 }, () => random.pick(words));
    const prose = (count: number) => Array.from({ length: count }, () => random.pick(local)).join(' ');
    const code = Array.from(
      { length: 8 + random.below(50) },
      (_, line) =>
        `${String(line + 1).padStart(6)}→${'  '.repeat(random.below(4))}const ${random.pick(local)} = await ${random.pick(local)}.${random.pick(local)}(${random.pick(local)}, { ${random.pick(local)}: '${random.pick(local)}' });`,
    ).join('\n');
    const path = random.pick(paths);
    switch (random.below(4)) {
      case 0:
        return JSON.stringify({ type: 'user', message: { role: 'user', content: prose(10 + random.below(60)) } });
      case 1:
        return JSON.stringify({
          type: 'assistant',
          message: {
            role: 'assistant',
            model: 'claude-opus-4-1',
            content: [{ type: 'text', text: prose(40 + random.below(150)) }],
            usage: {
              input_tokens: random.below(9999),
              cache_read_input_tokens: random.below(99999),
              output_tokens: random.below(999),
            },
          },
        });
      case 2:
        return JSON.stringify({
          type: 'assistant',
          message: {
            role: 'assistant',
            model: 'claude-opus-4-1',
            content: [
              {
                type: 'tool_use',
                name: 'Edit',
                input: { file_path: path, old_string: code.slice(0, 600), new_string: code.slice(0, 800) },
              },
            ],
          },
        });
      default:
        return JSON.stringify({
          type: 'user',
          message: { role: 'user', content: [{ type: 'tool_result', content: code }] },
          toolUseResult: { type: 'text', file: { filePath: path, content: code } },
        });
    }
  }

  /** A transcript of about so many bytes, ends in a newline. */
  write(sessionId: string, seconds: number, bytes: number): Buffer {
    const random = this.#random;
    const lines: string[] = [];
    let length = 0;
    let parent = 'null';
    let time = seconds * 1000;
    const common = `"isSidechain":false,"userType":"external","cwd":"/home/dev/project","sessionId":"${sessionId}","version":"1.0.89","gitBranch":"main",`;
    while (length < bytes) {
      const uuid = `"${random.uuid()}"`;
      time += 1 + random.below(9000);
      const body = this.#bodies[random.below(this.#bodies.length)] as string;
      const line = `{"parentUuid":${parent},${common}"uuid":${uuid},"timestamp":"${new Date(time).toISOString()}",${body.slice(1)}\n`;
      lines.push(line);
      length += line.length;
      parent = uuid;
    }
    return Buffer.from(lines.join(''));
  }
}

// ---- The history ---------------------------------------------------------------------------------------------------

interface SessionState {
  readonly id: string;
  readonly createdAt: string;
  chunks: number;
}

interface CheckpointState {
  readonly id: string;
  readonly sessions: SessionState[];
  reviews: number;
}

/** A file of a commit: the mark of its blob, or `null` where it is deleted. */
type Changes = Map<string, string | null>;

type Step = 'write' | 'session' | 'finalize' | 'summary';

class Generator {
  readonly #out: FastImport;
  readonly #random = new Random(SEED);
  readonly #writer = new TranscriptWriter(this.#random);
  readonly #left: Record<Step, number>;
  readonly #averageBytes: number;
  #merges: number;
  #roots: number;
  #seconds = Date.parse('2025-03-01T08:00:00Z') / 1000;
  #marks = 0;
  #commits = 0;
  #made = { checkpoints: 0, merges: 0, roots: 0, sessions: 0, transcripts: 0, transcriptBytes: 0 };
  /** V1's first-parent commits, and the checkpoints that are on it. */
  readonly #line: string[] = [];
  readonly #known: CheckpointState[] = [];

  constructor(out: FastImport, size: BenchSize) {
    this.#out = out;
    this.#merges = Math.round(size.commits * MERGE_SHARE);
    this.#roots = Math.max(3, Math.round(size.commits / 200));
    const rest = size.commits - size.checkpoints - this.#merges - this.#roots;
    const session = Math.floor(rest * 0.28);
    const finalize = Math.floor(rest * 0.54);
    this.#left = { write: size.checkpoints, session, finalize, summary: rest - session - finalize };
    this.#averageBytes = size.transcriptBytes / (size.checkpoints + session + finalize);
  }

  async run(): Promise<Omit<BenchRepository, 'dir' | 'packBytes' | 'seconds'>> {
    this.#roots--;
    await this.#init(V1);
    const total = this.#left;
    while (total.write + total.session + total.finalize + total.summary + this.#merges > 0) {
      const stepsLeft = total.write + total.session + total.finalize + total.summary;
      // A merge takes about two of the steps with it, and needs a write: spread them, and keep some writes for them.
      const due = this.#random.next() < this.#merges / Math.max(1, stepsLeft - this.#merges);
      const mergeNow = this.#merges > 0 && total.write > 0 && (due || total.write <= this.#merges);
      if (mergeNow) await this.#side();
      else if (stepsLeft === 0) this.#merges = 0;
      else await this.#step();
    }
    return { ...this.#made, commits: this.#commits };
  }

  /** A step on V1 itself, of a kind that is left to do: the more are left of it, the likelier. */
  async #step(): Promise<void> {
    const left = this.#left;
    const kind = this.#known.length === 0 ? 'write' : this.#kind();
    if (kind === 'write') {
      const { checkpoint, changes } = await this.#write();
      this.#known.push(checkpoint);
      await this.#onV1(`Checkpoint: ${checkpoint.id}`, changes);
      return;
    }
    const checkpoint = this.#random.pick(this.#known.slice(-30));
    if (kind === 'session') {
      left.session--;
      await this.#onV1(`Checkpoint: ${checkpoint.id}`, await this.#session(checkpoint));
    } else if (kind === 'finalize') {
      const changes = await this.#finalize(checkpoint);
      await this.#onV1(`Finalize transcript for Checkpoint: ${checkpoint.id}`, changes);
    } else {
      left.summary--;
      checkpoint.reviews++;
      const summary = await this.#summary(checkpoint);
      await this.#onV1(`Update checkpoint summary for ${checkpoint.id}`, new Map([summary]));
    }
  }

  /** Which kind the next step is of. Each step that is left is as likely as any other. */
  #kind(): Step {
    const kinds = Object.entries(this.#left) as Array<[Step, number]>;
    let at = this.#random.below(kinds.reduce((sum, [, count]) => sum + count, 0));
    for (const [kind, count] of kinds) {
      if (at < count) return kind;
      at -= count;
    }
    throw new Error('no step is left');
  }

  async #onV1(subject: string, changes: Changes): Promise<void> {
    this.#line.push(await this.#commit(V1, [this.#line.at(-1) as string], subject, changes));
  }

  /** A side branch of one to three steps, from an older commit of V1 or with a root of its own, and the merge of it. */
  async #side(): Promise<void> {
    this.#merges--;
    const all: Changes = new Map();
    let parent: string;
    if (this.#random.next() < (this.#roots * 2) / (this.#merges + 1)) {
      this.#roots--;
      parent = await this.#init(SIDE);
    } else {
      parent = this.#line[Math.max(0, this.#line.length - 1 - this.#random.below(6))] as string;
    }
    for (let steps = 1 + this.#random.below(2); steps > 0 && this.#left.write > this.#merges; steps--) {
      const { checkpoint, changes } = await this.#write();
      parent = await this.#commit(SIDE, [parent], `Checkpoint: ${checkpoint.id}`, changes);
      for (const change of changes) all.set(...change);
      if (this.#left.finalize > 0 && this.#random.next() < 0.4) {
        const final = await this.#finalize(checkpoint);
        parent = await this.#commit(SIDE, [parent], `Finalize transcript for Checkpoint: ${checkpoint.id}`, final);
        for (const change of final) all.set(...change);
      }
      this.#known.push(checkpoint);
    }
    const tip = this.#line.at(-1) as string;
    this.#line.push(await this.#commit(V1, [tip, parent], 'Merge remote session logs', all));
    this.#made.merges++;
  }

  async #init(ref: string): Promise<string> {
    this.#made.roots++;
    await this.#out.write(`reset ${ref}\n\n`);
    const mark = await this.#commit(ref, [], 'Initialize metadata branch', new Map());
    if (ref === V1) this.#line.push(mark);
    return mark;
  }

  async #write(): Promise<{ checkpoint: CheckpointState; changes: Changes }> {
    this.#left.write--;
    this.#made.checkpoints++;
    const checkpoint: CheckpointState = { id: this.#random.hex(12), sessions: [], reviews: 0 };
    return { checkpoint, changes: await this.#session(checkpoint) };
  }

  /** The files of a new session of a checkpoint. */
  async #session(checkpoint: CheckpointState): Promise<Changes> {
    this.#made.sessions++;
    const random = this.#random;
    const fraction = String(random.below(1e9)).padStart(9, '0');
    const createdAt = new Date(this.#seconds * 1000).toISOString().replace('.000Z', `.${fraction}Z`);
    const session: SessionState = { id: random.uuid(), createdAt, chunks: 0 };
    const number = checkpoint.sessions.push(session) - 1;
    const folder = `${shardPath(checkpoint.id)}/${number}`;
    const changes: Changes = new Map();
    const metadata = {
      cli_version: '0.6.3',
      checkpoint_id: checkpoint.id,
      session_id: session.id,
      strategy: 'manual-commit',
      created_at: session.createdAt,
      branch: 'main',
      checkpoints_count: 1 + random.below(5),
      files_touched: Array.from(
        { length: 1 + random.below(12) },
        () => `src/${random.hex(4)}/${random.hex(6)}.ts`,
      ).sort(),
      agent: 'Claude Code',
      model: 'claude-opus-4-1',
      turn_id: random.hex(12),
      token_usage: {
        input_tokens: random.below(9999),
        cache_creation_tokens: random.below(99999),
        cache_read_tokens: random.below(999999),
        output_tokens: random.below(9999),
        api_call_count: random.below(90),
      },
      initial_attribution: {
        calculated_at: createdAt,
        agent_lines: random.below(900),
        human_added: random.below(90),
        total_committed: random.below(900),
      },
    };
    changes.set(`${folder}/metadata.json`, await this.#blob(`${JSON.stringify(metadata, null, 2)}\n`));
    await this.#transcript(folder, session, changes);
    if (random.next() < 0.1) {
      const task = `toolu_${random.hex(24)}`;
      const agent = this.#writer.write(session.id, this.#seconds, 4000);
      changes.set(`${folder}/tasks/${task}/checkpoint.json`, await this.#blob(`{"tool_use_id":"${task}"}\n`));
      changes.set(`${folder}/tasks/${task}/agent-${random.hex(8)}.jsonl`, await this.#blob(agent));
    }
    changes.set(...(await this.#summary(checkpoint)));
    return changes;
  }

  async #finalize(checkpoint: CheckpointState): Promise<Changes> {
    this.#left.finalize--;
    const number = this.#random.below(checkpoint.sessions.length);
    const changes: Changes = new Map();
    await this.#transcript(
      `${shardPath(checkpoint.id)}/${number}`,
      checkpoint.sessions[number] as SessionState,
      changes,
    );
    return changes;
  }

  /** The transcript, its hash and the prompts of a session, which replace the ones that it has. */
  async #transcript(folder: string, session: SessionState, changes: Changes): Promise<void> {
    const random = this.#random;
    // Most are short, a few are very long; the mean of 4·x³ is 1.
    const bytes = Math.max(500, 4 * random.next() ** 3 * this.#averageBytes);
    const text = this.#writer.write(session.id, this.#seconds, bytes);
    this.#made.transcripts++;
    this.#made.transcriptBytes += text.length;
    const before = session.chunks;
    session.chunks = 0;
    for (let at = 0; at < text.length; ) {
      const limit = at + CHUNK_BYTES >= text.length ? text.length : text.lastIndexOf(0x0a, at + CHUNK_BYTES);
      changes.set(`${folder}/${chunkName(session.chunks++)}`, await this.#blob(text.subarray(at, limit)));
      at = limit === text.length ? limit : limit + 1;
    }
    for (let index = session.chunks; index < before; index++) changes.set(`${folder}/${chunkName(index)}`, null);
    changes.set(
      `${folder}/content_hash.txt`,
      await this.#blob(`sha256:${createHash('sha256').update(text).digest('hex')}`),
    );
    const prompts = Array.from(
      { length: 1 + random.below(6) },
      () => `Please change ${random.hex(8)} so that ${random.hex(12)} holds.`,
    );
    changes.set(`${folder}/prompt.txt`, await this.#blob(prompts.join('\n\n---\n\n')));
  }

  async #summary(checkpoint: CheckpointState): Promise<[string, string]> {
    const home = shardPath(checkpoint.id);
    const summary = {
      cli_version: '0.6.3',
      checkpoint_id: checkpoint.id,
      strategy: 'manual-commit',
      branch: 'main',
      checkpoints_count: checkpoint.sessions.length,
      files_touched: Array.from(
        { length: 8 },
        (_, index) => `src/${checkpoint.id.slice(index, index + 4)}/index.ts`,
      ).sort(),
      sessions: checkpoint.sessions.map((_, number) => ({
        metadata: `/${home}/${number}/metadata.json`,
        transcript: `/${home}/${number}/full.jsonl`,
        content_hash: `/${home}/${number}/content_hash.txt`,
        prompt: `/${home}/${number}/prompt.txt`,
      })),
      ...(checkpoint.reviews > 0 ? { has_review: true, reviews: checkpoint.reviews } : {}),
    };
    return [`${home}/metadata.json`, await this.#blob(`${JSON.stringify(summary, null, 2)}\n`)];
  }

  async #blob(content: string | Buffer): Promise<string> {
    const mark = `:${++this.#marks}`;
    const bytes = Buffer.from(content as string);
    await this.#out.write(`blob\nmark ${mark}\ndata ${bytes.length}\n`, bytes, '\n');
    return mark;
  }

  async #commit(ref: string, parents: readonly string[], subject: string, changes: Changes): Promise<string> {
    const mark = `:${++this.#marks}`;
    const who = this.#random.below(AUTHORS.length);
    this.#seconds += 60 + this.#random.below(3600);
    this.#commits++;
    const date = `${AUTHORS[who]} ${this.#seconds} ${ZONES[who]}`;
    const trailers =
      'Entire-Session: 2025-session\nEntire-Strategy: manual-commit\nEntire-Agent: Claude Code\nEphemeral-branch: entire/0123abc\n';
    const message = Buffer.from(subject.startsWith('Checkpoint:') ? `${subject}\n\n${trailers}` : `${subject}\n`);
    const [from, merged] = parents;
    const lines = [...changes].map(([path, blob]) => (blob === null ? `D ${path}\n` : `M 100644 ${blob} ${path}\n`));
    await this.#out.write(
      `commit ${ref}\nmark ${mark}\nauthor ${date}\ncommitter ${date}\ndata ${message.length}\n`,
      message,
      `${from === undefined ? '' : `from ${from}\n`}${merged === undefined ? '' : `merge ${merged}\n`}${lines.join('')}\n`,
    );
    return mark;
  }
}

function shardPath(id: string): string {
  return `${id.slice(0, 2)}/${id.slice(2)}`;
}

function chunkName(index: number): string {
  return index === 0 ? 'full.jsonl' : `full.jsonl.${String(index).padStart(3, '0')}`;
}

// ---- git -----------------------------------------------------------------------------------------------------------

/** `git fast-import` with its input open. Without deltas: consecutive blobs have nothing in common. */
class FastImport {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #stderr = '';

  constructor(dir: string) {
    const args = [
      '-C',
      dir,
      '-c',
      'core.compression=1',
      '-c',
      'core.fsync=none',
      '-c',
      'fastimport.unpackLimit=0',
      'fast-import',
      '--quiet',
      '--depth=0',
      '--force',
    ];
    this.#child = spawn('git', args, { stdio: ['pipe', 'ignore', 'pipe'], env: environment() });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.#child.stdin?.on('error', () => {}); // the exit code says more
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', resolve);
    });
    this.#ended.catch(() => {});
  }

  /** Resolves when git has taken enough of it that more may come. */
  async write(...parts: Array<string | Buffer>): Promise<void> {
    const { stdin } = this.#child;
    if (stdin === null) throw new Error('git fast-import has no input');
    let more = true;
    for (const part of parts) more = stdin.write(part);
    if (!more) await Promise.race([once(stdin, 'drain'), this.#failed()]);
  }

  async #failed(): Promise<never> {
    const code = await this.#ended;
    throw new Error(`git fast-import exited with ${code}: ${this.#stderr}`);
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    if ((await this.#ended) !== 0) await this.#failed();
  }
}

function git(args: string[]): void {
  const { status, stderr } = spawnSync('git', args, { env: environment() });
  if (status !== 0) throw new Error(`git ${args.join(' ')} exited with ${status}: ${stderr}`);
}

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull };
  for (const [key, value] of Object.entries(process.env)) if (!/^(?:GIT_|LC_)/.test(key)) env[key] = value;
  return env;
}
