import { defineConfig } from 'vitest/config';
import { TestNotes } from './scripts/test-notes.js';

// Unit tests live beside the code as *.test.ts; tests that start real services or a browser live in e2e/.
/** A machine that stalls once in thousands of tests should not keep a change from landing: what needed it is listed at the end. */
const retry = 1;

/** They close the firewall of the machine, beside which nothing else can be reached. */
const closing = ['src/firewall/*.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', new TestNotes()],
    projects: [
      ...['shared', 'panel-server', 'agent', 'desktop'].map((name) => ({
        test: {
          name,
          root: `./${name}`,
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: name === 'agent' ? closing : [],
          globalSetup: name === 'panel-server' ? ['src/testing/start-postgres.ts'] : [],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          retry,
        },
      })),
      {
        test: {
          name: 'agent-alone',
          root: './agent',
          include: closing,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          retry,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          root: './e2e',
          include: ['specs/**/*.spec.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          retry,
          fileParallelism: false,
          // Browsers and games have the machine to themselves, after everything else.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
