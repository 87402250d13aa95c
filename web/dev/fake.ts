import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { parse } from "yaml";
import type { Message, Part, Status } from "../src/shared/types.ts";
import { FakeConsole, type Talk } from "./fake_console.ts";
import { Journal, readBody, reply, type Next } from "./http.ts";
import { SAMPLES, hotlines } from "./samples.ts";

const NATIVE: Record<string, string> = {
  ja: "日本語",
  "ja-easy": "やさしい日本語",
  en: "English",
  "zh-Hans": "简体中文",
  "zh-Hant": "繁體中文",
  ko: "한국어",
  vi: "Tiếng Việt",
  tl: "Filipino",
  ne: "नेपाली",
  pt: "Português",
  es: "Español",
  id: "Bahasa Indonesia",
  th: "ไทย",
};

const SOS = /死|消えたい|help me|kill|殴|たすけて|助けて/i;
const PERSON = /人と話|person|相談員/i;

/** The resident API of docs/web.md from memory; `fault` (POST /api/dev/fault {mode}) makes it misbehave on purpose. */
export function createFakeGateway(): (req: IncomingMessage, res: ServerResponse, next: Next) => void {
  const talks = new Map<string, Talk>();
  const console_ = new FakeConsole(talks, (talk, message) => say(talk, "staff", message));
  let fault: "none" | "outage" | "down" = "none";

  function say(talk: Talk, author: Message["author"], extra: Partial<Message> & { parts: Part[] }): Message {
    const message: Message = {
      id: randomUUID(),
      seq: talk.journal.seq + 1,
      author,
      sent_at: new Date().toISOString(),
      locale: talk.locale,
      ...extra,
    };
    talk.messages.push(message);
    talk.journal.add("message", message);
    return message;
  }

  function setStatus(talk: Talk, status: Status): void {
    talk.status = status;
    talk.journal.add("status", status);
  }

  function answer(talk: Talk, from: Message, text: string): void {
    talk.journal.send("typing", { author: "machine", typing: true });
    setTimeout(() => {
      if (talk.status.handling === "human") return;
      talk.journal.add("read", { by: "machine", up_to: from.seq });
      if (SOS.test(text)) {
        say(talk, "machine", {
          parts: [{ type: "text", text: "話してくれて、ありがとうございます。ひとりで抱えなくて大丈夫です。今すぐ話せるところがあります。相談員にもつないでいます。" }, hotlines(true)],
        });
        console_.open(talk, from, "imminent", "suicide_self_harm", SOS.exec(text)!);
        setStatus(talk, { handling: "waiting", queue_position: 1, wait_minutes: 4, on_duty: true });
      } else if (PERSON.test(text)) {
        say(talk, "machine", { parts: [{ type: "text", text: "相談員におつなぎします。" }] });
        console_.open(talk, from, "concern", "distress", PERSON.exec(text)!);
        setStatus(talk, { handling: "waiting", queue_position: 2, wait_minutes: 12, on_duty: false, next_open: "2026-11-24T09:00:00+09:00" });
      } else {
        const key = Object.keys(SAMPLES).find((k) => text.includes(k)) ?? "";
        say(talk, "machine", SAMPLES[key] ?? SAMPLES["医療"]!);
      }
    }, 250);
  }

  async function resident(req: IncomingMessage, res: ServerResponse, path: string, url: URL): Promise<void> {
    if (fault === "down") return void req.socket.destroy();
    if (path.startsWith("/words/")) return reply(res, 200, words(path.slice(7)));
    if (path === "/hotlines") return reply(res, 200, hotlines(true));
    if (fault === "outage" && req.method === "POST") return reply(res, 503, { error: "unavailable", message: "the database is down" });
    const body = req.method === "POST" ? await readBody(req) : {};
    if (path === "/conversations") {
      const talk: Talk = {
        id: randomUUID(),
        token: randomUUID(),
        code: `${randomUUID().slice(0, 4)}-${randomUUID().slice(0, 4)}`.toUpperCase(),
        locale: ((body["locale"] ?? body["locale_hint"]) as string) ?? "ja",
        messages: [],
        journal: new Journal(),
        status: { handling: "machine" },
      };
      talks.set(talk.token, talk);
      return reply(res, 201, { conversation: talk.id, token: talk.token, resume_code: talk.code });
    }
    if (path === "/resume") {
      const found = [...talks.values()].find((t) => t.code === String(body["code"]).toUpperCase());
      if (!found) return reply(res, 404, { error: "unknown_code", message: "" });
      return reply(res, 200, { conversation: found.id, token: found.token, resume_code: found.code });
    }
    const talk = talks.get((req.headers.authorization ?? "").replace("Bearer ", ""));
    if (!talk) return reply(res, 401, { error: "bad_token", message: "" });
    switch (path) {
      case "/messages": {
        const again = talk.messages.find((m) => m.client_id === body["client_id"]);
        if (again) return reply(res, 200, { message_id: again.id, seq: again.seq });
        const text = String(body["text"] ?? "📍");
        if (text.length > 5000) return reply(res, 413, { error: "too_long", message: "" });
        const message = say(talk, "resident", { client_id: body["client_id"] as string, parts: [{ type: "text", text }] });
        if (talk.status.handling === "human") console_.relay(talk, message);
        else answer(talk, message, text);
        return reply(res, 202, { message_id: message.id, seq: message.seq });
      }
      case "/events":
        return talk.journal.stream(req, res, Number(url.searchParams.get("after") ?? 0));
      case "/locale":
        talk.locale = String(body["locale"]);
        talk.journal.add("locale", { locale: talk.locale });
        return reply(res, 204, null);
      default:
        return reply(res, path === "/feedback" || path === "/typing" ? 204 : 404, { error: "not_found", message: "" });
    }
  }

  return (req, res, next) => {
    const url = new URL(req.url ?? "/", "http://fake");
    const run = async (): Promise<void> => {
      if (url.pathname === "/api/dev/fault") {
        fault = (await readBody(req))["mode"] as typeof fault;
        if (fault === "down") for (const talk of talks.values()) talk.journal.cut();
        return reply(res, 204, null);
      }
      if (url.pathname.startsWith("/api/chat")) return resident(req, res, url.pathname.slice(9), url);
      if (url.pathname.startsWith("/api/console")) return console_.handle(req, res, url.pathname.slice(12), url);
      if (url.pathname === "/console") req.url = `/console.html${url.search}`;
      next();
    };
    run().catch((error: unknown) => reply(res, 500, { error: "fake", message: String(error) }));
  };
}

function words(locale: string): unknown {
  const read = (tag: string): Record<string, string> =>
    (parse(readFileSync(join(import.meta.dirname, "../../nlu_data", tag, "widget.yml"), "utf8")) as { widget: Record<string, string> }).widget;
  let map: Record<string, string>;
  try {
    map = read(locale);
  } catch {
    map = read("en");
  }
  return { locale, native_name: NATIVE[locale] ?? locale, dir: "ltr", words: map, locales: Object.entries(NATIVE).map(([tag, native_name]) => ({ tag, native_name })) };
}
