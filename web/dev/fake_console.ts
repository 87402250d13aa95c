import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Message, Part, Status } from "../src/shared/types.ts";
import { Journal, readBody, reply } from "./http.ts";
import { hotlines } from "./samples.ts";

/** One resident's conversation as the fake keeps it. */
export interface Talk {
  id: string;
  token: string;
  code: string;
  locale: string;
  messages: Message[];
  journal: Journal;
  status: Status;
}

interface FakeCase {
  id: string;
  conversation_id: string;
  state: "waiting" | "assigned" | "resolved";
  version: number;
  level: string;
  category: string;
  priority: number;
  locale: string;
  channel: string;
  opened_at: string;
  waiting_since: string;
  assignee: { id: string; name: string } | null;
  lease_until: string | null;
  last_message_at: string;
  preview_locale: string;
  tags: string[];
  reason: string;
  transfer: { to: { id: string; name: string }; from: { id: string; name: string } } | null;
}

interface Staff {
  id: string;
  login: string;
  name: string;
  role: string;
  password: string;
}

const PHRASES = [
  { id: "hello-1", group: "はじめ", ja: "こんにちは。相談員の{name}です。書いてくれてありがとう。", slots: ["name"] },
  { id: "hello-2", group: "はじめ", ja: "ゆっくりで大丈夫です。話せることから教えてください。", slots: [] },
  { id: "safe-1", group: "安全の確認", ja: "今いる場所は安全ですか。", slots: [] },
  { id: "safe-2", group: "安全の確認", ja: "近くに、信頼できるおとなはいますか。", slots: [] },
  { id: "limit-1", group: "秘密の限界", ja: "あなたの安全を守るため、ほかの人に伝えることがあります。そのときは先にお話しします。", slots: [] },
  { id: "close-1", group: "おわり", ja: "{time}にまた声をかけます。", slots: ["time"] },
];

/** The staff API of docs/web.md from memory. */
export class FakeConsole {
  private readonly talks: Map<string, Talk>;
  private readonly say: (talk: Talk, message: Partial<Message> & { parts: Part[] }) => Message;
  private readonly journal = new Journal();
  private readonly cases = new Map<string, FakeCase>();
  private readonly notes = new Map<string, unknown[]>();
  private readonly assessments = new Map<string, unknown[]>();
  private readonly staff: Staff[] = [{ id: "s1", login: "demo", name: "佐藤 みどり", role: "administrator", password: "demo-demo-demo" }, { id: "s2", login: "tanaka", name: "田中 あおい", role: "counsellor", password: "demo-demo-demo" }];
  private readonly sessions = new Map<string, Staff>();
  private readonly audit: unknown[] = [];
  private readonly switches = ["all", "web", "line"].map((scope) => ({ scope, off: false, reason: "", by: null as string | null, at: null as string | null }));

  constructor(talks: Map<string, Talk>, say: (talk: Talk, message: Partial<Message> & { parts: Part[] }) => Message) {
    this.talks = talks;
    this.say = say;
  }

  open(talk: Talk, message: Message, level: string, category: string, match: RegExpExecArray): void {
    const now = new Date().toISOString();
    const id = randomUUID();
    const text = message.parts[0]?.type === "text" ? message.parts[0].text : "";
    this.cases.set(id, {
      id, conversation_id: talk.id, state: "waiting", version: 1, level, category, priority: 0, locale: talk.locale, channel: "web",
      opened_at: now, waiting_since: now, assignee: null, lease_until: null, last_message_at: now, preview_locale: talk.locale, tags: [], reason: "", transfer: null,
    });
    const at = [...text.slice(0, match.index)].length;
    this.assessments.set(id, [
      { message_id: message.id, level, category, created_at: now, signals: [{ id: randomUUID(), span: [at, at + [...match[0]].length], text: match[0], rule: "ja-suicide-12", why: "死にたい気持ちをはっきり述べている", locale: "ja", voice: "phrase", level, category }] },
    ]);
    this.changed(id);
    this.journal.add("alert", { case_id: id, level, category, locale: talk.locale });
  }

  relay(talk: Talk, message: Message): void {
    for (const c of this.cases.values()) if (c.conversation_id === talk.id) this.journal.add("message", { case_id: c.id, message });
  }

  private changed(id: string): void {
    this.journal.add("case", this.cases.get(id));
  }

