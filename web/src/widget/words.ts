/** The answer of GET /words/{locale}. */
export interface WordsFile {
  locale: string;
  native_name: string;
  dir: "ltr" | "rtl";
  words: Record<string, string>;
  locales: { tag: string; native_name: string }[];
}

export type Translate = (key: string, values?: Record<string, string | number>) => string;

export function translator({ words }: WordsFile): Translate {
  return (key, values) => (words[key] ?? "").replace(/\{(\w+)\}/g, (whole, name: string) => String(values?.[name] ?? whole));
}

const LOCALES = ["ja", "ja-easy", "en", "zh-Hans", "zh-Hant", "ko", "vi", "tl", "ne", "pt", "es", "id", "th"];

/** The locale to begin with: what the page asked for, else the browser's first language we speak, else Japanese. */
export function firstLocale(asked: string | null | undefined, browser: readonly string[]): string {
  for (const tag of asked ? [asked, ...browser] : browser) {
    const found = matchLocale(tag);
    if (found) return found;
  }
  return "ja";
}

/** Our locale for a browser's language tag, or null: "zh-TW" → zh-Hant, "fil-PH" → tl, "pt-PT" → pt. */
export function matchLocale(tag: string): string | null {
  const exact = LOCALES.find((l) => l.toLowerCase() === tag.toLowerCase());
  if (exact) return exact;
  const [language, ...rest] = tag.toLowerCase().split("-");
  if (language === "zh") return rest.some((r) => ["hant", "tw", "hk", "mo"].includes(r)) ? "zh-Hant" : "zh-Hans";
  if (language === "fil") return "tl";
  return LOCALES.find((l) => l === language) ?? null;
}

/** Tag for `lang` attributes and Intl: a register of Japanese is Japanese to a screen reader. */
export function langTag(locale: string): string {
  return { "ja-easy": "ja", tl: "fil", pt: "pt-BR", es: "es-419" }[locale] ?? locale;
}
