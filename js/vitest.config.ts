import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // as in the build: a style sheet is imported as text
  plugins: [
    {
      name: 'css-as-text',
      enforce: 'pre',
      resolveId: (id, from) =>
        id.endsWith('.css') && from
          ? `\0text:${new URL(id, `file://${from}`).pathname}.txt`
          : undefined,
      load: (id) =>
        id.startsWith('\0text:')
          ? `export default ${JSON.stringify(readFileSync(id.slice(6, -4), 'utf8'))}`
          : undefined
    }
  ],
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'] }
});
