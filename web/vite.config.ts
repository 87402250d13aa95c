import { resolve } from "node:path";
import { defineConfig } from "vite";
import { designTokens } from "./build/tokens.ts";
import { emergencyWords } from "./build/emergency.ts";
import { fakeServer } from "./dev/plugin.ts";

/** Everything but the widget script: the resident's page and the staff console. `vite.widget.config.ts` adds widget.js. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [designTokens(), emergencyWords(), ...(process.env.FAKE_GATEWAY ? [fakeServer()] : [])],
  server: {
    host: "127.0.0.1",
    port: Number(process.env.WEB_PORT ?? 5173),
    proxy: process.env.FAKE_GATEWAY ? undefined : { "/api": process.env.GATEWAY_URL ?? "http://127.0.0.1:8000" },
  },
  preview: { host: "127.0.0.1", port: Number(process.env.WEB_PORT ?? 4173), strictPort: true },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { index: resolve(import.meta.dirname, "index.html"), console: resolve(import.meta.dirname, "console.html") },
    },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);
