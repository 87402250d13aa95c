import { LitElement, html, nothing, type TemplateResult } from "lit";
import { controls, theme } from "../shared/theme.ts";
import { Desk } from "./desk.ts";
import { onKey } from "./keys.ts";
import { mine } from "./state.ts";
import { styles } from "./styles.ts";
import { AccountBoard } from "./account.ts";
import { accountView } from "./views/account.ts";
import { alertsView } from "./views/alerts.ts";
import { auditView } from "./views/audit.ts";
import { caseView } from "./views/case.ts";
import { dialogView, type Dialog } from "./views/dialogs.ts";
import { listView } from "./views/list.ts";
import { NoticeBoard } from "./notices.ts";
import { FigureBoard } from "./figures.ts";
import { TranslationBoard } from "./translating.ts";
import { PracticeBoard } from "./practice.ts";
import { SwitchBoard } from "./switches.ts";
import { figuresView } from "./views/figures.ts";
import { practiceView } from "./views/practice.ts";
import { noticesView } from "./views/notices.ts";
import { switchesView } from "./views/switches.ts";
import { ContentBoard } from "./content/board.ts";
import { contentStyles } from "./content/styles.ts";
import { contentView } from "./content/view.ts";
import { sideView } from "./views/side.ts";
import { signInView } from "./views/signin.ts";
import { staffView } from "./views/staff.ts";
import { topView } from "./views/top.ts";
import { wallView } from "./views/wall.ts";
import { words, type Language, type Say } from "./words.ts";

export type Page = "account" | "practice" | "content" | "cases" | "wall" | "staff" | "notices" | "switches" | "figures" | "audit";
export type Panel = "why" | "phrases" | "hotlines" | "notes";

interface Settings {
  language: Language;
  theme: "auto" | "light" | "dark";
  sound: boolean;
  shortcuts: boolean;
}

const SETTINGS_KEY = "iroiro-console";

/** The staff console. Everything shown comes from `desk`; this element holds only what belongs to the screen. */
export class IroiroConsole extends LitElement {
  static override styles = [theme, controls, styles, contentStyles];

  readonly desk = new Desk(() => this.onDeskChange());
  readonly board = new NoticeBoard(() => this.desk.api, () => this.requestUpdate());
  readonly switchBoard = new SwitchBoard(() => this.desk.api, () => this.requestUpdate());
  readonly figureBoard = new FigureBoard(() => this.desk.api, () => this.requestUpdate());
  readonly practice = new PracticeBoard(() => this.desk.api, () => this.requestUpdate());
  readonly translating = new TranslationBoard(this);
  readonly contentBoard = new ContentBoard(() => this.desk.api, () => this.requestUpdate());
  readonly account = new AccountBoard(
    () => this.desk.api,
    (csrf) => this.desk.renew(csrf),
    () => this.requestUpdate(),
  );
  page: Page = "cases";
  panel: Panel = "why";
  /** On narrow screens the side panel covers the case. */
  panelOpen = false;
  dialog: Dialog | null = null;
  settings: Settings = { language: "ja", theme: "auto", sound: true, shortcuts: true };
  setupToken: string | null = null;
  formProblem = "";
  /** What the button of the organisation's own sign-in says; null where there is none. */
  provider: string | null = null;
  phraseSearch = "";
  /** Phrase whose slots are being filled. */
  filling: string | null = null;
  auditResult = "";
  private alertsSeen = 0;
  private wasSignedIn = false;
  private opener: HTMLElement | null = null;

  get t(): Say {
    return words(this.settings.language);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.settings = { ...this.settings, ...readSettings() };
    this.applySettings();
    addEventListener("hashchange", this.onHash);
    addEventListener("keydown", this.onKeyDown);
    for (const kind of ["pointerdown", "keydown"] as const) addEventListener(kind, this.onTouch, { passive: true });
    document.addEventListener("visibilitychange", () => this.desk.open && this.desk.tellRead(this.desk.open));
    this.onHash();
    void this.desk.begin();
    void this.desk.provider().then((name) => {
      this.provider = name;
      this.requestUpdate();
    });
  }

  private readonly onTouch = (): void => {
    this.desk.touch();
    if (this.settings.sound && !this.desk.alarm.allowed) {
      void this.desk.alarm.allow().then((allowed) => {
        if (allowed) this.desk.sound();
        this.requestUpdate();
      });
    }
  };

  private readonly onKeyDown = (event: KeyboardEvent): void => onKey(this, event);

