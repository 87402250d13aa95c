import emergency from "virtual:emergency-words";
import { Api, ApiError } from "../shared/api.ts";
import { newId } from "../shared/id.ts";
import { EventStream, type LinkState } from "../shared/stream.ts";
import type { HotlinesPart, ServerEvent } from "../shared/types.ts";
import { Outbox, type Receipt, type Trouble } from "./outbox.ts";
import { EMPTY, apply, type ChatState } from "./state.ts";
import type { Prefs, Queued, Session, Store } from "./storage.ts";
import { firstLocale, translator, type Translate, type WordsFile } from "./words.ts";

export interface ChatOptions {
  /** Origin of the gateway, without a slash at the end. */
  origin: string;
  store: Store;
  /** Something to show has changed. */
  onChange: () => void;
  /** Another tab made a quick exit. */
  onExit: () => void;
  locale?: string | null;
  ward?: string | null;
}

type Whisper = "session" | "outbox" | "prefs" | "exit";

/** One conversation as the browser holds it: network, queue, settings. Knows nothing of the screen. */
export class Chat {
  state: ChatState = EMPTY;
  queue: Queued[] = [];
  link: LinkState = "idle";
  trouble: Trouble | null = null;
  prefs: Prefs = {};
  session: Session | null = null;
  words: WordsFile;
  hotlines: HotlinesPart | null = null;
  readonly origin: string;
  /** Message ids with feedback given in this page: "yes", "no", or "said" once the missing part was written. */
  feedback = new Map<string, "yes" | "no" | "said">();

