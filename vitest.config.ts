import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './test/support/slowest-first.ts';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // The hook of the first file that needs an assembly makes it.
    hookTimeout: 180_000,
    pool: 'forks',
    // Vitest leaves a core to itself, which it hardly uses.
    maxWorkers: '100%',
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          // Models and verbs without a world around them leave nothing behind, so their files share what they import.
          include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'contexts',
          // Entries are given what they need, so their files share what they import, too.
          include: ['test/integration/{alerts,health,incidents,integrations,oncall,paging,relay}/**/*.test.ts'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          // What reads the environment, or runs the product as a whole, has a process of its own.
          include: ['test/{infra,scenario}/**/*.test.ts', 'test/integration/**/*.test.ts'],
          exclude: ['test/integration/{alerts,health,incidents,integrations,oncall,paging,relay}/**'],
          globalSetup: 'test/support/shared-assembly.ts',
        },
      },
    ],
  },
});
