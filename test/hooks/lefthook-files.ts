/** Configurations of lefthook, which the tests give to `ckpt hooks status` and, where it is there, to the real lefthook. */

const LINE = 'ckpt dual-write --quiet </dev/null || true';
export const YAML = `post-commit:\n  commands:\n    ckpt:\n      run: ${LINE}\n`;
const SCRIPT = 'post-commit:\n  scripts:\n    m.sh:\n      runner: sh\n';
const JOB = `post-commit:\n  jobs:\n    - name: x\n      run: ${LINE}\n`;
export const OTHER = 'pre-commit:\n  commands:\n    a:\n      run: "true"\n';

/** Files by their names, in which lefthook finds the mirror. */
export const FOUND: Array<[string, Record<string, string>]> = [
  ['yml', { 'lefthook.yml': YAML }],
  ['yml with a quoted key', { 'lefthook.yml': YAML.replace('post-commit', '"post-commit"') }],
  ['a hidden yaml', { '.lefthook.yaml': YAML }],
  ['jobs', { 'lefthook.yml': `post-commit:\n  jobs:\n    - name: x\n      run: ${LINE}\n` }],
  ['a group', { 'lefthook.yml': `post-commit:\n  jobs:\n    - group:\n        jobs:\n          - run: ${LINE}\n` }],
  ['a folded text', { 'lefthook.yml': YAML.replace(LINE, '>-\n        ckpt\n        dual-write') }],
  ['toml', { 'lefthook.toml': `[post-commit.commands.ckpt]\nrun = "${LINE}"\n` }],
  ['toml, inline', { 'lefthook.toml': `post-commit = { commands = { ckpt = { run = '${LINE}' } } }\n` }],
  ['json', { 'lefthook.json': JSON.stringify({ 'post-commit': { commands: { ckpt: { run: LINE } } } }) }],
  ['jsonc', { 'lefthook.jsonc': `{ // mine\n\t"post-commit":{"commands":{"ckpt":{"run":"${LINE}"}}}}\n` }],
  ['in .config', { '.config/lefthook.yml': YAML }],
  ['the local file beside another', { 'lefthook.yml': OTHER, 'lefthook-local.yml': YAML }],
  ['the local file alone', { 'lefthook-local.toml': `[post-commit.commands.ckpt]\nrun = "${LINE}"\n` }],
  ['a file that is extended', { 'lefthook.yml': 'extends: [h/c.yml]\n', 'h/c.yml': YAML }],
  ['a pattern', { 'lefthook.json': '{"extends":["./h/*/l*.yml"]}', 'h/x/lh.yml': YAML }],
  ['a script', { 'lefthook.yml': SCRIPT, '.lefthook/post-commit/m.sh': `#!/bin/sh\n${LINE}\n` }],
  ['a script of mine', { 'lefthook.yml': SCRIPT, '.lefthook-local/post-commit/m.sh': LINE }],
  ['a script elsewhere', { 'lefthook.yml': `source_dir: h\n${SCRIPT}`, 'h/post-commit/m.sh': LINE }],
  [
    'a job with a script',
    {
      'lefthook.yml': 'post-commit:\n  jobs:\n    - script: m.sh\n      runner: sh\n',
      '.lefthook/post-commit/m.sh': LINE,
    },
  ],
  ['merged keys', { 'lefthook.yml': `x: &x\n  a:\n    run: ${LINE}\npost-commit:\n  commands:\n    <<: *x\n` }],
  [
    'a template',
    {
      'lefthook.yml': YAML.replace('ckpt d', '"{bin} d')
        .replace(/true$/m, 'true"')
        .concat('templates:\n  bin: command ckpt\n'),
    },
  ],
  ['a command that mine wraps', { 'lefthook.yml': YAML, 'lefthook-local.yml': YAML.replace(LINE, 'time {cmd}') }],
  ['the form that comes first', { 'lefthook.yml': YAML, 'lefthook.json': '{}', 'lefthook.toml': '' }],
  [
    'what is extended, before the file',
    { 'lefthook.yml': `extends: [a.yml]\n${YAML.replace(LINE, 'echo')}`, 'a.yml': YAML },
  ],
  ['two steps', { 'lefthook.yml': 'extends: [a.yml]\n', 'a.yml': 'extends: [b.yml]\n', 'b.yml': YAML }],
];

/** Files in which it does not, by what lefthook reads. */
export const NOT_FOUND: Array<[string, Record<string, string>]> = [
  ['another hook', { 'lefthook.yml': YAML.replace('post-commit', 'post-checkout') }],
  ['a comment', { 'lefthook.yml': `${OTHER}# ${YAML.replaceAll('\n', '\n# ')}\n` }],
  [
    'a command of that name that the local file replaces',
    { 'lefthook.yml': YAML, 'lefthook-local.yml': YAML.replace(LINE, 'echo') },
  ],
  ['a job of that name', { 'lefthook.yml': JOB, 'lefthook-local.yml': JOB.replace(LINE, 'echo') }],
  ['a file that comes later', { 'lefthook.yml': OTHER, '.lefthook.yml': YAML }],
  [
    'a local file that comes later',
    { 'lefthook.yml': OTHER, 'lefthook-local.yml': OTHER, '.lefthook-local.yml': YAML },
  ],
  ['a file that it does not look for', { 'lefthook.yml': OTHER, '.config/.lefthook.yml': YAML }],
  ['a command that is skipped', { 'lefthook.yml': `${YAML}      skip: true\n` }],
  ['a command that mine skips', { 'lefthook.yml': YAML, 'lefthook-local.yml': YAML.replace(/run: .*/, 'skip: true') }],
  ['a hook that is skipped', { 'lefthook.yml': `${YAML}  skip: true\n` }],
  ['a command for nothing', { 'lefthook.yml': `${YAML}      only: false\n` }],
  ['a tag that is left out', { 'lefthook.yml': `${YAML}      tags: [x]\n  exclude_tags: [x]\n` }],
  ['a command that says it', { 'lefthook.yml': YAML.replace(LINE, 'echo ckpt dual-write') }],
  ['one that can not be read beside it', { 'lefthook.yml': YAML, 'lefthook-local.yml': 'a: [' }],
  ['two steps, in a circle', { 'lefthook.yml': 'extends: [a.yml]\n', 'a.yml': `extends: [lefthook.yml]\n${YAML}` }],
  ['a member __proto__', { 'lefthook.yml': `__proto__:\n${YAML.replace(/^/gm, '  ')}\n${OTHER}` }],
  ['a name alone', { 'lefthook.toml': '[post-commit.commands."ckpt dual-write"]\nrun = "true"\n' }],
  ['a file that is not what its name says', { 'lefthook.toml': YAML }],
  ['a file that is not extended', { 'lefthook.yml': OTHER, 'h/c.yml': YAML }],
];
