import { resolve } from "node:path";
import { defineConfig } from "vite";
import { asciiOnly } from "./build/ascii.ts";
import { budget } from "./build/budget.ts";
import { designTokens } from "./build/tokens.ts";
import { emergencyWords } from "./build/emergency.ts";

/** widget.js: one classic script, nothing else to load. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [designTokens(), emergencyWords(), asciiOnly(), budget(40 * 1024)],
  publicDir: false,
  build: {
    target: "es2022",
    emptyOutDir: false,
    lib: {
      entry: resolve(import.meta.dirname, "src/widget/main.ts"),
      formats: ["iife"],
      name: "iroiro",
      fileName: () => "widget.js",
    },
  },
});
