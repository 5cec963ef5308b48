/**
 * The layers of docs/architecture.md as rules: imports go down only. `test/rules/import-rules.test.ts` shows that each
 * rule fires.
 */
const folder = (...names) => `^src/(${names.join('|')})/`;

/** What is below: a layer may import itself and these. Types may come from anywhere below too. */
const rooms = {
  shell: [],
  git: ['shell'],
  json: [],
  checkpoint: ['json', 'shell'],
  layout: ['checkpoint', 'json', 'git', 'shell'],
  generations: ['layout', 'checkpoint', 'json', 'git', 'shell'],
  commits: ['checkpoint', 'json', 'git', 'shell'],
  compare: ['layout', 'checkpoint', 'json', 'git', 'shell'],
  project: ['compare', 'generations', 'layout', 'checkpoint', 'json', 'git', 'shell'],
};
const foundation = ['stores', ...Object.keys(rooms)];
const layers = {
  ...rooms,
  stores: Object.keys(rooms),
  standing: foundation,
  transcripts: [],
  hooks: ['stores', 'json', 'checkpoint', 'git', 'shell'],
  redaction: ['json', 'checkpoint'],
  migrate: foundation,
  remote: ['standing', ...foundation],
  rotate: foundation,
  prune: foundation,
  'dual-write': ['redaction', ...foundation],
  verify: ['redaction', 'standing', ...foundation],
  repair: ['verify', ...foundation],
  fleet: ['stores', 'json', 'layout', 'checkpoint', 'git', 'shell'],
  inspect: ['prune', 'hooks', 'transcripts', 'redaction', ...foundation],
  restore: ['inspect', ...foundation],
};

layers.api = Object.keys(layers);

const layerRules = Object.entries(layers).map(([layer, below]) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import ${['itself', ...below.map((name) => `src/${name}`)].join(', ')}, nothing else of src`,
  severity: 'error',
  from: { path: folder(layer) },
  to: { path: '^src/', pathNot: folder(layer, ...below) },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'ui-types-only',
      comment:
        'src/ui is fed with results and events: of the rest of src it may import types only, the quoting of src/shell and the names of layouts',
      severity: 'error',
      from: { path: folder('ui') },
      to: {
        path: '^src/',
        pathNot: [folder('ui', 'shell'), '^src/layout/layout-names.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-commands-knows-commands',
      comment: 'nothing below src/commands knows it, not even its types',
      severity: 'error',
      from: { path: '^src/', pathNot: folder('commands') },
      to: { path: folder('commands') },
    },
    {
      name: 'git-process-only-in-git',
      comment:
        'src/git is the only room that starts git or loads isomorphic-git; the pager, the worker of hooks and the children of a fleet are programs too',
      severity: 'error',
      from: { path: '^src/', pathNot: [folder('git'), '^src/(commands/(pager|start-worker)|fleet/child).ts$'] },
      to: { path: '(^(node:)?child_process$|node_modules/isomorphic-git)' },
    },
    {
      name: 'no-cycles',
      comment: 'a cycle has no bottom, one of types neither',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    builtInModules: { add: ['node:child_process'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
