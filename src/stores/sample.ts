import { shardPath } from '../checkpoint/checkpoint-id.ts';
import { CONTENT_HASH_FILE, TRANSCRIPT_FILE } from '../checkpoint/files.ts';
import { contentHashOf } from '../checkpoint/transcript.ts';
import { addTreeOf, type PlacedFile } from '../git/add-tree.ts';
import { serializeCommit } from '../git/commit.ts';
import { executePlan } from '../git/execute-plan.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectWriter, Repository } from '../git/repository.ts';
import { BRANCH_REF } from '../layout/ref-names.ts';
import { type SampleCheckpoint, type SampleSession, sampleFiles, sampleId, transcriptText } from './sample-files.ts';

/** What a sample holds. */
export interface Sample {
  readonly ref: string;
  readonly commit: ObjectId;
  readonly counts: { readonly commits: number; readonly checkpoints: number; readonly sessions: number };
}

const ADA = 'Ada Sample <ada@example.org>';
const BEN = 'Ben Sample <ben@example.org>';
/** 3 March 2025, 09:00 UTC: the first commit. Each other one is 77 minutes later. */
const START = Date.UTC(2025, 2, 3, 9) / 1000;
const STEP = 77 * 60;

/**
 * The sample's checkpoints, in the order in which they are written. They hold what real branches hold: several sessions,
 * numbers with a gap, a session without a transcript, a subagent's task, a hash that fits no more.
 */
const CHECKPOINTS: readonly SampleCheckpoint[] = [
  [{ folder: 0, prompts: ['Set up the project.'] }],
  [{ folder: 0, prompts: ['Add a login page.', 'Make the button blue.'] }],
  [
    { folder: 0, prompts: ['Write tests for the login page.'] },
    { folder: 1, agent: 'Gemini CLI', prompts: ['Review the tests.'] },
  ],
  [{ folder: 0, prompts: ['Fix the failing test.'] }],
  [
    { folder: 0, prompts: ['Plan the search.'] },
    { folder: 2, prompts: ['Build the search.'] },
    { folder: 3, prompts: ['Measure the search.'] },
  ],
  [{ folder: 0, prompts: ['Explain this stack trace.'], transcript: false }],
  [{ folder: 0, prompts: ['Find who calls parse().'], task: true }],
  [
    { folder: 0, prompts: ['Rename the module.'] },
    { folder: 1, prompts: ['Update the docs.'], staleHash: true },
  ],
  [{ folder: 0, prompts: ['Cache the results.'] }],
  [{ folder: 0, prompts: ['Handle empty input.', 'And very long input.'] }],
  [
    { folder: 0, prompts: ['Prepare the release.'] },
    { folder: 1, agent: 'an agent nobody knows', prompts: ['Write the release notes.'] },
  ],
  [{ folder: 0, prompts: ['Fix the link in the notes.'] }],
].map((sessions: SampleSession[], at) => ({ id: sampleId(at + 1), sessions }));

/**
 * Writes a V1 branch to try things on into a repository that has none. Always the same commits:
 *
 *     init─1─2─3─4─5─6─────merge─9─10─finalize 10─11─12   entire/checkpoints/v1
 *                   └─7─8──┘
 */
export async function writeSample(repo: Repository): Promise<Sample> {
  const history = new SampleHistory(repo.objectWriter());
  const write = (number: number, parent: Snapshot): Snapshot => history.writeCheckpoint(number, parent);

  const trunk = [2, 3, 4, 5].reduce((parent, number) => write(number, parent), write(1, history.initialize()));
  const ours = write(6, trunk);
  const theirs = write(8, write(7, trunk));
  const merged = history.merge(ours, theirs);
  const finalized = history.finalize(10, write(10, write(9, merged)));
  const { commit: tip } = write(12, write(11, finalized));

  const plan = { writer: history.writer, updates: [{ ref: BRANCH_REF, old: null, new: tip }] };
  await executePlan(repo, plan, { message: 'ckpt sample' });
  const sessions = CHECKPOINTS.reduce((sum, checkpoint) => sum + checkpoint.sessions.length, 0);
  const counts = { commits: history.commits, checkpoints: CHECKPOINTS.length, sessions };
  return { ref: BRANCH_REF, commit: tip, counts };
}

/** A commit and all the files in its tree. */
interface Snapshot {
  readonly commit: ObjectId;
  readonly files: ReadonlyMap<string, string>;
}

/** Makes commits, each a step later than the one before. */
class SampleHistory {
  readonly writer: ObjectWriter;
  commits = 0;

  constructor(writer: ObjectWriter) {
    this.writer = writer;
  }

  initialize(): Snapshot {
    return this.#commit([], new Map(), ADA, 'Initialize metadata branch\n');
  }

  writeCheckpoint(number: number, parent: Snapshot): Snapshot {
    const checkpoint = sampleCheckpoint(number);
    const createdAt = new Date(this.#now() * 1000).toISOString().replace('.000Z', '.123456789Z');
    const files = new Map([...parent.files, ...sampleFiles(checkpoint, createdAt)]);
    const session = `sample-${checkpoint.id}-${checkpoint.sessions.at(-1)?.folder}`;
    const message = `Checkpoint: ${checkpoint.id}\n\nEntire-Session: ${session}\nEntire-Strategy: manual-commit\n`;
    return this.#commit([parent], files, number % 3 === 0 ? BEN : ADA, message);
  }

  finalize(number: number, parent: Snapshot): Snapshot {
    const checkpoint = sampleCheckpoint(number);
    const files = new Map(parent.files);
    for (const session of checkpoint.sessions) {
      const folder = `${shardPath(checkpoint.id)}/${session.folder}`;
      const transcript = transcriptText(checkpoint.id, session, true);
      files.set(`${folder}/${TRANSCRIPT_FILE}`, transcript);
      files.set(`${folder}/${CONTENT_HASH_FILE}`, contentHashOf(transcript));
    }
    return this.#commit([parent], files, ADA, `Finalize transcript for Checkpoint: ${checkpoint.id}\n`);
  }

  merge(ours: Snapshot, theirs: Snapshot): Snapshot {
    return this.#commit([ours, theirs], new Map([...ours.files, ...theirs.files]), BEN, 'Merge remote session logs\n');
  }

  #now(): number {
    return START + this.commits * STEP;
  }

  #commit(parents: Snapshot[], files: ReadonlyMap<string, string>, author: string, message: string): Snapshot {
    const identity = `${author} ${this.#now()} +0100`;
    const content = serializeCommit({
      tree: this.#tree(files),
      parents: parents.map(({ commit }) => commit),
      headers: [`author ${identity}`, `committer ${identity}`],
      message,
    });
    this.commits += 1;
    return { commit: this.writer.add('commit', content), files };
  }

  #tree(files: ReadonlyMap<string, string>): ObjectId {
    const blobs = [...files].map(([path, content]): PlacedFile => {
      return [path.split('/'), '100644', this.writer.add('blob', Buffer.from(content))];
    });
    return addTreeOf(this.writer, blobs);
  }
}

function sampleCheckpoint(number: number): SampleCheckpoint {
  const checkpoint = CHECKPOINTS[number - 1];
  if (checkpoint === undefined) throw new RangeError(`no sample checkpoint ${number}`);
  return checkpoint;
}
