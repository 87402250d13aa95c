import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { parse } from "yaml";

const MODULE = "virtual:emergency-words";
const REPO = join(import.meta.dirname, "..", "..");

/** Keys of widget.yml a resident must be able to read when the gateway never answered. */
const KEYS = [
  "title",
  "hotlines_title",
  "emergency_police",
  "emergency_ambulance",
  "message_label",
  "send",
  "exit",
  "state_kept",
  "outage",
];

/** `nlu_data/<locale>/widget.yml` of every locale, cut to KEYS: what the widget says before it ever reached the gateway. */
export function readEmergencyWords(repo: string = REPO): Record<string, Record<string, string>> {
  const out: Record<string, Record<string, string>> = {};
  for (const locale of readdirSync(join(repo, "nlu_data")).sort()) {
    const file = join(repo, "nlu_data", locale, "widget.yml");
    if (locale.startsWith("_") || !existsSync(file)) continue;
    const words = (parse(readFileSync(file, "utf8")) as { widget?: Record<string, string> }).widget;
    if (!words) throw new Error(`${file}: the top key must be "widget"`);
    out[locale] = Object.fromEntries(KEYS.flatMap((key) => (words[key] ? [[key, words[key]]] : [])));
  }
  return out;
}

/** Serves `virtual:emergency-words`. */
export function emergencyWords(): Plugin {
  return {
    name: "iroiro-emergency-words",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: (id) => (id === `\0${MODULE}` ? `export default ${JSON.stringify(readEmergencyWords())}` : null),
  };
}
