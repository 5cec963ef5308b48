import { expect, it } from 'vitest';
import { callsMirror, isShellScript } from '../../src/hooks/shell-script.ts';

it.each([
  '',
  'foo\n',
  '#!/bin/sh\n',
  '#! /bin/bash -e\r\n',
  '#!/usr/bin/env bash\n',
  '#!/usr/bin/env -S bash -e\n',
  '#!/usr/bin/env -i PATH=/bin dash\n',
  '#!/bin/busybox sh\n',
  '#!C:/Program/Git/bin/sh.exe\n',
  '#!/bin/zsh',
])('%j is a shell script', (text) => {
  expect(isShellScript(text)).toBe(true);
});

it.each([
  '#!/usr/bin/env python3\n',
  '#!/usr/bin/node\n',
  '#!/usr/bin/fish\n',
  '#!/bin/csh\n',
  '#!/usr/bin/perl -w\n',
  '#!\n',
  '\u007fELF\0\0',
  '#!/bin/sh\n\0',
])('%j is none', (text) => {
  expect(isShellScript(text)).toBe(false);
});

it('sees a line that calls the mirror, and takes no comment for one', () => {
  expect(callsMirror('foo\n"$bin/ckpt" dual-write || true\n')).toBe(true);
  expect(callsMirror("subprocess.run(['ckpt', 'dual-write'])\n")).toBe(true);
  expect(callsMirror('# ckpt dual-write\nckpt verify\n')).toBe(false);
});
