import { isTrue } from './config-value.ts';

/** One setting of a configuration file. */
export interface ConfigEntry {
  /** `section.key` or `section.subsection.key`; section and key in lower case, as git compares them. */
  readonly key: string;
  /** `null` where the key stands alone, which means true. */
  readonly value: string | null;
}

/** Settings of git, read once. The last value of a key wins. */
export class GitConfig {
  readonly entries: readonly ConfigEntry[];

  constructor(entries: readonly ConfigEntry[]) {
    this.entries = entries;
  }

  /** A key's value, as text: empty where the key stands alone; `undefined` where it is not set. */
  get(key: string): string | undefined {
    const normal = normalKey(key);
    const entry = this.entries.findLast((one) => one.key === normal);
    return entry && (entry.value ?? '');
  }

  /** All values of a key, in their order. */
  all(key: string): string[] {
    const normal = normalKey(key);
    return this.entries.filter((one) => one.key === normal).map(({ value }) => value ?? '');
  }

  /** The names of the remotes that have a URL. */
  remotes(): string[] {
    return [...new Set(this.entries.flatMap(({ key }) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []))];
  }

  /** The settings of a section, in their order. */
  in(section: string): ConfigEntry[] {
    return this.entries.filter(({ key }) => key.startsWith(`${section}.`));
  }

  /** Whether a key is set to something that means true; a key that stands alone does. */
  isTrue(key: string): boolean {
    const normal = normalKey(key);
    const entry = this.entries.findLast((one) => one.key === normal);
    return entry !== undefined && (entry.value === null || isTrue(entry.value));
  }
}

/** A setting, its key as somebody writes it. */
export function configEntry(key: string, value: string | null): ConfigEntry {
  return { key: normalKey(key), value };
}

/** A key as entries have it. */
function normalKey(key: string): string {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
  return key.slice(0, first).toLowerCase() + key.slice(first, last) + key.slice(last).toLowerCase();
}
