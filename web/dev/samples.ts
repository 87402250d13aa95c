import type { HotlinesPart, Message, Part } from "../src/shared/types.ts";

/** Made-up answers of every kind of part, to look at; the real ones come from the knowledge base. */
export const SAMPLES: Record<string, Partial<Message> & { parts: Part[] }> = {
  医療: {
    parts: [
      {
        type: "article",
        id: "sample-subsidy",
        title: "見本：小児医療費の助成",
        summary: "お子さんの医療費の自己負担分を、市が助成します。",
        blocks: [
          { type: "paragraph", runs: [{ text: "対象は市内に住む" }, { text: "18歳まで", bold: true }, { text: "のお子さんです。" }] },
          { type: "heading", runs: [{ text: "申し込み" }] },
          { type: "list", items: [[{ text: "健康保険の情報がわかるもの" }], [{ text: "保護者の本人確認書類" }], [{ text: "区役所の窓口、または郵送" }]] },
        ],
        sources: [{ label: "川崎市ホームページ", url: "https://www.city.kawasaki.jp/", date: "2026-09" }],
        as_of: "2026-11-23",
        to_confirm: true,
        offices: [{ name: "見本の区役所 児童家庭課", phone: "044-000-0000", tel: "0440000000" }],
      },
    ],
    choices: [
      { payload: "/next{\"topic\":\"apply\"}", label: "申し込みかた" },
      { payload: "/next{\"topic\":\"documents\"}", label: "必要な書類" },
      { payload: "/talk", label: "人と話したい" },
    ],
  },
  近く: {
    parts: [
      { type: "text", text: "どの区でお探しですか。" },
      {
        type: "facilities",
        items: [
          {
            name: "見本の子育て支援センター",
            address: "中原区見本町1-2-3",
            phone: "044-000-0001",
            tel: "0440000001",
            hours: "9:00–16:00",
            open_now: true,
            map_url: "https://www.openstreetmap.org/",
            distance_m: 640,
          },
          { name: "見本のこども文化センター", address: "中原区見本町4-5", hours: "9:30–21:00", open_now: false, map_url: "https://www.openstreetmap.org/", distance_m: 1480 },
        ],
      },
    ],
    input: "ward",
  },
  健診: {
    parts: [
      { type: "ruby", runs: [{ text: "お" }, { text: "子", ruby: "こ" }, { text: "さんの" }, { text: "年齢", ruby: "ねんれい" }, { text: "を" }, { text: "教", ruby: "おし" }, { text: "えてください。" }] },
    ],
    input: "age",
  },
  予防: {
    parts: [
      { type: "text", text: "お子さんの生まれた日を教えてください。" },
      { type: "image", url: "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='320' height='120'%3E%3Crect width='320' height='120' fill='%23e9f7f9'/%3E%3Cpath d='M10 100 Q120 40 310 20' stroke='%23006173' fill='none' stroke-width='3'/%3E%3C/svg%3E", alt: "見本の図" },
    ],
    input: "date",
  },
};

export function hotlines(urgent: boolean): HotlinesPart {
  return {
    type: "hotlines",
    urgent: urgent
      ? [
          { name: "警察", phone: "110", tel: "110", hours: "24時間", open_now: true, languages: ["ja"] },
          { name: "救急・消防", phone: "119", tel: "119", hours: "24時間", open_now: true, languages: ["ja"] },
        ]
      : [],
    items: [
      { name: "見本の子ども電話", phone: "0120-000-000", tel: "0120000000", hours: "毎日 16:00–21:00", open_now: true, languages: ["ja"], note: "無料。名前を言わなくても話せます。", url: "https://example.org/" },
      { name: "見本の夜間相談", phone: "044-000-0002", tel: "0440000002", hours: "平日 9:00–17:00", open_now: false, languages: ["ja", "en"] },
    ],
  };
}
