import { spawnSync } from 'node:child_process';
import { cpus, devNull, type as osType, release, totalmem } from 'node:os';

/** What was measured on, for the report. */
export function machine(): string {
  const cores = cpus();
  const git = spawnSync('git', ['--version']).stdout.toString().trim();
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  return `Machine: ${cores[0]?.model ?? 'unknown processor'}, ${cores.length} cores, ${memory}; ${osType()} ${release()}; node ${process.version}; ${git}`;
}

/** The environment of what is measured: nobody's git configuration or ckpt settings. */
export function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_PAGER: 'cat',
  };
  for (const [key, value] of Object.entries(process.env)) if (!/^(?:GIT_|CKPT_|LC_)/.test(key)) env[key] = value;
  return env;
}
