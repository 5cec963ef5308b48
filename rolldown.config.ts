import { defineConfig } from 'rolldown';
import { lateSegmenter, leaveOutUnused, thirdPartyLicenses } from './scripts/build-plugins.ts';

/** What `main` needs to tell any failure: it is there before the rest is loaded, which may fail. */
const FAILURE =
  /\/src\/(?:commands\/(?:envelope|errors|exit-[a-z-]+|failure|log-settings|nearest|output-error|parser-words|report-targets|run-context|system-error|table)|ui\/(?:align-columns|clip|command-line|run-facts|sanitize|words|ref-table)|(?:checkpoint|git)\/errors|checkpoint\/files|fleet\/end-with-parent|layout\/(?:layout-names|ref-names)|shell\/program-files)\.ts$|^(?:(?!node_modules).)*\/node_modules\/(?:string-width|emoji-regex|get-east-asian-width)\//;
/** What every command starts with, and with it oclif's parser. */
const START =
  /\/src\/(?:commands\/(?:base|end-process|run|progress|safe-stop|max-checkpoints-flag|remote-flag)|ui\/(?:page|palette|retry-line|terminal|progress-[a-z]+))\.ts$|\/node_modules\/@oclif\/core\/lib\/args\.js$/;
/** What all work in a repository needs, with the native engine. */
const CORE =
  /\/src\/(?:json\/(?!lines)|checkpoint\/|layout\/|generations\/|compare\/(?!unified-patch|line-window)|project\/|migrate\/|stores\/(?!sample)|commits\/|git\/(?!isomorphic\/|scratch\/))|\/node_modules\/valibot\//;
/** What `ckpt verify` loads in any case. */
const VERIFY =
  /\/src\/(?:verify\/(?:(?:findings|scope|pairs|baseline)\/)?[a-z0-9-]+|commands\/(?:verify|verify-flags|pair-flags|report-flags|write-reports)|ui\/verify-text|ui\/reports\/(?:group|place|verdict|listing))\.ts$/;

const isIn = (pattern: RegExp) => (id: string) => pattern.test(id.replaceAll('\\', '/'));

/**
 * One file for `main`, one for each command, one for each kind of worker (the live view, `verify --deep`), and chunks for what
 * they share: a command loads its own files and no others. Everything is bundled in, since finding hundreds of files in node_modules takes longer than running them
 * (`docs/architecture.md` has the figures). For the same reason what nearly all commands share is two chunks and not the
 * forty that bundlers make of what is shared by some and others. Not minified: that gained nothing that could be measured, and a stack in a
 * report should name functions.
 */
export default defineConfig({
  input: {
    main: 'src/commands/main.ts',
    commands: 'src/commands/all.ts',
    api: 'src/api/index.ts',
    'live-worker': 'src/ui/live/worker.tsx',
    'deep-worker': 'src/verify/deep/worker.ts',
  },
  platform: 'node',
  preserveEntrySignatures: 'allow-extension',
  // What oclif asks for only in development; a built program never calls it.
  external: [/^node:/, 'typescript', 'ts-node', 'tsx'],
  // React has a build for development, which is larger and slower.
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  resolve: {
    alias: {
      // Its main file has all of lodash in it; this one imports it, and gets what it needs from `leaveOutUnused`.
      'junit-report-builder': 'junit-report-builder/dist/index.es.js',
    },
  },
  plugins: [leaveOutUnused(), lateSegmenter(), thirdPartyLicenses()],
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      groups: [
        { name: 'failure', test: isIn(FAILURE), priority: 1 },
        { name: 'start', test: isIn(START) },
        { name: 'core', test: isIn(CORE), includeDependenciesRecursively: false },
        { name: 'verify', test: isIn(VERIFY), includeDependenciesRecursively: false },
      ],
    },
  },
});
