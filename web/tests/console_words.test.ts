import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "../src/console/words/en.json";
import ja from "../src/console/words/ja.json";

const folder = join(import.meta.dirname, "..", "src", "console");
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .join("\n");

test("Japanese and English have the same keys with the same placeholders", () => {
  const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort();
  expect(Object.keys(en)).toEqual(Object.keys(ja));
  for (const key of Object.keys(ja) as (keyof typeof ja)[]) expect(holes(en[key]), key).toEqual(holes(ja[key]));
});

test("every key that is called exists", () => {
  const called = [...sources.matchAll(/\bt\(\s*"([a-z0-9_]+)"/g)].map((m) => m[1]!);
  expect(called.filter((key) => !(key in ja))).toEqual([]);
});

test("every level, state, role, outcome, ward and category of the vocabulary has words", () => {
  const vocabulary = readFileSync(join(folder, "../../../bot/vocabulary.py"), "utf8");
  const members = (name: string): string[] => {
    const body = new RegExp(`class ${name}\\(.*?\\):([\\s\\S]*?)(?=\\n\\n\\n|$)`).exec(vocabulary)![1]!;
    return [...body.matchAll(/^ {4}(\w+) = /gm)].map((m) => m[1]!);
  };
  const wards = [...(/WARDS.*?= \((.*?)\)/s.exec(vocabulary)![1]!.matchAll(/"(\w+)"/g))].map((m) => m[1]!);
  const wanted = [
    ...members("RiskLevel").map((x) => `level_${x}`),
    ...members("Category").map((x) => `category_${x}`),
    ...members("CaseState").map((x) => `state_${x}`),
    ...members("Role").map((x) => `role_${x}`),
    ...wards.map((x) => `ward_${x}`),
  ];
  expect(wanted.length).toBeGreaterThan(25);
  expect(wanted.filter((key) => !(key in ja))).toEqual([]);
});
