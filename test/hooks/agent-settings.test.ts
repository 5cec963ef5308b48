import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as settingsOf from '../../src/hooks/agent-settings.ts';
import { AGENT_HOOKS } from '../../src/hooks/agent-table.ts';
import type { MirrorProgram } from '../../src/hooks/mirror-command.ts';
import * as stop from '../../src/hooks/stop-command.ts';
import { openJson } from '../../src/json/editor.ts';

const HOOK = AGENT_HOOKS['claude-code'] as settingsOf.SettingsHook;
const findMirror = (text: string) => settingsOf.findMirror(HOOK, text);
const removeMirror = (text: string) => settingsOf.removeMirror(HOOK, text);
const stopCommand = (program: MirrorProgram, made: stop.Made) => stop.stopCommand('claude-code', program, made);
const isCurrent = (own: stop.StopCommand, program: MirrorProgram) => stop.isCurrent('claude-code', own, program);
const addMirror = (text: string | undefined, program: MirrorProgram, newFolder = false) =>
  settingsOf.addMirror(HOOK, text, (made) => stopCommand(program, made), newFolder);

const PROGRAM = { path: '/opt/ckpt', node: '/usr/bin/node', onPath: true };

/** JSON as people and programs write it: any indentation and line ends, comments, blanks in empty brackets. */
function written(value: unknown, style: Style): string {
  const { indent, eol, comment, blank } = style;
  const plain = JSON.stringify(value, null, indent)
    .replaceAll('\n', `${comment ? ' // note' : ''}\n`)
    .replaceAll('\n', eol)
    .replaceAll('{}', `{${blank}}`)
    .replaceAll('[]', `[${blank}]`);
  return style.end ? plain + eol : plain;
}

interface Style {
  readonly indent: string | number;
  readonly eol: string;
  readonly comment: boolean;
  readonly blank: string;
  readonly end: boolean;
}

const styles = fc.record({
  indent: fc.constantFrom('', 2, 4, '\t', 1),
  eol: fc.constantFrom('\n', '\r\n'),
  comment: fc.boolean(),
  blank: fc.constantFrom('', ' ', '\n', '\n  ', ' /* none */ ', ' // none\n'),
  end: fc.boolean(),
});

const group = fc.record({
  hooks: fc.array(fc.record({ type: fc.constant('command'), command: fc.string() }), { maxLength: 2 }),
});
const settings = fc.record(
  {
    model: fc.string(),
    hooks: fc.record(
      { PreToolUse: fc.array(group, { maxLength: 1 }), Stop: fc.array(group, { maxLength: 2 }) },
      { requiredKeys: [] },
    ),
    permissions: fc.record({ allow: fc.array(fc.string(), { maxLength: 2 }) }),
  },
  { requiredKeys: [] },
);

/** Settings with their members in some order. */
const texts = fc
  .tuple(settings, styles, fc.boolean())
  .map(([value, style, reverse]) => {
    const entries = Object.entries(value);
    return written(Object.fromEntries(reverse ? entries.reverse() : entries), style);
  })
  // A bracket inside of a string may have got a line break, too.
  .filter((text) => isSettings(text) && findMirror(text).kind === 'absent');

/** What an agent sees: the value without comments. */
function contentOf(text: string): unknown {
  const json = openJson(Buffer.from(text), { comments: true });
  if ('why' in json) throw new Error(json.why);
  return json.value;
}

function isSettings(text: string): boolean {
  return !('why' in openJson(Buffer.from(text), { comments: true }));
}

