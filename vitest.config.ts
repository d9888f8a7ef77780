import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/journeys/**', 'test/browser/**', 'test/contracts/**', 'test/security/**'],
          // Every processor: by itself Vitest would leave one of them out, which is half of two.
          maxWorkers: '100%',
          // What they test keeps no state of its own in a module, so files may share what was imported: half the work.
          isolate: false,
          testTimeout: 90_000,
        },
      },
      {
        // Real servers, ptys, processes and browsers: one file at a time, so that they do not starve each other.
        test: {
          name: 'real',
          include: [
            'test/contracts/**/*.test.ts',
            'test/journeys/**/*.test.ts',
            'test/security/**/*.test.ts',
            'test/browser/**/*.test.ts',
          ],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
