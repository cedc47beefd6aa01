import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const outDir = fileURLToPath(new URL('./dist/renderer', import.meta.url));
/** Where `vite` finds a panel while the interface is being worked on. */
const developmentPanel = `http://127.0.0.1:${process.env.CATALYST_PORT ?? 3000}`;

// Served from another folder than `/` with `vite build --base /folder/`: every address follows import.meta.env.BASE_URL.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: 'src/renderer/public',
  plugins: [react(), compressed()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the page allows no data: scripts, and small files compress better inside a chunk's neighbours.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': developmentPanel,
      '/health': developmentPanel,
      '/socket.io': { target: developmentPanel, ws: true },
    },
  },
});

/** Writes `.br` and `.gz` beside every text file, so that the panel never compresses while someone waits. */
function compressed(): Plugin {
  return {
    name: 'compressed-siblings',
    apply: 'build',
    closeBundle() {
      for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|html|svg|json)$/.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const content = readFileSync(file);
        if (content.length < 1024) continue;
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(
          `${file}.br`,
          brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
        );
      }
    },
  };
}
