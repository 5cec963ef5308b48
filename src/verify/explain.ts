import type { Difference, FieldDifference, FileDifference, OtherForm } from '../compare/difference.ts';
import { displayName } from '../git/tree.ts';
import { generationName } from '../layout/ref-names.ts';
import { type Finding, type FindingPlace, finding } from './finding.ts';

/**
 * What a difference is called: `own` for a V2 that follows from V1 byte for byte, so that whatever differs is wrong; `foreign` for one
 * that another program wrote, where only what is lost is.
 */
export type Policy = 'own' | 'foreign';

/** The finding that says what a difference is. */
export function explain(difference: Difference, policy: Policy): Finding {
  const place = placeOf(difference);
  const { path } = place;
  const { checkpoint, session, part } = difference;
  switch (difference.kind) {
    case 'checkpoint':
      if (difference.change === 'added') {
        return finding('CHECKPOINT_ONLY_IN_V2', `the checkpoint ${checkpoint} is not at V1's tip`, place);
      }
      return part === 'main'
        ? finding('CHECKPOINT_MISSING', `the checkpoint ${checkpoint} is not on main`, place)
        : finding('TRANSCRIPT_MISSING', `the transcripts of ${checkpoint} are in no generation`, place);
    case 'session': {
      if (difference.change === 'added') {
        const message = `V2 has a session ${session} of ${checkpoint} that V1 does not have`;
        return finding('SESSION_ONLY_IN_V2', message, place);
      }
      if (difference.change === 'renumbered') {
        const message = `session ${session} of ${checkpoint} has the number ${difference.actualSession} in V2`;
        return finding('SESSION_RENUMBERED', message, place);
      }
      const what = `session ${session} of ${checkpoint}`;
      return part === 'main'
        ? finding('SESSION_MISSING', `${what} is not on main`, place)
        : finding('TRANSCRIPT_MISSING', `the transcript of ${what} is in no generation`, place);
    }
    case 'listed session': {
      const at: FindingPlace = { ...place, field: `sessions[${difference.index}]`, change: 'lost' };
      const message = `session ${session} of ${checkpoint} is on main, but ${path} does not list it`;
      return finding('SESSION_UNLISTED', message, at);
    }
    case 'field':
      return explainField(difference, place, policy);
    case 'file':
      return explainFile(difference, place, policy);
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
function explainField({ field, change, weight }: FieldDifference, place: FindingPlace, policy: Policy): Finding {
  const words = {
    lost: `${place.path} has lost the field ${field}`,
    changed: `${place.path} has another value in the field ${field}`,
    added: `${place.path} has a field that V1 lacks: ${field}`,
  };
  const added = policy === 'own' ? 'FIELD_ADDED' : 'FIELD_CHANGED';
  const code = { lost: 'FIELD_LOST', changed: 'FIELD_CHANGED', added } as const;
  return finding(weight === 'note' ? 'FIELD_DIFFERS' : code[change], words[change], { ...place, field, change });
}

const FORMS: Readonly<Record<Exclude<OtherForm, 'mode'>, string>> = {
  values: 'has the same values as in V1, in other bytes',
  pieces: 'has the same content as in V1, in other pieces',
  hash: 'is another hash of the same transcript',
  compact: "is another compact transcript than V1's",
};

function explainFile(difference: FileDifference & Difference, place: FindingPlace, policy: Policy): Finding {
  const { part, expected, actual } = difference;
  const { path, ref } = place;
  const isOwn = policy === 'own';
  switch (difference.change) {
    case 'lost':
      return part === 'main'
        ? finding('FILE_MISSING', `${path} is not on main`, place)
        : finding('TRANSCRIPT_MISSING', `${path} is in no generation`, place);
    case 'changed':
      return part === 'main'
        ? finding('FILE_CHANGED', `${path} has other content than V1 gives it`, place)
        : finding('TRANSCRIPT_CHANGED', `${path} has other content than in V1`, place);
    case 'added':
      if (!isOwn) return finding('FILE_ONLY_IN_V2', `${path} is in V2, but not in V1`, place);
      return part === 'main'
        ? finding('FILE_EXTRA', `${path} is on main, but not in V1`, place)
        : finding('TRANSCRIPT_EXTRA', `${path} is on ${ref}, but not in V1`, place);
    case 'misplaced': {
      const home = part === 'main' ? 'in a generation, but is on main' : `on main, but is on ${ref}`;
      return finding('FILE_MISPLACED', `${path} belongs ${home}`, place);
    }
    case 'malformed':
      return malformedFolder(place);
    case 'absent': {
      if (isOwn) return finding('METADATA_ABSENT', `${path} of V1 is absent here, and can't be projected`, place);
      const what = part === 'main' ? 'is another file than in V1, and is' : 'is cut in other pieces, and some are';
      return finding('FILE_NOT_COMPARED', `${path} ${what} absent here`, place);
    }
    case 'form': {
      const { form = 'mode' } = difference;
      if (form !== 'mode') return finding('FILE_DIFFERS', `${path} ${FORMS[form]}`, place);
      const message = `${path} has the mode ${actual?.mode}, in V1 ${expected?.mode}`;
      return finding(isOwn ? 'MODE_CHANGED' : 'FILE_DIFFERS', message, place);
    }
  }
}
