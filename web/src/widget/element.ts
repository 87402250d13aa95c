import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { FAMILY_PAYLOAD, familyView, loadFamily } from "./family.ts";
import { controls, theme } from "../shared/theme.ts";
import type { Picker } from "../shared/types.ts";
import { Chat } from "./chat.ts";
import { NEUTRAL_URL, TripleShift, blank, quickExit } from "./exit.ts";
import { Attention } from "./attention.ts";
import { openStore } from "./storage.ts";
import { styles } from "./styles.ts";
import { langTag, type Translate } from "./words.ts";
import { composerView } from "./views/composer.ts";
import { dialogView, type DialogName } from "./views/dialogs.ts";
import { asideView } from "./views/aside.ts";
import { headerView } from "./views/header.ts";
import { ANSWER_MS, logView } from "./views/log.ts";

/** Origin of the script tag; on our own page, which loads a module instead, that of the page. */
const SCRIPT_ORIGIN = originOf(document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.href);

/**
 * The resident's chat. Attributes: `locale`, `ward`, `theme` (auto, light, dark), `position` (bottom-right, bottom-left,
 * inline, page), `gateway` (origin of the gateway; the script's own by default), `exit-url`, `open`.
 */
export class IroiroChat extends LitElement {
  static override styles = [theme, controls, styles];
  static override properties = {
    locale: { type: String },
    ward: { type: String },
    position: { type: String, reflect: true },
    gateway: { type: String },
    exitUrl: { type: String, attribute: "exit-url" },
    open: { type: Boolean, reflect: true },
  };

  declare locale: string | null;
  declare ward: string | null;
  declare position: "bottom-right" | "bottom-left" | "inline" | "page";
  declare gateway: string | null;
  declare exitUrl: string | null;
  declare open: boolean;

  chat: Chat | null = null;
  dialog: DialogName | null = null;
  /** The family screen is open instead of the talk; what its first form begins with. */
  family: { birthdate: string } | null = null;
  picker: Picker | null = null;
  draft = "";
  /** Message whose feedback asks what was missing. */
  missingFor: string | null = null;
  notice = "";
  /** The newest message is in view, so new ones may scroll into it. */
  atEnd = true;
  unseen = 0;
  private opener: HTMLElement | null = null;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;
  private draftTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly shifts = new TripleShift(() => void this.exit());
  private readonly attention = new Attention();
  private lastSeq = 0;

  constructor() {
    super();
    this.position = "bottom-right";
    this.open = false;
  }

  get t(): Translate {
    return this.chat?.t ?? (() => "");
  }

