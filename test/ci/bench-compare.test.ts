import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BenchFile, type Measured, slowerThan, storeAndCompare } from '../../bench/compare.ts';
import { tempDir } from '../fixtures/temp.ts';

function file(measured: Partial<Measured>): BenchFile {
  const verify = { time: 2, processor: 4, memory: 100e6, ...measured };
  return { machine: 'Machine: this one', at: '2026-11-29T12:00:00.000Z', sizes: { small: { verify } } };
}

describe('a stored benchmark', () => {
  it.each<[string, Partial<Measured>, Partial<Measured>, string[]]>([
    ['within a tenth', {}, { processor: 4.4, memory: 109e6 }, []],
    ['faster', {}, { processor: 1, memory: 1 }, []],
    ['slower', {}, { processor: 5 }, ['small: verify takes 25 % more processor time: 5.00× instead of 4.00×']],
    [
      'wall time alone',
      { processor: null },
      { time: 3 },
      ['small: verify takes 50 % more time: 3.00× instead of 2.00×'],
    ],
    ['wall time is not looked at beside processor time', {}, { time: 9 }, []],
    ['memory', {}, { memory: 200e6 }, ['small: verify takes 100 % more memory']],
    ['memory that was not measured', { memory: null }, { memory: 200e6 }, []],
  ])('%s', (_name, before, now, lines) => {
    expect(slowerThan(file(before), file(now))).toEqual(lines);
  });

  it('leaves out what only one file has', () => {
    expect(slowerThan({ ...file({}), sizes: {} }, file({ processor: 99 }))).toEqual([]);
    expect(slowerThan(file({}), { ...file({}), sizes: { large: {} } })).toEqual([]);
  });

  it('may be compared with the file that it replaces', () => {
    const path = join(tempDir(), 'bench.json');
    expect(storeAndCompare(file({}), path, path)).toEqual([`there is no ${path} to compare with`]);
    expect(storeAndCompare(file({ processor: 8 }), path, path)).toEqual([
      'small: verify takes 100 % more processor time: 8.00× instead of 4.00×',
    ]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(file({ processor: 8 }));
    writeFileSync(path, JSON.stringify(file({ processor: 9 })));
    expect(storeAndCompare(file({}), undefined, path)).toEqual([
      expect.stringContaining('nothing takes over a tenth more'),
    ]);
  });
});
