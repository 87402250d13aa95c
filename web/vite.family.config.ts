import { resolve } from "node:path";
import { defineConfig } from "vite";
import { asciiOnly } from "./build/ascii.ts";
import { budget } from "./build/budget.ts";
import { designTokens } from "./build/tokens.ts";
import { emergencyWords } from "./build/emergency.ts";

/** family.js: one module that the chat loads when the family screen is first opened. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [designTokens(), emergencyWords(), asciiOnly(), budget(30 * 1024)],
  publicDir: false,
  build: {
    target: "es2022",
    emptyOutDir: false,
    lib: { entry: resolve(import.meta.dirname, "src/family/main.ts"), formats: ["es"], fileName: () => "family.js" },
  },
});