  private readonly options: ChatOptions;
  private readonly api: Api;
  private readonly stream: EventStream;
  private readonly outbox: Outbox;
  private readonly channel: BroadcastChannel | null;
  private wanted = "";
  private wordsTimer: ReturnType<typeof setTimeout> | undefined;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ChatOptions) {
    this.options = options;
    this.origin = options.origin;
    const locale = firstLocale(options.locale, navigator.languages);
    this.words = { locale, native_name: "", dir: "ltr", words: emergency[locale] ?? emergency["ja"] ?? {}, locales: [] };
    this.api = new Api({
      base: `${options.origin}/api/chat`,
      headers: (): Record<string, string> => (this.session ? { Authorization: `Bearer ${this.session.token}` } : {}),
    });
    this.stream = new EventStream({
      api: this.api,
      after: () => this.state.seq,
      query: () => (this.furigana ? "&ruby=1" : ""),
      onEvent: (event) => this.onEvent(event),
      onState: (state) => {
        this.link = state;
        if (state === "live") void this.outbox.drain();
        options.onChange();
      },
      onRefused: () => void this.forgetSession(),
    });
    this.outbox = new Outbox({
      store: options.store,
      post: (entry) => this.post(entry),
      renew: () => this.forgetSession(),
      alone,
      onChange: () => void this.reloadQueue(true),
      onTrouble: (trouble) => {
        this.trouble = trouble;
        if (!trouble) this.stream.nudge(); // the server just took a message, so it is there again
        options.onChange();
      },
    });
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("iroiro") : null;
    this.channel?.addEventListener("message", (event) => this.onWhisper(event.data as Whisper));
  }

  get t(): Translate {
    return translator(this.words);
  }

  async start(): Promise<void> {
    const { store } = this.options;
    this.prefs = (await store.get<Prefs>("prefs")) ?? {};
    this.session = (await store.get<Session>("session")) ?? null;
    this.queue = await store.queue();
    addEventListener("online", this.onOnline);
    const locale = this.prefs.chosen && this.prefs.locale ? this.prefs.locale : firstLocale(this.options.locale ?? this.prefs.locale, navigator.languages);
    await this.loadWords(locale);
    if (this.session) this.stream.start();
    if (this.queue.length > 0) void this.outbox.drain();
    this.options.onChange();
  }

  stop(): void {
    removeEventListener("online", this.onOnline);
    this.stream.stop();
    this.outbox.stop();
    this.channel?.close();
    clearTimeout(this.wordsTimer);
  }

  /** Token of the conversation; one is begun where there is none. For screens that speak to the service themselves. */
  async token(): Promise<string> {
    if (!this.session) await this.begin();
    return this.session!.token;
  }

  /** Keeps the message on the device, shows it, and sends it as soon as that is possible. */
  async send(what: Pick<Queued, "text" | "payload" | "location">, shown: string): Promise<void> {
    await this.options.store.enqueue({ ...what, shown, client_id: newId(), queued_at: new Date().toISOString() });
    await this.reloadQueue(true);
    void this.outbox.drain();
  }

  /** Takes a refused message off the queue and gives its words back for editing. */
  async takeBack(entry: Queued): Promise<string> {
    await this.options.store.remove(entry.client_id);
    await this.reloadQueue(true);
    return entry.text ?? "";
  }

  /** Readings above kanji: by the resident's switch, else with easy Japanese. */
  get furigana(): boolean {
    return this.prefs.furigana ?? this.words.locale === "ja-easy";
  }

  async setPrefs(change: Partial<Prefs>): Promise<void> {
    const before = this.furigana;
    this.prefs = { ...this.prefs, ...change };
    if (this.furigana && !before) this.readAgain();
    await this.options.store.set("prefs", this.prefs);
    this.whisper("prefs");
    this.options.onChange();
  }

  /** Fetches the talk from its beginning: readings are only sent to pages that show them. */
  private readAgain(): void {
    if (!this.session) return;
    this.stream.stop();
    this.state = EMPTY;
    this.stream.start();
  }

  /** The resident's own choice of language: detection does not change it any more. */
  async chooseLocale(locale: string): Promise<void> {
    const before = this.furigana;
    await this.setPrefs({ locale, chosen: true });
    await this.loadWords(locale);
    if (this.furigana && !before) this.readAgain();
    if (this.session) await this.api.post("/locale", { locale }).catch(() => undefined);
  }

  /** Continues a conversation by its code. Throws ApiError: 404/422 wrong code, 429 too many tries. */
  async resume(code: string): Promise<void> {
    const session = await this.api.post<Session>("/resume", { code: code.trim() });
    this.stream.stop();
    this.state = EMPTY;
    await this.adopt(session);
  }

  /** Is this talk on LINE as well? */
  async linked(): Promise<boolean> {
    if (!this.session) return false;
    return (await this.api.get<{ linked: boolean }>("/link")).linked;
  }

  /** A code to type in LINE. Starts a conversation where there is none yet. */
  async linkCode(): Promise<{ code: string; minutes: number }> {
    if (!this.session) await this.begin();
    return this.api.post<{ code: string; minutes: number }>("/link-code", {});
  }

  /** Goes on with the LINE talk whose code this is. Throws ApiError: 404/422 wrong code, 409 staff are in this talk, 429 too many tries. */
  async openLine(code: string): Promise<void> {
    if (!this.session) await this.begin();
    const session = await this.api.post<Session>("/link", { code: code.trim(), consent: true });
    this.stream.stop();
    this.state = EMPTY;
    await this.adopt(session);
  }

  async unlink(): Promise<void> {
    await this.api.post("/unlink", {});
  }

  async giveFeedback(messageId: string, helpful: boolean, missing?: string): Promise<void> {
    this.feedback.set(messageId, missing ? "said" : helpful ? "yes" : "no");
    this.options.onChange();
    await this.api.post("/feedback", { message_id: messageId, helpful, ...(missing ? { missing } : {}) }).catch(() => undefined);
  }

  /** Tells that the resident is writing; never what. */
  tellTyping(): void {
    if (!this.session || this.typingTimer || this.state.status?.handling !== "human") return;
    this.typingTimer = setTimeout(() => (this.typingTimer = undefined), 4_000);
    void this.api.post("/typing", { typing: true }).catch(() => undefined);
  }

  async transcript(): Promise<{ blob: Blob; name: string } | null> {
    try {
      const response = await this.api.raw("GET", "/transcript", { signal: AbortSignal.timeout(15_000) });
      const name = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
      return { blob: await response.blob(), name: name ?? "iroiro.txt" };
    } catch {
      return null;
    }
  }

  draft(): Promise<string | undefined> {
    return this.options.store.get<string>("draft");
  }

  keepDraft(text: string): Promise<void> {
    return this.options.store.set("draft", text || undefined);
  }

  /** Forgets everything on this device, in every tab. The case, if there is one, stays open with the counsellors. */
  async erase(): Promise<void> {
    this.whisper("exit");
    this.stop();
    // Without its worker no notification of ours appears on this device any more.
    void globalThis.navigator.serviceWorker?.getRegistration("/push-worker.js").then((worker) => worker?.unregister());
    await this.options.store.erase();
  }

  private readonly onOnline = (): void => {
    this.stream.nudge();
    void this.outbox.drain();
  };

  private onEvent(event: ServerEvent): void {
    if (event.kind === "reset") {
      this.stream.stop();
      this.state = EMPTY;
      this.stream.start();
      return;
    }
    const before = this.state;
    this.state = apply(before, event);
    if (this.state === before) return;
    if (event.kind === "message") void this.settle(event.data as { author: string; client_id?: string | null });
    const { locale } = this.state;
    if (locale && locale !== before.locale && !this.prefs.chosen && locale !== this.words.locale) void this.loadWords(locale);
    this.options.onChange();
  }

  /** The server has shown a message back: it need not be kept on the device any longer. */
  private async settle(message: { author: string; client_id?: string | null }): Promise<void> {
    if (message.author !== "resident" || !message.client_id) return;
    if (!this.queue.some((e) => e.client_id === message.client_id)) return;
    this.queue = this.queue.filter((e) => e.client_id !== message.client_id);
    await this.options.store.remove(message.client_id);
  }

  private async post(entry: Queued): Promise<Receipt> {
    if (!this.session) await this.begin();
    const { client_id, text, payload, location } = entry;
    return this.api.post<Receipt>("/messages", { client_id, text, payload, location });
  }

  private async begin(): Promise<void> {
    const kept = await this.options.store.get<Session>("session"); // another tab may have begun
    await this.adopt(
      kept ??
        (await this.api.post<Session>("/conversations", {
          // Only a language chosen by hand binds the service; otherwise it goes by what is written.
          ...(this.prefs.chosen ? { locale: this.words.locale } : { locale_hint: this.words.locale }),
          ...(this.options.ward ? { ward: this.options.ward } : {}),
        })),
    );
  }

  private async adopt(session: Session): Promise<void> {
    this.session = session;
    await this.options.store.set("session", session);
    this.whisper("session");
    this.stream.start();
    this.options.onChange();
  }

  private async forgetSession(): Promise<void> {
    this.stream.stop();
    this.session = null;
    this.state = EMPTY;
    await this.options.store.set("session", undefined);
    for (const entry of await this.options.store.queue()) {
      if (entry.seq !== undefined) await this.options.store.remove(entry.client_id);
    }
    await this.reloadQueue(false);
  }

  private async reloadQueue(tell: boolean): Promise<void> {
    const kept = await this.options.store.queue();
    // Only now: what the server showed back while the store was read must not appear twice.
    const shown = new Set(this.state.messages.map((m) => m.client_id));
    this.queue = kept.filter((e) => !shown.has(e.client_id));
    if (tell) this.whisper("outbox");
    this.options.onChange();
  }

  /** Words and hotlines are kept on the device at every load: they are what is left when the server is gone. */
  private async loadWords(locale: string): Promise<void> {
    const { store } = this.options;
    this.wanted = locale;
    clearTimeout(this.wordsTimer);
    const [words, hotlines] = await Promise.all([
      this.api.get<WordsFile>(`/words/${locale}`).catch(() => store.get<WordsFile>(`words:${locale}`)),
      this.api.get<HotlinesPart>(`/hotlines?locale=${locale}`).catch(() => store.get<HotlinesPart>(`hotlines:${locale}`)),
    ]);
    if (this.wanted !== locale) return; // another language was asked for meanwhile
    if (words) {
      this.words = words;
      await store.set(`words:${locale}`, words);
    } else {
      if (emergency[locale]) this.words = { ...this.words, locale, words: emergency[locale] };
      this.wordsTimer = setTimeout(() => void this.loadWords(locale), 10_000);
    }
    if (hotlines) {
      this.hotlines = hotlines;
      await store.set(`hotlines:${locale}`, hotlines);
    }
    this.options.onChange();
  }

  private whisper(what: Whisper): void {
    this.channel?.postMessage(what);
  }

  private onWhisper(what: Whisper): void {
    if (what === "exit") this.options.onExit();
    else if (what === "outbox") void this.reloadQueue(false);
    else if (what === "session") void this.rejoin();
    else void this.options.store.get<Prefs>("prefs").then((prefs) => this.followPrefs(prefs ?? {}));
  }

  private async rejoin(): Promise<void> {
    const session = (await this.options.store.get<Session>("session")) ?? null;
    if (!session || session.token === this.session?.token) return;
    this.stream.stop();
    this.state = EMPTY;
    this.session = session;
    this.stream.start();
    this.options.onChange();
  }

  private async followPrefs(prefs: Prefs): Promise<void> {
    this.prefs = prefs;
    if (prefs.locale && prefs.locale !== this.words.locale) await this.loadWords(prefs.locale);
    this.options.onChange();
  }
}

/** True for the codes that mean "this resume code opens nothing". */
export function isWrongCode(error: unknown): boolean {
  return error instanceof ApiError && [400, 401, 403, 404, 422].includes(error.status);
}

let chain: Promise<void> = Promise.resolve();

/** One tab at a time, by the Web Locks API; one call at a time where the browser has none. */
function alone(work: () => Promise<void>): Promise<void> {
  if (navigator.locks) return navigator.locks.request("iroiro-outbox", work) as Promise<void>;
  chain = chain.then(work, work);
  return chain;
}