describe('the mirror in the settings of Claude Code', () => {
  it('comes and goes without a trace, whatever the settings are, and changes nothing else in them', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const added = addMirror(text, PROGRAM);
        const before = contentOf(text) as { hooks?: { Stop?: unknown[] } };
        const entry = findMirror(added);
        if (entry.kind !== 'own') throw new Error(`the mirror is ${entry.kind}`);
        const own = { hooks: [{ type: 'command', command: entry.command }] };
        expect(contentOf(added)).toEqual({
          ...before,
          hooks: { ...before.hooks, Stop: [...(before.hooks?.Stop ?? []), own] },
        });
        expect(isCurrent(entry, PROGRAM)).toBe(true);
        expect(removeMirror(added)).toBe(text);
        const updated = addMirror(added, { ...PROGRAM, onPath: false });
        expect(removeMirror(updated)).toBe(text);
        expect(addMirror(updated, PROGRAM)).toBe(added);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['an empty object', '{}', '{\n  "hooks": {\n    "Stop": [\n'],
    ['tabs', '{\n\t"a": 1\n}\n', '{\n\t"a": 1,\n\t"hooks": {\n\t\t"Stop": [\n'],
    ['other hooks', '{"hooks": {"Stop": []}}', '{"hooks": {"Stop": [{"hooks":[{"type":"command",'],
    ['one line', '{"a": 1}', '{"a": 1, "hooks": {"Stop":[{"hooks":[{"type":"command","command":'],
    ['CRLF', '{\r\n    "a": 1\r\n}', '{\r\n    "a": 1,\r\n    "hooks": {\r\n        "Stop": [\r\n'],
  ])('takes the form of what is there: %s', (_, text, beginning) => {
    expect(addMirror(text, PROGRAM).slice(0, beginning.length)).toBe(beginning);
  });

  it('makes the file, and says so in the command', () => {
    const made = addMirror(undefined, PROGRAM);
    expect(JSON.parse(made)).toEqual({
      hooks: { Stop: [{ hooks: [{ type: 'command', command: stopCommand(PROGRAM, 'file') }] }] },
    });
    expect(made.endsWith('}\n')).toBe(true);
    expect(removeMirror(made)).toBeUndefined();
    expect(removeMirror(made.replace('{\n', '{\n  "model": "x",\n'))).toBe('{\n  "model": "x"\n}\n');
    expect(findMirror(addMirror(undefined, PROGRAM, true))).toMatchObject({ made: 'folder' });
  });

  it('leaves alone what others put beside it', () => {
    const made = JSON.parse(addMirror('{}', PROGRAM));
    made.hooks.Stop[0].hooks.push({ type: 'command', command: 'mine' });
    expect(JSON.parse(removeMirror(JSON.stringify(made, null, 2)) ?? '')).toEqual({
      hooks: { Stop: [{ hooks: [{ type: 'command', command: 'mine' }] }] },
    });
    made.hooks.Stop = [{ hooks: [made.hooks.Stop[0].hooks[0]] }, { hooks: [{ type: 'command', command: 'mine' }] }];
    expect(JSON.parse(removeMirror(JSON.stringify(made)) ?? '')).toEqual({
      hooks: { Stop: [{ hooks: [{ type: 'command', command: 'mine' }] }] },
    });
  });

  it('is not taken for current where it could not find its program', () => {
    const own = (program: typeof PROGRAM) => ({
      kind: 'own' as const,
      made: 'Stop' as const,
      command: stopCommand(program, 'Stop'),
    });
    const here = { ...PROGRAM, onPath: false };
    const elsewhere = { ...here, path: '/home/colleague/ckpt' };
    expect(isCurrent(own(PROGRAM), PROGRAM)).toBe(true);
    expect(isCurrent(own(here), here)).toBe(true);
    expect(isCurrent(own(PROGRAM), here)).toBe(false);
    expect(isCurrent(own(elsewhere), here)).toBe(false);
    expect(isCurrent(own(elsewhere), PROGRAM)).toBe(true); // it falls back to the PATH
    const old = { ...own(PROGRAM), command: 'ckpt mirror # ckpt hooks 0 +Stop' };
    expect(isCurrent(old, PROGRAM)).toBe(false);
  });

  it.each([
    ['', 'it is not JSON'],
    ['{"a": }', 'it is not JSON'],
    ['[]', 'it holds something else than an object'],
    ['{"hooks": []}', '"hooks" in it is not an object'],
    ['{"hooks": {"Stop": {}}}', '"hooks.Stop" in it is not an array'],
  ])('refuses %j', (text, message) => {
    expect(() => addMirror(text, PROGRAM)).toThrow(message);
    expect(() => findMirror(text)).toThrow(message);
  });

  it('finds a command that somebody wrote by hand', () => {
    const text = JSON.stringify({ hooks: { Stop: [{ hooks: [{ type: 'command', command: 'ckpt dual-write' }] }] } });
    expect(findMirror(text)).toEqual({ kind: 'by-hand' });
  });
});
