import child from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { beforeEach } from 'vitest';
import { PROCESSES } from '../fixtures/scale.ts';

// A file of the fast run ends with the tests that start its first few processes. Starting processes is what tests wait for, and their
// number, other than the time that they take, is the same on every machine. What is left out is always the end of a file: where
// tests build on each other, none lacks what it builds on.
let started = 0;

if (Number.isFinite(PROCESSES)) {
  count(child.ChildProcess.prototype as unknown as Functions, 'spawn');
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) count(child as unknown as Functions, name);
  syncBuiltinESMExports();
  beforeEach(({ skip }) => skip(started >= PROCESSES, 'npm test has the rest of this file'));
}

type Functions = Record<string, (...args: unknown[]) => unknown>;

function count(holder: Functions, name: string): void {
  const original = holder[name];
  if (original === undefined) throw new Error(`node:child_process has no ${name}`);
  holder[name] = function (this: unknown, ...args: unknown[]): unknown {
    started += 1;
    return original.apply(this, args);
  };
}
