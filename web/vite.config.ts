import { defineConfig } from 'vite';

/** Of the files of the console: each is named by its content, and none is written into another, as the content security policy wants. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // Cloudscape marks its components for servers, of which there is none here.
      onLog: (level, log, report) => void (log.code === 'MODULE_LEVEL_DIRECTIVE' || report(level, log)),
    },
    chunkSizeWarningLimit: 2000,
  },
});