  get floating(): boolean {
    return this.position === "bottom-right" || this.position === "bottom-left";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.shifts.onKeyDown, true);
    addEventListener("keyup", this.shifts.onKeyUp, true);
    void this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.shifts.onKeyDown, true);
    removeEventListener("keyup", this.shifts.onKeyUp, true);
    this.attention.stop();
    clearTimeout(this.answerTimer);
    this.chat?.stop();
    this.chat = null;
  }

  private async begin(): Promise<void> {
    const store = await openStore("iroiro");
    if (!this.isConnected) return;
    const chat = new Chat({
      origin: this.gateway ?? SCRIPT_ORIGIN,
      store,
      locale: this.locale,
      ward: this.ward,
      onChange: () => this.onChatChange(),
      onExit: () => {
        blank(this.t("exit_title"));
        globalThis.location.replace(this.exitUrl ?? NEUTRAL_URL);
      },
    });
    this.chat = chat;
    this.draft = (await chat.draft()) ?? "";
    await chat.start();
    if (location.hash === "#family" && this.position === "page") void this.openFamily();
    if (chat.session && this.floating && chat.state.messages.length > 0) this.open = true;
    this.dispatchEvent(new CustomEvent("iroiro-ready", { bubbles: true, composed: true }));
  }

  private onChatChange(): void {
    const { chat } = this;
    if (!chat) return;
    const fresh = chat.state.messages.filter((m) => m.seq > this.lastSeq && m.author !== "resident").length;
    this.lastSeq = Math.max(this.lastSeq, chat.state.messages.at(-1)?.seq ?? 0);
    if (fresh > 0 && (!this.atEnd || (this.floating && !this.open))) this.unseen += fresh;
    if (fresh > 0) this.attention.call(chat.prefs.quiet ?? false);
    clearTimeout(this.answerTimer);
    if (chat.state.messages.at(-1)?.author === "resident") this.answerTimer = setTimeout(() => this.requestUpdate(), ANSWER_MS + 100);
    this.lang = langTag(chat.words.locale);
    this.dir = chat.words.dir;
    if (chat.prefs.theme && chat.prefs.theme !== "auto") this.setAttribute("theme", chat.prefs.theme);
    else if (chat.prefs.theme === "auto") this.removeAttribute("theme");
    this.dataset["size"] = chat.prefs.size ?? "normal";
    this.dispatchEvent(new CustomEvent("iroiro-words", { detail: chat.words, bubbles: true, composed: true }));
    this.requestUpdate();
  }

  protected override updated(_changed: PropertyValues): void {
    const box = this.renderRoot.querySelector<HTMLElement>("textarea");
    if (box && !this.draft) box.style.height = "";
    if (this.atEnd) this.follow();
    const dialog = this.renderRoot.querySelector("dialog");
    if (dialog && this.dialog && !dialog.open) dialog.showModal();
  }

  /**
   * Scrolls to the newest words. A machine's answer is read from its beginning, so never past the resident's own last message;
   * what a person writes comes into view by itself.
   */
  private follow(): void {
    const log = this.renderRoot.querySelector<HTMLElement>(".log");
    const newest = [...this.renderRoot.querySelectorAll<HTMLElement>(".message")].at(-1);
    const own = [...this.renderRoot.querySelectorAll<HTMLElement>(".message.resident")].at(-1);
    const last = newest?.matches(".staff, .system") ? newest : own;
    if (!log || (!last && !log.querySelector(".message"))) return;
    const start = last ? last.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop - 12 : Infinity;
    log.scrollTop = Math.min(start, log.scrollHeight);
  }

  show(): void {
    this.open = true;
    this.unseen = 0;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("textarea")?.focus());
  }

  hide(): void {
    this.open = false;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".launcher")?.focus());
  }

  openDialog(name: DialogName): void {
    if (!this.dialog) this.opener = this.shadowRoot?.activeElement as HTMLElement | null;
    this.dialog = name;
    this.notice = "";
    this.requestUpdate();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("dialog h2")?.focus());
  }

  closeDialog(): void {
    this.dialog = null;
    this.requestUpdate();
    void this.updateComplete.then(() => this.opener?.focus());
  }

  async exit(): Promise<void> {
    await quickExit({
      title: this.t("exit_title"),
      url: this.exitUrl ?? NEUTRAL_URL,
      erase: async () => this.chat?.erase(),
    });
  }

  send(text: string): void {
    const trimmed = text.trim();
    if (!trimmed || !this.chat) return;
    this.toEnd();
    void this.chat.send({ text: trimmed }, trimmed);
  }

  sendDraft(): void {
    const text = this.draft;
    if (!text.trim()) return;
    this.write("");
    this.picker = null;
    this.send(text);
  }

  async openFamily(birthdate = ""): Promise<void> {
    if (!(await loadFamily(this.chat!.origin))) {
      open(`${this.chat!.origin}/#family`, "_blank", "noopener");
      return;
    }
    this.family = { birthdate };
    this.requestUpdate();
  }

  closeFamily(): void {
    this.family = null;
    this.requestUpdate();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("textarea")?.focus());
  }

  sendChoice(payload: string, label: string): void {
    const family = FAMILY_PAYLOAD.exec(payload);
    if (family) return void this.openFamily(family[1]);
    this.toEnd();
    void this.chat?.send({ text: label, payload }, label);
    this.renderRoot.querySelector<HTMLElement>("textarea")?.focus();
  }

  sendPick(text: string): void {
    this.picker = null;
    this.send(text);
    this.renderRoot.querySelector<HTMLElement>("textarea")?.focus();
  }

  /** Shares the place, rounded to about a hundred metres: enough for the nearest centre, not for a door. */
  sendLocation(): void {
    const { chat } = this;
    if (!chat) return;
    this.notice = this.t("location_asking");
    this.requestUpdate();
    const failed = (): void => {
      this.notice = this.t("location_failed");
      this.requestUpdate();
    };
    if (!navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const round = (degrees: number): number => Math.round(degrees * 1000) / 1000;
        this.notice = "";
        this.picker = null;
        this.toEnd();
        void chat.send({ location: { lat: round(coords.latitude), lon: round(coords.longitude) } }, this.t("location_sent"));
      },
      failed,
      { timeout: 10_000, maximumAge: 300_000 },
    );
  }

  write(text: string): void {
    this.draft = text;
    if (text) this.chat?.tellTyping();
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(() => void this.chat?.keepDraft(this.draft), text ? 400 : 0);
    this.requestUpdate();
  }

  toEnd(): void {
    this.atEnd = true;
    this.unseen = 0;
    this.requestUpdate();
  }

  onScroll(log: HTMLElement): void {
    const last = [...log.querySelectorAll<HTMLElement>(".message.resident")].at(-1);
    const read = log.scrollHeight - log.scrollTop - log.clientHeight < 48;
    const atEnd = read || (last !== undefined && last.getBoundingClientRect().top - log.getBoundingClientRect().top < log.clientHeight / 2);
    if (atEnd === this.atEnd) return;
    this.atEnd = atEnd;
    if (atEnd) this.unseen = 0;
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.chat) return nothing;
    const shown = this.open || !this.floating;
    return html`
      ${this.floating && !this.open
        ? html`<button class="launcher" part="launcher" @click=${() => this.show()}>
            <span class="mark" aria-hidden="true"><i></i><i></i><i></i></span>
            <span>${this.t("open_chat")}</span>
            ${this.unseen > 0 && !this.chat.prefs.quiet ? html`<span class="count">${this.unseen}</span>` : nothing}
          </button>`
        : nothing}
      ${shown
        ? html`<section class="panel" part="panel" aria-label=${this.t("title")}>
            ${headerView(this)} ${this.position === "page" ? asideView(this) : nothing}
            ${this.family ? familyView(this, this.family.birthdate) : html`${logView(this)} ${composerView(this)}`}
          </section>`
        : nothing}
      ${this.dialog ? dialogView(this, this.dialog) : nothing}
    `;
  }
}

function originOf(url: string): string {
  try {
    const { origin } = new URL(url, location.href);
    return origin === "null" ? location.origin : origin;
  } catch {
    return location.origin;
  }
}
