import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where a repository's configuration lies: `config` in the shared git directory, `config.worktree` in the worktree's own. */
export interface ConfigPlace {
  readonly gitDir: string;
  readonly commonDir: string;
}

/** What the conditions of `includeIf` are about. */
export interface IncludeContext extends ConfigPlace {
  readonly home: string | undefined;
  /** The URLs of all remotes. */
  readonly urls: readonly string[];
}

/** The one condition about other settings that git knows (`includeIf.hasconfig:remote.*.url:PATTERN.path`). */
export const BY_URL = 'hasconfig:remote.*.url:';

/** Whether the condition of an `includeIf` holds (git-config, "Conditional includes"); one that is not known does not. */
export async function isIncluded(condition: string, path: string, context: IncludeContext): Promise<boolean> {
  if (condition.startsWith(BY_URL)) {
    const glob = toRegExp(withTail(condition.slice(BY_URL.length)), false);
    return context.urls.some((url) => glob.test(url));
  }
  const colon = condition.indexOf(':');
  const [kind, pattern] = [condition.slice(0, colon), condition.slice(colon + 1)];
  switch (kind) {
    case 'gitdir':
    case 'gitdir/i': {
      const gitDirs = [context.gitDir, await realpath(context.gitDir).catch(() => context.gitDir)];
      const glob = toRegExp(anchored(pattern, path, context.home ?? '~'), kind === 'gitdir/i');
      return gitDirs.some((dir) => glob.test(dir) || glob.test(`${dir}/`));
    }
    case 'onbranch': {
      const head = await readFile(join(context.gitDir, 'HEAD'), 'utf8').catch(() => '');
      const branch = /^ref: refs\/heads\/(.+?)\n*$/.exec(head)?.[1];
      return branch !== undefined && toRegExp(withTail(pattern), false).test(branch);
    }
    default:
      return false;
  }
}

/** A pattern for `gitdir` with what git puts in front of it: the home, the file's folder, or any folder. */
function anchored(pattern: string, path: string, home: string): string {
  const tailed = withTail(pattern);
  if (tailed.startsWith('~/')) return home + tailed.slice(1);
  if (tailed.startsWith('./')) return dirname(path) + tailed.slice(1);
  return tailed.startsWith('/') ? tailed : `**/${tailed}`;
}

function withTail(pattern: string): string {
  return pattern.endsWith('/') ? `${pattern}**` : pattern;
}

/** A pattern as git's wildmatch reads it, but for the named classes (`[[:alpha:]]`). */
function toRegExp(pattern: string, ignoreCase: boolean): RegExp {
  const source = pattern.replace(/\[[!^]?\]?[^\]/]*\]|\*\*\/|\/\*\*$|\*|\?|[.+^${}()|[\]\\]/g, (part) => {
    if (part.length > 1 && part.startsWith('[')) {
      const inside = part
        .slice(1, -1)
        .replace(/^!/, '^')
        .replace(/(?!^)\^|[[\]\\]/g, '\\$&');
      return `(?!/)[${inside}]`;
    }
    if (part === '**/') return '(?:.*/)?';
    if (part === '/**') return '/.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
}
