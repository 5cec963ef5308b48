import type { Repository } from '../git/repository.ts';

/** Who writes a checkpoint and when, as the `author` and `committer` lines of a commit have it. */
export interface Author {
  readonly name: string;
  readonly email: string;
  readonly date: Date;
}

/**
 * The author that git would give a commit here: `GIT_AUTHOR_NAME` and `GIT_AUTHOR_EMAIL`, else `user.name` and `user.email`.
 * Where nobody is known a checkpoint is still written, as `Unknown`: a hook must not lose it for that.
 */
export async function authorOf(repo: Repository, env: NodeJS.ProcessEnv, date: Date): Promise<Author> {
  const name = clean(env.GIT_AUTHOR_NAME) || clean(await repo.config('user.name')) || 'Unknown';
  const email = clean(env.GIT_AUTHOR_EMAIL) || clean(await repo.config('user.email')) || 'unknown@localhost';
  return { name, email, date };
}

/** `Name <email> <seconds> <offset>`, as a commit has it, in latin1 (one character per byte). */
export function identityLine({ name, email, date }: Author): string {
  const minutes = -date.getTimezoneOffset();
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}${two(Math.abs(minutes) % 60)}`;
  const text = `${name} <${email}> ${Math.floor(date.getTime() / 1000)} ${offset}`;
  return Buffer.from(text, 'utf8').toString('latin1');
}

function two(number: number): string {
  return String(Math.floor(number)).padStart(2, '0');
}

/** Without the characters that git takes out of names and addresses. */
function clean(text = ''): string {
  return text.replace(/[<>\n\r\0]/g, '').trim();
}
