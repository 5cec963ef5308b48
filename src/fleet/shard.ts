import { createHash } from 'node:crypto';

/** One part of a fleet: the `index`-th, from 1 on, of `total`. */
export interface Shard {
  readonly index: number;
  readonly total: number;
}

/** The most parts of a fleet. */
const MAX_SHARDS = 10_000;

/**
 * The shard that a text means: `3/16`, or `auto`, which the environment explains: `CI_NODE_INDEX` and `CI_NODE_TOTAL` of GitLab, from 1 on; or
 * `auto/16` with `JOB_COMPLETION_INDEX` of Kubernetes, from 0 on. A string says why it means none.
 */
export function parseShard(text: string, env: NodeJS.ProcessEnv): Shard | string {
  const [, asked = '', all] = /^(auto|\d{1,5})(?:\/(\d{1,5}))?$/.exec(text) ?? [];
  if (asked === '') return `${text} is not a shard`;
  if (asked !== 'auto') return checked({ index: Number(asked), total: Number(all ?? 0) }, text);
  const { CI_NODE_INDEX: node, CI_NODE_TOTAL: nodes, JOB_COMPLETION_INDEX: completion } = env;
  if (completion) {
    if (all === undefined) return 'JOB_COMPLETION_INDEX says which shard, and nothing says of how many';
    return checked(
      { index: Number(completion) + 1, total: Number(all) },
      `JOB_COMPLETION_INDEX ${completion} of ${all}`,
    );
  }
  if (!node) return 'neither CI_NODE_INDEX nor JOB_COMPLETION_INDEX is set';
  const total = all ?? nodes;
  return checked({ index: Number(node), total: Number(total) }, `CI_NODE_INDEX ${node} of ${total}`);
}

function checked(shard: Shard, text: string): Shard | string {
  const { index, total } = shard;
  const isWhole = Number.isInteger(index) && Number.isInteger(total);
  return isWhole && index >= 1 && index <= total && total <= MAX_SHARDS ? shard : `${text} is not a shard`;
}

/** The shard of so many that a repository belongs to, from 1 on: by its name alone, so that each machine finds the same. */
export function shardOf(name: string, total: number): number {
  return (createHash('sha256').update(name).digest().readUIntBE(0, 6) % total) + 1;
}
