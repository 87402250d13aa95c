import type { Plugin } from "vite";

/**
 * Writes every character outside ASCII as an escape. A classic script is read in the encoding of the page that loads it, and
 * pages in Shift_JIS or without a declared encoding are still about.
 */
export function asciiOnly(): Plugin {
  return {
    name: "iroiro-ascii",
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "chunk") chunk.code = chunk.code.replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
      }
    },
  };
}
