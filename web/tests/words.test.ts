import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

const repo = join(import.meta.dirname, "..", "..");
const sources = readdirSync(join(repo, "web/src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.startsWith("widget") && name.endsWith(".ts"))
  .map((name) => readFileSync(join(repo, "web/src", name), "utf8"))
  .join("\n");
const template = (parse(readFileSync(join(repo, "nlu_data/_template/widget.yml"), "utf8")) as { widget: Record<string, string> }).widget;

test("every key of the template is used by the widget, and every key in use is in the template", () => {
  const literal = new Set([...sources.matchAll(/"([a-z]+(?:_[a-z]+)*)"/g)].map((m) => m[1]!));
  const composed = [...sources.matchAll(/`([a-z_]+_)\$\{/g)].map((m) => m[1]!);
  const byName = ["text_size_", "theme_"];
  const unused = Object.keys(template).filter((key) => !literal.has(key) && ![...composed, ...byName].some((prefix) => key.startsWith(prefix)));
  expect(unused).toEqual([]);
  const called = [...sources.matchAll(/\bt\(\s*"([a-z_]+)"/g)].map((m) => m[1]!);
  expect(called.filter((key) => !(key in template))).toEqual([]);
});

test.each(readdirSync(join(repo, "nlu_data")).filter((locale) => !locale.startsWith("_")))("%s has the template's placeholders in every word it has", (locale) => {
  let words: Record<string, string>;
  try {
    words = (parse(readFileSync(join(repo, "nlu_data", locale, "widget.yml"), "utf8")) as { widget: Record<string, string> }).widget;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // `iroiro check` reports missing files for all areas at once
    throw error;
  }
  const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort();
  for (const [key, text] of Object.entries(words)) {
    expect(template, key).toHaveProperty(key);
    expect(holes(text), `${locale} ${key}`).toEqual(holes(template[key]!));
  }
});
