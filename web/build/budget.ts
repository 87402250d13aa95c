import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Prints the gzip size of every script of the bundle and stops the build when one is over `bytes`. */
export function budget(bytes: number): Plugin {
  return {
    name: "iroiro-budget",
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        const size = gzipSync(chunk.code, { level: 9 }).length;
        console.log(`${chunk.fileName}: ${(size / 1024).toFixed(1)} kB gzip of ${bytes / 1024}`);
        if (size > bytes) this.error(`${chunk.fileName} is over its budget; see docs/web.md, "Size"`);
      }
    },
  };
}
