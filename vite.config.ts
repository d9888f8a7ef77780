import preact from '@preact/preset-vite'
import { defineConfig } from 'vite'

/** The board only: edge, cloud and simulators run as they are. Everything stays on our own origin, nothing is inlined. */
export default defineConfig({
  root: 'cloud/board',
  base: '/',
  plugins: [preact({ devToolsEnabled: false })],
  build: {
    outDir: '../../dist/board',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows no data: URL and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/socket.io': { target: 'ws://127.0.0.1:8080', ws: true } } },
})
