import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { CkptError } from '../checkpoint/errors.ts';
import { makeFolders } from '../git/make-folders.ts';
import { syncFolder } from '../git/sync-folder.ts';
import { readTextFile, writeTextFile } from '../stores/text-file.ts';
import { FLEET_COMMANDS, type FleetCommand, type FleetRow, rowOf } from './fleet-row.ts';
import { claimResults } from './report-owner.ts';
import type { Shard } from './shard.ts';

/** What a report is of: the same command, with the same words after it, in each repository. */
const FleetSubject = v.object({ command: v.picklist(FLEET_COMMANDS), words: v.array(v.string()) });
export interface FleetSubject {
  readonly command: FleetCommand;
  readonly words: readonly string[];
}

/** A report that goes on: which repositories are done, and a way to add the next one. */
export interface OpenReport {
  /** By name; of several lines about one repository the last one counts. */
  readonly done: ReadonlyMap<string, FleetRow>;
  /** Adds a line and what the command printed. When this resolves the line outlasts a power cut. */
  add(row: FleetRow, document: unknown): Promise<void>;
  close(): Promise<void>;
}

/** The files of results in a folder, of all shards. */
const RESULTS = /^results(?:-\d+-of-\d+)?\.jsonl$/;
const SUBJECT = 'fleet.json';

/**
 * Opens a report in a folder, which is made where it is missing. Each shard has a file of its own there, so that several machines may share
 * the folder. Throws a `CkptError` where the folder has the report of something else, or another run writes the same file.
 */
export async function openReport(dir: string, subject: FleetSubject, shard: Shard | undefined): Promise<OpenReport> {
  const name = shard === undefined ? 'results.jsonl' : `results-${shard.index}-of-${shard.total}.jsonl`;
  const path = join(dir, name);
  const file = await whileWriting(path, async () => {
    await makeFolders(dir);
    await claimSubject(dir, subject);
    const release = await claimResults(path);
    const opened = await openWhole(path).catch(async (error) => {
      await release();
      throw error;
    });
    await syncFolder(dir);
    return { opened, release };
  });
  const done = new Map<string, FleetRow>();
  for await (const row of readRows(dir)) done.set(row.name, row);
  let last = Promise.resolve();
  const add = (row: FleetRow, document: unknown) => {
    const text = `${JSON.stringify({ ...row, document })}\n`;
    last = last.then(() => whileWriting(path, () => append(file.opened, text)));
    return last;
  };
  const close = async () => {
    await file.opened.close();
    await file.release();
  };
  return { done, add, close };
}

/** What the report in a folder is of. Throws a `CkptError` where there is none. */
export async function readSubject(dir: string): Promise<FleetSubject> {
  const text = await readTextFile(join(dir, SUBJECT));
  try {
    return v.parse(FleetSubject, JSON.parse(text ?? ''));
  } catch (error) {
    throw new CkptError('NO_FLEET_REPORT', `${dir} has no report of a fleet`, {
      exitCode: 3,
      hint: 'Name the folders that ckpt fleet was given with --report.',
      cause: error,
    });
  }
}

/** All rows in a folder, in the order of their lines. A line that is being written, or was when its process was killed, is left out. */
export async function* readRows(dir: string): AsyncGenerator<FleetRow, void, undefined> {
  const names = (await readdir(dir)).filter((name) => RESULTS.test(name)).sort();
  for (const name of names) {
    for await (const line of createInterface({ input: createReadStream(join(dir, name)), crlfDelay: Infinity })) {
      const row = rowOf(line);
      if (row !== undefined) yield row;
    }
  }
}

async function claimSubject(dir: string, subject: FleetSubject): Promise<void> {
  const path = join(dir, SUBJECT);
  const text = `${JSON.stringify({ command: subject.command, words: subject.words })}\n`;
  const before = await readTextFile(path);
  if (before === undefined) return writeTextFile(path, text);
  if (before === text) return;
  throw new CkptError('FLEET_REPORT_DIFFERS', `${dir} has the report of another command: ${before.trim()}`, {
    exitCode: 2,
    hint: 'Name another folder with --report.',
  });
}

/** Opens a file to add lines to, without the piece of a line that a killed process has left at its end. */
async function openWhole(path: string): Promise<FileHandle> {
  const file = await open(path, 'a+');
  const { size } = await file.stat();
  const step = 64 * 1024;
  for (let end = size; end > 0; end -= step) {
    const begin = Math.max(0, end - step);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - begin), 0, end - begin, begin);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (at < 0 && begin > 0) continue;
    if (begin + at + 1 < size) await file.truncate(begin + at + 1);
    break;
  }
  return file;
}

async function append(file: FileHandle, text: string): Promise<void> {
  await file.appendFile(text);
  await file.sync();
}

async function whileWriting<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CkptError) throw error;
    const message = `${path} cannot be written: ${(error as Error).message}`;
    throw new CkptError('FILE_NOT_WRITTEN', message, { cause: error });
  }
}
