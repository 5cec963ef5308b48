import { type CheckpointId, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { type ComparableTexts, once, sameFormJson } from '../../compare/json-form.ts';
import { differingLines } from '../../compare/line-window.ts';
import { unifiedPatch } from '../../compare/unified-patch.ts';
import type { RefName } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import type { LayoutPair } from '../../layout/layout.ts';
import { LAYOUT_NAMES } from '../../layout/layout-names.ts';
import { findTranscript } from '../../layout/transcript-reader.ts';
import type { CheckpointFile, CheckpointPart } from './differing-files.ts';

/** Bytes of both sides up to which JSON is brought into one form. */
const LARGEST_JSON = 8 * 1024 * 1024;

/** A file that is not the same in both layouts: in the source, and in the target, which should have what that has. */
export interface FileDiff {
  readonly part: CheckpointPart;
  /** In the source, from the checkpoint's folder; in the target, where only that has it. A transcript in pieces is named by its first. */
  readonly path: string;
  /** In the target, where that is another path. */
  readonly targetPath?: string;
  /** The ref of the target that holds it; of a file that the target lacks, the source's. */
  readonly ref: RefName;
  /** `lost`: the source alone has it. `added`: the target alone has it. */
  readonly change: 'lost' | 'changed' | 'added';
  /** The unified diff, the source's side first; absent where a side is missing, can't be read, or no line shows the difference. */
  readonly patch?: string;
  /** True where only a part of the difference is in `patch`. */
  readonly isCut?: boolean;
  /** What a patch can't say. */
  readonly note?: string;
}

/** What is needed to read the files of a checkpoint. */
export interface DiffContext extends LayoutPair {
  readonly repo: Repository;
  readonly objects: ObjectOverlay;
  readonly checkpoint: CheckpointId;
}

/** The difference between a file in the source and the same in the target; none where they are equal. */
export async function diffFile(
  context: DiffContext,
  ours: CheckpointFile | undefined,
  theirs: CheckpointFile | undefined,
): Promise<FileDiff[]> {
  if (ours === undefined) {
    return theirs === undefined ? [] : [{ part: theirs.part, path: theirs.path, ref: theirs.ref, change: 'added' }];
  }
  if (theirs === undefined) return [{ part: ours.part, path: ours.path, ref: ours.ref, change: 'lost' }];
  const place = {
    part: ours.part,
    path: ours.path,
    ...(theirs.path === ours.path ? {} : { targetPath: theirs.path }),
    ref: theirs.ref,
    change: 'changed' as const,
  };
  const modes = differentModes(context, ours, theirs);
  if (idsOf(ours) === idsOf(theirs)) return modes === undefined ? [] : [{ ...place, note: modes }];
  const content = await diffContent(context, ours, theirs);
  if (content === 'same') return modes === undefined ? [] : [{ ...place, note: modes }];
  return [{ ...place, ...content }];
}

async function diffContent(
  context: DiffContext,
  ours: CheckpointFile,
  theirs: CheckpointFile,
): Promise<Pick<FileDiff, 'patch' | 'isCut' | 'note'> | 'same'> {
  const [left, right] = [await open(context, ours), await open(context, theirs)];
  if (left === undefined || right === undefined) {
    const side = LAYOUT_NAMES[left === undefined ? context.from : context.to];
    return { note: `the content in ${side} is absent from this repository, or too large to compare` };
  }
  const isJson = ours.path.endsWith('.json') && left.size + right.size <= LARGEST_JSON;
  const form: ComparableTexts = isJson
    ? await sameFormJson(left.content, right.content)
    : { left: left.content, right: right.content };
  const windows = await differingLines(form.left, form.right);
  if (windows === undefined) {
    return ours.part === 'transcript' && ours.pieces.length + theirs.pieces.length > 2
      ? 'same' // split at other places
      : { note: 'the bytes differ in what is not valid UTF-8' };
  }
  const folder = shardPath(context.checkpoint);
  const names = {
    left: `${context.from}/${folder}/${ours.path}`,
    right: `${context.to}/${folder}/${theirs.path}`,
  };
  const { text, isCut } = unifiedPatch(names, windows);
  return { patch: text, ...(isCut ? { isCut } : {}), ...(form.note === undefined ? {} : { note: form.note }) };
}

interface Opened {
  readonly content: AsyncIterable<Buffer>;
  /** In bytes. */
  readonly size: number;
}

/** The content of a file; `undefined` where a blob of it is absent, or it is not a file. */
async function open({ repo, objects, checkpoint }: DiffContext, file: CheckpointFile): Promise<Opened | undefined> {
  const ids = file.pieces.map(({ id }) => id);
  const [first] = ids;
  const infos = await repo.objectInfo(ids);
  const size = infos.reduce((sum, info) => sum + (info?.size ?? 0), 0);
  if (first === undefined || infos.some((info) => info !== undefined && info.type !== 'blob')) return undefined;
  if (infos.includes(undefined)) {
    // A summary in another form than the layout's own is in memory alone.
    const content = ids.length === 1 ? await objects.blob(first) : undefined;
    return content && { content: once(content), size: content.length };
  }
  if (file.part !== 'transcript') {
    const content = await repo.streamBlob(first);
    return content && { content, size };
  }
  const folder = `${shardPath(checkpoint)}/${file.session ?? ''}`;
  const transcript = await findTranscript(repo, file.ref, folder, file.pieces);
  return transcript && { content: transcript.stream(), size };
}

function idsOf({ pieces: entries }: CheckpointFile): string {
  return entries.map(({ id }) => id).join(' ');
}

function differentModes({ from }: LayoutPair, ours: CheckpointFile, theirs: CheckpointFile): string | undefined {
  const [a, b] = [ours.pieces[0]?.mode, theirs.pieces[0]?.mode];
  return a === b ? undefined : `the mode is ${b}, in ${LAYOUT_NAMES[from]} ${a}`;
}
