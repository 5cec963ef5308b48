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

it.each([
  'ckpt dual-write\n',
  'set -e\n\nNODE_OPTIONS= npx ckpt dual-write --quiet </dev/null || true # mine\n',
  'if [ -z "$CI" ]; then ckpt dual-write; fi\n',
  'c=\'/a; b/ckpt\'; [ -x "$c" ] || c=ckpt; command -v "$c" >/dev/null && "$c" dual-write --quiet\n',
  'exec >/dev/null 2>&1\nckpt dual-write\n',
  'exec ckpt dual-write\n',
  'cat <<END\n  exit 0\nEND\nckpt \\\n  dual-write\n',
  'f() {\n  exit 1\n}\n( ckpt dual-write )\n',
])('%j calls the mirror', (text) => {
  expect(callsMirror(text)).toBe(true);
});

it.each([
  "echo 'now; ckpt dual-write'\n",
  'printf "%s\\n" ckpt dual-write\n',
  ': ckpt dual-write\n',
  'true # ckpt dual-write\n',
  'true;# ckpt dual-write\n',
  'exit 0\nckpt dual-write\n',
  'exec npx x\nckpt dual-write\n',
  "cat <<-'A B'\n\tckpt dual-write\n\tA B\n",
  'ckpt verify; foo dual-write\n',
])('%j does not', (text) => {
  expect(callsMirror(text)).toBe(false);
});

it('sees a line that calls the mirror, and takes no comment for one', () => {
  expect(callsMirror('foo\n"$bin/ckpt" dual-write || true\n')).toBe(true);
  expect(callsMirror("subprocess.run(['ckpt', 'dual-write'])\n")).toBe(true);
  expect(callsMirror('# ckpt dual-write\nckpt verify\n')).toBe(false);
});
