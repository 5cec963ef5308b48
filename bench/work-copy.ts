import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A copy of a generated repository whose object files are hard links, so that it costs nothing: git never writes into them.
 * Other files are copied. `restore` removes everything that was not there, and writes the others again.
 */
export class WorkCopy {
  readonly dir: string;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
    this.dir = `${source}.work-${process.pid}`;
    this.restore();
  }

  restore(): void {
    const keep = join(this.dir, 'objects');
    if (existsSync(this.dir)) {
      for (const name of readdirSync(this.dir))
        if (name !== 'objects') rmSync(join(this.dir, name), { recursive: true });
    }
    const wanted = new Set(filesBelow(this.#source));
    for (const path of existsSync(keep) ? filesBelow(this.dir) : [])
      if (!wanted.has(path)) rmSync(join(this.dir, path));
    for (const path of wanted) {
      const target = join(this.dir, path);
      if (existsSync(target)) continue;
      mkdirSync(join(target, '..'), { recursive: true });
      if (path.startsWith('objects/')) linkSync(join(this.#source, path), target);
      else writeFileSync(target, readFileSync(join(this.#source, path)));
    }
    // Git takes a folder for a repository only with these, empty or not.
    mkdirSync(join(this.dir, 'refs', 'heads'), { recursive: true });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Paths of all files below a folder, relative to it. */
function filesBelow(dir: string): string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
}
