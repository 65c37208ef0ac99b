import { defineConfig } from 'vitest/config';

// Two projects: `unit` is what `npm run check` runs in seconds; `slow` starts sandboxes, installs
// packages and runs whole suites, and is part of `npm test` only.
export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: ['src/**/*.test.ts'], exclude: ['src/**/*.slow.test.ts'] },
      },
      {
        test: {
          name: 'slow',
          include: ['src/**/*.slow.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
    reporters: ['default'],
    maxWorkers: 2,
  },
});
