import type { Difference, FieldDifference, FileDifference, OtherForm } from '../compare/difference.ts';
import { displayName } from '../git/tree.ts';
import { generationName } from '../layout/ref-names.ts';
import { type Finding, type FindingPlace, finding } from './finding.ts';
import { BRANCH_AND_SPLIT, type Words } from './pair-words.ts';

/**
 * What a difference is called: `own` for a V2 that follows from V1 byte for byte, so that whatever differs is wrong; `foreign` for one
 * that another program wrote, where only what is lost is.
 */
export type Policy = 'own' | 'foreign';

/** The finding that says what a difference is, in the words for two layouts. */
export function explain(difference: Difference, policy: Policy, words: Words = BRANCH_AND_SPLIT): Finding {
  const place = placeOf(difference);
  const { path } = place;
  const { checkpoint, session, part } = difference;
  switch (difference.kind) {
    case 'checkpoint':
      if (difference.change === 'added') {
        return finding(words.checkpointOnly, `the checkpoint ${checkpoint} ${words.isNotInSource}`, place);
      }
      return part === 'main'
        ? finding('CHECKPOINT_MISSING', `the checkpoint ${checkpoint} ${words.isNotOnMain}`, place)
        : finding('TRANSCRIPT_MISSING', `the transcripts of ${checkpoint} are ${words.inNoGeneration}`, place);
    case 'session': {
      if (difference.change === 'added') {
        const message = `${words.target} has a session ${session} of ${checkpoint} that ${words.source} does not have`;
        return finding(words.sessionOnly, message, place);
      }
      if (difference.change === 'renumbered') {
        const message = `session ${session} of ${checkpoint} has the number ${difference.actualSession} in ${words.target}`;
        return finding('SESSION_RENUMBERED', message, place);
      }
      const what = `session ${session} of ${checkpoint}`;
      return part === 'main'
        ? finding('SESSION_MISSING', `${what} ${words.isNotOnMain}`, place)
        : finding('TRANSCRIPT_MISSING', `the transcript of ${what} is ${words.inNoGeneration}`, place);
    }
    case 'listed session': {
      const at: FindingPlace = { ...place, field: `sessions[${difference.index}]`, change: 'lost' };
      const message = `session ${session} of ${checkpoint} ${words.isOnMain}, but ${path} does not list it`;
      return finding('SESSION_UNLISTED', message, at);
    }
    case 'field':
      return explainField(difference, place, policy, words);
    case 'file':
      return explainFile(difference, place, policy, words);
  }
}

/** Why a checkpoint's transcripts are in no generation: `number` is that of the generation that was pruned with them. */
export function explainPruned(difference: Difference, number: number): Finding {
  const message = `the transcripts of ${difference.checkpoint} were pruned with generation ${generationName(number)}`;
  return finding('TRANSCRIPT_PRUNED', message, placeOf(difference));
}

/** A folder whose files are all as they should be, but which is another tree. The root has no path. */
export function malformedFolder({ path = '', ...where }: FindingPlace): Finding {
  const folder = path === '' ? 'the root folder' : path;
  const message = `${folder} has the files that it should have, but is not stored as git stores a folder`;
  return finding('FOLDER_MALFORMED', message, path === '' ? where : { ...where, path });
}

function placeOf({ ref, checkpoint, path, session, actualSession }: Difference): FindingPlace {
  return {
    ...(ref === undefined ? {} : { ref }),
    path: path.split('/').map(displayName).join('/'),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(session === undefined ? {} : { session }),
    ...(actualSession === undefined ? {} : { v2Session: actualSession }),
  };
}

/** A field that loses data has the same code whoever wrote V2. */
function explainField(
  { field, change, weight, old, new: now }: FieldDifference,
  place: FindingPlace,
  policy: Policy,
  { source }: Words,
): Finding {
  const words = {
    lost: `${place.path} has lost the field ${field}`,
    changed: `${place.path} has another value in the field ${field}`,
    added: `${place.path} has a field that ${source} lacks: ${field}`,
  };
  const added = policy === 'own' ? 'FIELD_ADDED' : 'FIELD_CHANGED';
  const code = { lost: 'FIELD_LOST', changed: 'FIELD_CHANGED', added } as const;
  return finding(weight === 'note' ? 'FIELD_DIFFERS' : code[change], words[change], {
    ...place,
    field,
    change,
    ...(old === undefined ? {} : { old }),
    ...(now === undefined ? {} : { new: now }),
  });
}

const FORMS: Readonly<Record<Exclude<OtherForm, 'mode'>, (source: string, target: string) => string>> = {
  values: (source) => `has the same values as in ${source}, in other bytes`,
  pieces: (source) => `has the same content as in ${source}, in other pieces`,
  hash: () => 'is another hash of the same transcript',
  compact: (source) => `is another compact transcript than ${source}'s`,
  made: (source, target) => `of ${source} was made from the transcript, which ${target} has`,
};

function explainFile(
  difference: FileDifference & Difference,
  place: FindingPlace,
  policy: Policy,
  words: Words,
): Finding {
  const { part, expected, actual } = difference;
  const { path, ref } = place;
  const isOwn = policy === 'own';
  const { source, target } = words;
  switch (difference.change) {
    case 'lost':
      return part === 'main'
        ? finding('FILE_MISSING', `${path} ${words.isNotOnMain}`, place)
        : finding('TRANSCRIPT_MISSING', `${path} is ${words.inNoGeneration}`, place);
    case 'changed':
      return part === 'main'
        ? finding('FILE_CHANGED', `${path} has other content than ${source} gives it`, place)
        : finding('TRANSCRIPT_CHANGED', `${path} has other content than in ${source}`, place);
    case 'added':
      if (!isOwn) return finding(words.fileOnly, `${path} is in ${target}, but not in ${source}`, place);
      return part === 'main'
        ? finding('FILE_EXTRA', `${path} ${words.isOnMain}, but not in ${source}`, place)
        : finding('TRANSCRIPT_EXTRA', `${path} is on ${ref}, but not in ${source}`, place);
    case 'misplaced': {
      const home = part === 'main' ? 'in a generation, but is on main' : `on main, but is on ${ref}`;
      return finding('FILE_MISPLACED', `${path} belongs ${home}`, place);
    }
    case 'malformed':
      return malformedFolder(place);
    case 'absent': {
      if (isOwn)
        return finding('METADATA_ABSENT', `${path} of ${source} is absent here, and can't be projected`, place);
      const what =
        part === 'main' ? `is another file than in ${source}, and is` : 'is cut in other pieces, and some are';
      return finding('FILE_NOT_COMPARED', `${path} ${what} absent here`, place);
    }
    case 'form': {
      const { form = 'mode' } = difference;
      if (form !== 'mode') return finding('FILE_DIFFERS', `${path} ${FORMS[form](source, target)}`, place);
      const message = `${path} has the mode ${actual?.mode}, in ${source} ${expected?.mode}`;
      return finding(isOwn ? 'MODE_CHANGED' : 'FILE_DIFFERS', message, place);
    }
  }
}
