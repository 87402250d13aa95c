import { describe, expect, test } from "vitest";
import { Backoff } from "../src/shared/backoff.ts";
import { safeImage, safeLink, safeTel } from "../src/shared/links.ts";
import { highlight } from "../src/console/highlight.ts";
import { matchLocale, firstLocale, translator } from "../src/widget/words.ts";
import { transcriptText } from "../src/widget/transcript.ts";

describe("links that may leave the page", () => {
  test.each(["javascript:alert(1)", "http://example.org", "data:text/html,x", "//example.org", "", null, "vbscript:x", " javascript:alert(1)"])("not %s", (url) => {
    expect(safeLink(url)).toBeNull();
  });
  test("https only", () => expect(safeLink("https://example.org/a?b#c")).toBe("https://example.org/a?b#c"));
  test.each([
    ["044-200-1111", "tel:0442001111"],
    ["tel:110", "tel:110"],
    ["#7119", "tel:%237119"],
    ["+81 44 200 1111", "tel:+81442001111"],
  ])("%s is dialled as %s", (phone, tel) => expect(safeTel(phone)).toBe(tel));
  test.each(["call me", "javascript:alert(1)", "", null, "1"])("%s is no number", (phone) => expect(safeTel(phone)).toBeNull());
  test("pictures are ours or inline, never from elsewhere", () => {
    expect(safeImage("/api/chat/pictures/1.png", "https://city.example")).toBe("https://city.example/api/chat/pictures/1.png");
    expect(safeImage("//evil.example/x.png", "")).toBeNull();
    expect(safeImage("https://evil.example/x.png", "")).toBeNull();
    expect(safeImage("data:text/html,<script>", "")).toBeNull();
  });
});

describe("marking the words that raised the alarm", () => {
  test("spans count code points, so emoji and rare kanji before them do not shift them", () => {
    expect(highlight("😀𠮷消えたい。", [[2, 6]])).toEqual([
      { text: "😀𠮷", signal: null },
      { text: "消えたい", signal: 0 },
      { text: "。", signal: null },
    ]);
  });
  test("overlapping, empty and outlying spans lose no text", () => {
    for (const spans of [[[0, 3], [2, 5]], [[-4, 99]], [[3, 3]], [null], []] as ([number, number] | null)[][]) {
      expect(highlight("abcdef", spans).map((p) => p.text).join("")).toBe("abcdef");
    }
  });
});

describe("locales", () => {
  test.each([
    ["zh-TW", "zh-Hant"],
    ["zh-CN", "zh-Hans"],
    ["zh-Hant-HK", "zh-Hant"],
    ["fil-PH", "tl"],
    ["pt-PT", "pt"],
    ["ja-JP", "ja"],
    ["JA-EASY", "ja-easy"],
    ["sw", null],
  ])("%s is %s", (tag, locale) => expect(matchLocale(tag)).toBe(locale));
  test("the page's wish, then the browser's, then Japanese", () => {
    expect(firstLocale("ne", ["vi"])).toBe("ne");
    expect(firstLocale("xx", ["sw", "vi-VN"])).toBe("vi");
    expect(firstLocale(null, ["sw"])).toBe("ja");
  });
  test("a placeholder without a value stays visible", () => {
    const t = translator({ locale: "en", native_name: "", dir: "ltr", words: { a: "{n} of {m}" }, locales: [] });
    expect(t("a", { n: 1 })).toBe("1 of {m}");
  });
});

test("waits double up to a limit and never all return at once", () => {
  const slowest = new Backoff(500, 4_000, () => 0);
  expect([1, 2, 3, 4, 5].map(() => slowest.next())).toEqual([500, 1_000, 2_000, 4_000, 4_000]);
  const quickest = new Backoff(500, 4_000, () => 0.999999);
  expect(quickest.next()).toBe(250);
  slowest.reset();
  expect(slowest.next()).toBe(500);
});

test("the transcript has every kind of part as text", () => {
  const text = transcriptText(
    [
      { id: "1", seq: 1, author: "resident", sent_at: "2026-11-23T10:00:00Z", parts: [{ type: "text", text: "A?" }] },
      {
        id: "2",
        seq: 2,
        author: "machine",
        sent_at: "2026-11-23T10:00:01Z",
        parts: [
          { type: "ruby", runs: [{ text: "子", ruby: "こ" }, { text: "ども" }] },
          { type: "hotlines", urgent: [{ name: "P", phone: "110", tel: "110", hours: "24", open_now: true, languages: [] }], items: [] },
          { type: "facilities", items: [{ name: "F", address: "G" }] },
          { type: "image", url: "/x.png", alt: "curve" },
        ],
      },
      { id: "3", seq: 3, author: "resident", sent_at: "2026-11-23T10:00:02Z", erased: true, parts: [] },
    ],
    (key) => key,
  );
  for (const words of ["A?", "子ども", "P  110  24", "F  G", "curve", "removed"]) expect(text).toContain(words);
});
