import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const CALL = /\btoken\("([a-z0-9-]+)"\)/g;

/**
 * Replaces `token("color-primitive-cyan-900")` by the value published in `@digital-go-jp/design-tokens`, so that the
 * bundle carries only the tokens in use and an unknown name stops the build.
 */
export function designTokens(): Plugin {
  const file = createRequire(import.meta.url).resolve("@digital-go-jp/design-tokens/dist/tokens.css");
  const values = new Map<string, string>();
  for (const [, name, value] of readFileSync(file, "utf8").matchAll(/--([a-z0-9-]+):\s*([^;]+);/g)) {
    if (name && value) values.set(name, value);
  }
  const look = (name: string, from: string): string => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${from}: no design token named "${name}"; see ${file}`);
    const alias = /^var\(--([a-z0-9-]+)\)$/.exec(value)?.[1];
    return alias ? look(alias, from) : value;
  };
  return {
    name: "iroiro-design-tokens",
    transform(code, id) {
      if (!id.includes("/src/") || !code.includes("token(")) return null;
      return { code: code.replace(CALL, (_, name: string) => JSON.stringify(look(name, id))), map: null };
    },
  };
}