  async handle(req: IncomingMessage, res: ServerResponse, path: string, url: URL): Promise<void> {
    const body = req.method === "POST" ? await readBody(req) : {};
    if (path === "/setup") {
      if (body["token"] !== "demo") return reply(res, 403, { error: "bad_token", message: "" });
      this.staff.push({ id: randomUUID(), login: String(body["login"]), name: String(body["name"]), role: "administrator", password: String(body["password"]) });
      return reply(res, 201, {});
    }
    if (path === "/login") {
      const who = this.staff.find((s) => s.login === body["login"] && s.password === body["password"]);
      if (!who) return reply(res, 401, { error: "bad_credentials", message: "" });
      const sid = randomUUID();
      this.sessions.set(sid, who);
      return reply(res, 200, {}, { "Set-Cookie": `fake=${sid}; Path=/; HttpOnly; SameSite=Strict` });
    }
    const me = this.sessions.get(/fake=([\w-]+)/.exec(req.headers.cookie ?? "")?.[1] ?? "");
    if (!me) return reply(res, 401, { error: "signed_out", message: "" });
    const person = { id: me.id, name: me.name };
    if (req.method === "POST") this.audit.unshift({ id: this.audit.length + 1, at: new Date().toISOString(), staff: me.name, action: path, object: "", detail: "" });
    if (path === "/me") return reply(res, 200, { ...person, login: me.login, role: me.role, csrf: "fake" });
    if (path === "/logout") return this.sessions.delete(/fake=([\w-]+)/.exec(req.headers.cookie ?? "")![1]!), reply(res, 204, null);
    if (path === "/events") return this.journal.stream(req, res, Number(url.searchParams.get("after") ?? 0));
    if (path === "/cases" ) return reply(res, 200, { seq: this.journal.seq, cases: [...this.cases.values()].filter((c) => c.state !== "resolved") });
    if (path === "/phrases") return reply(res, 200, PHRASES);
    if (path === "/hotlines") return reply(res, 200, hotlines(true));
    if (path === "/audit") return reply(res, 200, { entries: this.audit.slice(0, 50) });
    if (path === "/statistics") {
      const hour = { "09": 3, "22": 12, "23": 7 };
      const figures = { messages: 431, answered_by_machine: 366, cases: 22, never_claimed: 1, helpful: 120, not_helpful: 14, waits_s: { median: 48, p90: 400, longest: 1900 } };
      const cases = { cases_by_level: { high: 14, imminent: 3, none: 5 }, cases_by_category: { suicide_self_harm: 8, abuse: 6, requested: 5, bullying: 3 }, cases_by_locale: { ja: 15, vi: 4, en: 3 }, cases_by_hour: hour, cases_by_outcome: { helped: 15, referred: 5 }, waits: { "60": 13, "300": 5, "900": 2, more: 1 } };
      return reply(res, 200, { since: url.searchParams.get("since"), until: url.searchParams.get("until"), ...figures, ...cases, by_day: { "2026-11-22": 200, "2026-11-23": 231 }, by_hour: hour, by_locale: { ja: 300, vi: 80, en: 51 }, by_channel: { web: 331, line: 100 }, by_outcome: { answered: 350, clarified: 16, not_found: 30, crisis: 20, handed_over: 15 }, by_article: { "child-medical-subsidy": 90, "daycare-application": 41 } });
    }
    if (path === "/practice") {
      const both = (ja: string, en: string) => ({ ja, en });
      return reply(res, 200, { locales: ["ja", "en", "vi"], scenarios: [{ id: "suicidal_teen", level: "high", category: "suicide_self_harm", title: both("消えたいと書いた中学生", "A teenager who wants to disappear"), situation: both("夜、ひとりで部屋から書いています。", "Writes alone at night.") }, { id: "bullying", level: "concern", category: "bullying", title: both("いじめられている子ども", "A bullied child"), situation: both("学校で外されています。", "Left out at school.") }] });
    }
    if (path === "/practice/start") return reply(res, 200, { practice: true, state: "1", answer: { text: "Em chỉ muốn biến mất.", ja: "もう消えたい。" } });
    if (path === "/practice/say") return reply(res, 200, { practice: true, state: "2", said: { text: body["text"] ?? "Chào bạn.", ja: body["text"] ? null : "こんにちは。" }, answer: { text: "Em đang ở trong phòng.", ja: "いまは部屋にいる。" } });
    if (path === "/practice/end") {
      const told = (ja: string) => ({ ja, en: ja });
      return reply(res, 200, { practice: true, turns: 2, steps: [{ id: "safety", said: true, told: told("今の安全をはっきりたずねた") }, { id: "referral", said: false, told: told("電話・窓口・場所につないだ") }], mistakes: [{ id: "promised_secrecy", told: told("「だれにも言わない」と約束した。") }] });
    }
    if (path === "/translation") return reply(res, 200, { on: true, provider: "LibreTranslate" });
    if (path === "/switches") return reply(res, 200, { switches: this.switches });
    if (path.startsWith("/switches/")) {
      const one = this.switches.find((s) => s.scope === path.slice(10))!;
      if (!String(body["reason"]).trim()) return reply(res, 422, { error: "unprocessable", message: "reason" });
      return reply(res, 200, Object.assign(one, { off: body["off"], reason: body["reason"], by: me.name, at: new Date().toISOString() }));
    }
    if (path === "/presence") {
      this.journal.send("presence", { case_id: body["case_id"], staff: person, typing: body["typing"], viewing: body["case_id"] !== null });
      return reply(res, 204, null);
    }
    if (path === "/staff") {
      if (req.method === "POST") this.staff.push({ id: randomUUID(), ...(body as Omit<Staff, "id">) });
      return reply(res, 200, { staff: this.staff.map(({ password: _, ...s }) => ({ ...s, active: true, on_duty: [...this.sessions.values()].some((x) => x.id === s.id), cases: [...this.cases.values()].filter((c) => c.assignee?.id === s.id && c.state === "assigned").length, high: 0 })) });
    }
    if (path === "/cases/take-next") {
      const next = [...this.cases.values()].find((c) => c.state === "waiting");
      if (!next) return reply(res, 204, null);
      this.claim(next, person);
      return reply(res, 200, next);
    }
    const [, , id = "", action = "", sub = ""] = path.split("/");
    const found = this.cases.get(id);
    if (!found) return reply(res, path.startsWith("/alerts") ? 204 : 404, { error: "not_found", message: "" });
    const talk = [...this.talks.values()].find((t) => t.id === found.conversation_id)!;
    if (!action) {
      talk.journal.add("read", { by: "staff", up_to: talk.messages.at(-1)?.seq ?? 0 });
      return reply(res, 200, { case: found, messages: talk.messages, assessments: this.assessments.get(id), notes: this.notes.get(id) ?? [], resident: { locale: talk.locale, ward: "nakahara", age: null, channel: "web", id_masked: "W-3F…2A" }, earlier_cases: [], events: [] });
    }
    if ("version" in body && body["version"] !== found.version) return reply(res, 409, { error: "stale", case: found });
    const bump = (change: Partial<FakeCase>): void => {
      Object.assign(found, change, { version: found.version + 1 });
      this.changed(id);
    };
    switch (action) {
      case "claim":
        if (found.state !== "waiting") return reply(res, 409, { error: "taken", case: found });
        this.claim(found, person);
        return reply(res, 200, found);
      case "heartbeat":
        found.lease_until = new Date(Date.now() + 120_000).toISOString();
        return reply(res, 204, null);
      case "release":
        bump({ state: "waiting", assignee: null, lease_until: null });
        talk.status = { handling: "waiting", queue_position: 1, on_duty: true };
        talk.journal.add("status", talk.status);
        return reply(res, 200, found);
      case "resolve":
        bump({ state: "resolved" });
        talk.status = { handling: "machine" };
        talk.journal.add("status", talk.status);
        return reply(res, 200, found);
      case "transfer":
        if (!sub) bump({ transfer: { to: this.staff.find((s) => s.id === body["to"])!, from: person } });
        else if (sub === "accept") bump({ transfer: null, assignee: person });
        else bump({ transfer: null });
        return reply(res, 200, found);
      case "notes": {
        const note = { id: randomUUID(), author: me.name, text: body["text"], at: new Date().toISOString() };
        this.notes.set(id, [...(this.notes.get(id) ?? []), note]);
        this.journal.add("note", { case_id: id, note });
        return reply(res, 201, note);
      }
      case "tags":
        bump({ tags: body["tags"] as string[] });
        return reply(res, 200, found);
      case "read":
      case "mark":
        return reply(res, 204, null);
      case "translate":
        if (String(body["text"]).includes("失敗")) return reply(res, 502, { error: "translation_unreachable", message: "" });
        return reply(res, 200, { locale: found.locale, text: `Tôi ở đây. (${String(body["text"])})`, back: String(body["text"]), provider: "LibreTranslate" });
      case "messages": {
        if (sub) {
          const original = talk.messages.find((m) => m.id === sub)!;
          const translated = { ...original, translations: { [String(body["to"])]: "死にたいです。" } };
          this.journal.add("translation", { case_id: id, message: translated });
          return reply(res, 200, { case_id: id, message: translated });
        }
        if (found.assignee?.id !== me.id) return reply(res, 409, { error: "not_owner", case: found });
        const phrase = body["phrase"] as { id: string; slots: Record<string, string> } | undefined;
        const text = phrase ? PHRASES.find((p) => p.id === phrase.id)!.ja.replace(/\{(\w+)\}/g, (_, k: string) => phrase.slots[k] ?? "") : String(body["text"]);
        const message = this.say(talk, { author_name: me.name, client_id: body["client_id"] as string, parts: [...(body["translation"] ? [{ type: "text" as const, text: String(body["translation"]) }] : []), { type: "text", text }], translated: Boolean(body["translation"]) });
        this.journal.add("message", { case_id: id, message });
        return reply(res, 202, { message_id: message.id, seq: message.seq });
      }
      default:
        return reply(res, 404, { error: "not_found", message: "" });
    }
  }

  private claim(found: FakeCase, person: { id: string; name: string }): void {
    Object.assign(found, { state: "assigned", assignee: person, version: found.version + 1, lease_until: new Date(Date.now() + 120_000).toISOString() });
    this.changed(found.id);
    const talk = [...this.talks.values()].find((t) => t.id === found.conversation_id)!;
    talk.status = { handling: "human", assignee_name: person.name, on_duty: true };
    talk.journal.add("status", talk.status);
  }
}
