import { defineConfig } from 'vite';

/** What the list does without. */
const LATER = /\/web\/(?:alarms|details|editor|events|maintenance|settings\/settings|texts\/fr)/;

// Vite takes its settings from a default export only.
// eslint-disable-next-line no-restricted-syntax
export default defineConfig({
  root: import.meta.dirname,
  // The page works below any path, so it knows none.
  base: './',
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // Every browser that knows light-dark() preloads modules by itself.
    modulePreload: { polyfill: false },
    license: { fileName: 'LICENSES.md' },
    rolldownOptions: {
      input: ['index.html', 'index.fr.html'].map((name) => `${import.meta.dirname}/${name}`),
      // What the list needs is one file; the rest is loaded when it is first shown.
      output: {
        codeSplitting: {
          groups: [{ name: 'page', test: (id) => !LATER.test(id), includeDependenciesRecursively: false }],
        },
      },
    },
  },
  // While one develops, the calls go to an application on its usual port.
  server: { proxy: { '/api': 'http://127.0.0.1:8082' } },
});
