import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { SlowestFirst } from './test/support/slowest-first.ts';
import { takeTemporaryRoot } from './test/support/tools/temporary-root.ts';

// Before the first worker starts: workers and what they start have the same environment.
takeTemporaryRoot();

// Long and rare tests, for which `npm test` has no time: `npm run test:long` runs them.
const LONG = 'test/**/*.long.test.ts';

/** Files with properties or cases that `npm test` only samples. */
const sampled = (): readonly string[] =>
  globSync('test/{infra,integration,scenario,unit}/**/*.test.ts').filter((file) =>
    readFileSync(file, 'utf8').includes('/support/runs.ts'),
  );

const CONTEXTS = 'test/integration/{alerts,health,incidents,integrations,oncall,paging,relay,status}/**';

const WORLDS = 'test/integration/{audit,aws,local-services,simulation}/**';

const projects: readonly TestProjectInlineConfiguration[] = [
  {
    extends: true,
    test: {
      name: 'pure',
      // Models and verbs without a world around them leave nothing behind, so their files share what they import.
      include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
      exclude: [LONG],
      isolate: false,
    },
  },
  {
    extends: true,
    test: {
      name: 'contexts',
      // Entries are given what they need, so their files share what they import, too.
      include: [`${CONTEXTS}/*.test.ts`],
      exclude: [LONG],
      isolate: false,
    },
  },
  {
    extends: true,
    test: {
      name: 'worlds',
      // Simulations and emulated services make a world of their own for each test.
      include: [`${WORLDS}/*.test.ts`],
      exclude: [LONG],
      isolate: false,
    },
  },
  {
    extends: true,
    test: {
      name: 'infra',
      // The library of the CDK takes seconds to load, so the files of a process share it.
      include: ['test/infra/**/*.test.ts'],
      exclude: [LONG],
      isolate: false,
      globalSetup: 'test/support/shared-assembly.ts',
    },
  },
  {
    extends: true,
    test: {
      name: 'whole',
      // What reads the environment, or runs the product as a whole, has a process of its own.
      include: ['test/{integration,scenario}/**/*.test.ts'],
      exclude: [CONTEXTS, WORLDS, LONG],
      globalSetup: 'test/support/shared-assembly.ts',
    },
  },
];

const long = (): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name: 'long', include: [LONG, ...sampled()], globalSetup: 'test/support/shared-assembly.ts' },
});

export default defineConfig(({ mode }) => ({
  test: {
    testTimeout: 60_000,
    // The hook of the first file that needs an assembly makes it.
    hookTimeout: 180_000,
    pool: 'forks',
    // One more than there are cores, because some tests wait.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: SlowestFirst },
    provide: { allRuns: mode === 'long' },
    projects: mode === 'long' ? [long()] : [...projects],
  },
}));