  private readonly onHash = (): void => {
    const hash = location.hash.slice(1);
    if (hash.startsWith("setup=")) {
      this.setupToken = decodeURIComponent(hash.slice(6));
      history.replaceState(null, "", location.pathname); // the token must not stay in the history
    } else if (hash.startsWith("oidc=")) {
      this.formProblem = this.t(hash === "oidc=refused" ? "oidc_refused" : "oidc_failed");
      history.replaceState(null, "", location.pathname);
    } else if (hash.startsWith("case/")) {
      this.page = "cases";
      if (this.desk.open !== hash.slice(5)) void this.desk.show(hash.slice(5));
    } else if (hash === "content" || hash.startsWith("content/")) {
      this.page = "content";
      if (this.desk.me) void this.contentBoard.go(hash.slice(8));
      if (this.desk.open) void this.desk.show(null);
    } else {
      this.page = hash === "wall" || hash === "account" || hash === "staff" || hash === "notices" || hash === "switches" || hash === "figures" || hash === "practice" || hash === "audit" ? hash : "cases";
      if (this.desk.me) void this.switchBoard.load();
      if (this.page === "account" && this.desk.me) void this.account.load(this.desk.me);
      if (this.page === "staff") void this.desk.loadStaff();
      if (this.page === "notices") void this.board.load();
      else this.board.rest();
      if (this.page === "figures") void this.figureBoard.load();
      if (this.page === "practice") void this.practice.load();
      if (this.page === "audit") void this.desk.loadAudit();
      if (this.desk.open) void this.desk.show(null);
    }
    this.requestUpdate();
  };

  private onDeskChange(): void {
    const { state } = this.desk;
    const signedIn = Boolean(this.desk.me);
    if (signedIn && !this.wasSignedIn) this.arrive();
    this.wasSignedIn = signedIn;
    const unread = this.desk.me ? mine(state, this.desk.me).map((c) => state.unread.get(c.id) ?? 0) : [];
    const count = state.alerts.length + unread.reduce((a, b) => a + b, 0);
    document.title = `${count > 0 ? `(${count}) ` : ""}${this.t(state.alerts.length > 0 ? "title_alert" : "title")}`;
    const latest = state.alerts.at(-1);
    if (latest && state.alerts.length > this.alertsSeen && document.hidden && "Notification" in globalThis && Notification.permission === "granted") {
      new Notification(this.t("title_alert"), { tag: latest.case_id }); // no words of anybody: it shows on a locked screen
    }
    this.alertsSeen = state.alerts.length;
    this.translating.follow();
    this.requestUpdate();
  }

  /** What an address asked for before it was known who asks. */
  private arrive(): void {
    if (this.page === "cases" && this.desk.me!.role === "content_editor") location.hash = "content";
    else if (this.page === "content") this.onHash();
  }

  openCase(id: string): void {
    location.hash = `case/${id}`;
    this.panelOpen = false;
  }

  closeCase(): void {
    location.hash = "";
  }

  async takeNext(): Promise<void> {
    const id = await this.desk.takeNext();
    if (id) this.openCase(id);
  }

  async send(): Promise<void> {
    const id = this.desk.open;
    const text = id ? (this.desk.drafts.get(id) ?? "").trim() : "";
    if (!id || !text) return;
    if (this.translating.current(id)) return this.translating.send(id);
    this.desk.drafts.delete(id);
    await this.desk.reply(id, text);
  }

  showPanel(panel: Panel): void {
    this.panel = panel;
    this.panelOpen = true;
    this.requestUpdate();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".side [data-first]")?.focus());
  }

  openDialog(dialog: Dialog): void {
    this.opener = this.shadowRoot?.activeElement as HTMLElement | null;
    this.dialog = dialog;
    this.formProblem = "";
    if (dialog === "transfer") void this.desk.loadStaff();
    this.requestUpdate();
    void this.updateComplete.then(() => {
      const element = this.renderRoot.querySelector("dialog");
      if (element && !element.open) element.showModal();
    });
  }

  closeDialog(): void {
    this.dialog = null;
    this.requestUpdate();
    void this.updateComplete.then(() => this.opener?.focus());
  }

  set(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change };
    localStorage.setItem(SETTINGS_KEY, JSON.stringify(this.settings));
    this.applySettings();
    this.desk.sound();
    this.onDeskChange();
  }

  focusOn(selector: string): void {
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  private applySettings(): void {
    this.desk.soundOn = this.settings.sound;
    document.documentElement.lang = this.settings.language;
    if (this.settings.theme === "auto") this.removeAttribute("theme");
    else this.setAttribute("theme", this.settings.theme);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { me } = this.desk;
    if (me === undefined) return html`<p class="loading" role="status">${this.t("loading")}</p>`;
    if (me === null) return signInView(this);
    if (this.page === "wall") return wallView(this);
    return html`
      <div class="frame ${this.desk.open ? "has-case" : ""}">
        ${topView(this)} ${alertsView(this)}
        ${this.page === "account"
          ? accountView(this)
          : this.page === "content"
          ? contentView(this)
          : this.page === "staff"
          ? staffView(this)
          : this.page === "notices"
            ? noticesView(this)
          : this.page === "switches"
            ? switchesView(this)
          : this.page === "figures"
            ? figuresView(this)
          : this.page === "practice"
            ? practiceView(this)
          : this.page === "audit"
            ? auditView(this)
            : html`<main class="desk">${listView(this)} ${caseView(this)} ${this.desk.open ? sideView(this) : nothing}</main>`}
      </div>
      ${this.dialog ? dialogView(this, this.dialog) : nothing}
    `;
  }
}

function readSettings(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(SETTINGS_KEY) ?? "{}") as Partial<Settings>;
  } catch {
    return {};
  }
}
