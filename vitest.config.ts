import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/journeys/**', 'test/browser/**', 'test/contracts/**', 'test/security/**'],
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
