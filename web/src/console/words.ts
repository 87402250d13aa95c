import en from "./words/en.json";
import ja from "./words/ja.json";

export type Language = "ja" | "en";
export type Key = keyof typeof ja;
export type Say = (key: string, values?: Record<string, string | number>) => string;

const BOOKS: Record<Language, Record<string, string>> = { ja, en };

/** The words of staff in one language; a key that is missing shows itself. */
export function words(language: Language): Say {
  const book = BOOKS[language];
  return (key, values) => (book[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values?.[name] ?? whole));
}

/** "4 min", "2 h 05": how long ago an instant was; never negative. */
export function since(iso: string | null | undefined, now: number, say: Say): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(iso ?? "")) / 60_000));
  if (!Number.isFinite(minutes)) return "";
  if (minutes < 1) return say("just_now");
  if (minutes < 60) return say("minutes", { n: minutes });
  if (minutes < 48 * 60) return say("hours", { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, "0") });
  return say("days", { n: Math.floor(minutes / 1440) });
}

export function clock(iso: string, language: Language): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const today = at.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", ...(today ? {} : { month: "numeric", day: "numeric" }) }).format(at);
}
