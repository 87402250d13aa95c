import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Api, ApiError } from "../shared/api.ts";
import { icons } from "../shared/icons.ts";
import { controls, theme } from "../shared/theme.ts";
import { langTag } from "../widget/words.ts";
import { styles } from "./styles.ts";
import type { Card, Family, Options, Written } from "./types.ts";
import { cardView, type Tab } from "./views/card.ts";
import { addView, consentView, homeView, joinView } from "./views/home.ts";
import { settingsView } from "./views/settings.ts";

export type Screen = "home" | "add" | "join" | "card" | "edit" | "settings";

/** What the chat lends to this screen. */
export interface Host {
  origin: string;
  locale: string;
  t: (key: string, values?: Record<string, string | number>) => string;
  /** Token of the conversation; begins one where there is none. */
  token: () => Promise<string>;
  close: () => void;
}

/** A family's cards, in the panel of the chat. Loaded when it is first opened. */
export class IroiroFamily extends LitElement {
  static override styles = [theme, controls, styles];
  static override properties = { host: { attribute: false }, birthdate: { type: String } };

  declare host: Host;
  /** Fills the first form, when the screen was opened below a plan. */
  declare birthdate: string;

  data: Family | null = null;
  options: Options | null = null;
  screen: Screen = "home";
  tab: Tab = "plan";
  cardId: string | null = null;
  measure = "weight";
  /** Said in the live region. */
  said = "";
  problem = "";
  asking: { question: string; again: () => void } | null = null;
  code: string | null = null;
  busy = false;
  private bearer = "";
  private pictures = new Map<string, string>();

  get t(): (key: string, values?: Record<string, string | number>) => string {
    const words = this.options?.words ?? {};
    return (key, values) =>
      (words[`myfamily.${key}`] ?? words[key] ?? "").replace(/\{(\w+)\}/g, (whole, name: string) => String(values?.[name] ?? whole));
  }

  get card(): Card | null {
    return this.data?.cards.find((c) => c.id === this.cardId) ?? null;
  }

  get api(): Api {
    return new Api({ base: `${this.host.origin}/api/chat/family`, headers: () => ({ Authorization: `Bearer ${this.bearer}` }), timeoutMs: 30_000 });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.begin();
  }

  protected override updated(changed: PropertyValues): void {
    const before = changed.get("host") as Host | undefined;
    if (before && before.locale !== this.host.locale) void this.begin();
  }

  async begin(): Promise<void> {
    await this.run(async () => {
      this.bearer = await this.host.token();
      this.pictures.clear();
      [this.options, this.data] = await Promise.all([this.api.get<Options>(`/options/${this.host.locale}`), this.api.get<Family>("")]);
      this.lang = langTag(this.host.locale);
    });
    if (this.birthdate && this.data?.agreed) this.go("add");
  }

  go(screen: Screen, cardId: string | null = null): void {
    this.screen = screen;
    this.cardId = cardId ?? (screen === "card" || screen === "edit" ? this.cardId : null);
    if (screen !== "card") this.tab = "plan";
    this.said = this.problem = "";
    this.asking = null;
    this.code = null;
    this.requestUpdate();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("h2")?.focus());
  }

  show(tab: Tab): void {
    this.tab = tab;
    this.said = this.problem = "";
    this.asking = null;
    this.requestUpdate();
  }

  /** Runs `work`; what goes wrong is said, and nothing is thrown. True when all went well. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.said = this.problem = "";
    this.requestUpdate();
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = this.wordsFor(error);
      return false;
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }

  private wordsFor(error: unknown): string {
    const code = error instanceof ApiError ? error.code : "";
    const field = error instanceof ApiError ? error.field : null;
    if (code === "bad_code") return this.t("join_wrong");
    if (code === "own_card") return this.t("join_own");
    if (field === "hour") return this.t("quiet_hour");
    if (field) return `${this.t(field) || this.t("day")}: ${this.t("growth_wrong_date")}`;
    return this.t("failed") || this.host.t("outage");
  }

  take(card: Card): void {
    const { data } = this;
    if (!data) return;
    const known = data.cards.some((c) => c.id === card.id);
    this.data = { ...data, cards: known ? data.cards.map((c) => (c.id === card.id ? card : c)) : [...data.cards, card] };
    this.pictures.clear();
  }

  drop(cardId: string): void {
    if (this.data) this.data = { ...this.data, cards: this.data.cards.filter((c) => c.id !== cardId) };
  }

  /** Writes a record down; a surprising number is asked about, one that cannot be is refused with a kind question. */
  async record(body: Record<string, unknown>): Promise<void> {
    const { cardId } = this;
    this.asking = null;
    await this.run(async () => {
      const written = await this.api.post<Written>(`/cards/${cardId}/records`, body);
      if (written.card) this.take(written.card);
      const measure = this.t(`growth_${written.data["measure"]}`);
      const say = this.t(written.reply, {
        ...written.data,
        measure,
        vaccine: this.vaccine(String(written.data["vaccine"] ?? "")),
        milestone: this.t(`milestone_${written.data["milestone"]}`),
        ...(written.data["date"] ? { date: this.day(String(written.data["date"])) } : {}),
      });
      if (written.ask) this.asking = { question: say, again: () => void this.record({ ...body, confirmed: true }) };
      else if (written.kept) this.said = say || this.t("saved");
      else this.problem = say;
    });
  }

  async unrecord(key: string): Promise<void> {
    await this.run(async () => this.take(await this.api.post<Card>(`/cards/${this.cardId}/records/${key}/remove`)));
  }

  async forget(): Promise<void> {
    await this.run(async () => {
      await this.api.post("/forget");
      this.data = await this.api.get<Family>("");
    });
    this.go("home");
    this.said = this.t("deleted");
  }

  vaccine(id: string): string {
    return this.t(`vaccine_${id.replaceAll("-", "_")}`) || id;
  }

  dose(dose: string): string {
    return /^\d+$/.test(dose) ? this.t("dose_number", { number: dose }) : this.t(`dose_${dose}`);
  }

  checkup(id: string): string {
    return this.t(`checkup_${id.replaceAll("-", "_")}`) || id;
  }

  nameOf(card: Card): string {
    return card.name || this.t(card.kind === "child" ? "child_unnamed" : "pregnancy_unnamed");
  }

  day(iso: string): string {
    const tag = langTag(this.host.locale);
    // Browsers leave out the data of some of our languages; a plain date is better than half a one.
    if (Intl.DateTimeFormat.supportedLocalesOf(tag).length === 0) return iso;
    const at = new Date(`${iso}T00:00:00`);
    return new Intl.DateTimeFormat(tag, { year: "numeric", month: "short", day: "numeric" }).format(at);
  }

  /** A picture as data, fetched with the token: an address of its own would not be secret. */
  picture(name: string, alt: string): TemplateResult {
    const key = `${this.cardId}/${name}/${this.host.locale}`;
    const src = this.pictures.get(key);
    if (src === undefined) {
      this.pictures.set(key, "");
      void this.fetchPicture(key, `/cards/${this.cardId}/pictures/${name}.svg?locale=${this.host.locale}`);
    }
    return src ? html`<img class="picture" src=${src} alt=${alt} />` : html`<p class="picture wait" role="status">${this.t("loading")}</p>`;
  }

  private async fetchPicture(key: string, path: string): Promise<void> {
    try {
      const blob = await (await this.api.raw("GET", path, { signal: AbortSignal.timeout(30_000) })).blob();
      this.pictures.set(key, await asData(blob));
    } catch {
      this.pictures.delete(key);
    }
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { options, data } = this;
    const back = this.screen === "home" ? () => this.host.close() : () => (this.screen === "edit" ? this.go("card") : this.go("home"));
    return html`<section class="family" aria-label=${this.t("title")}>
      <header>
        <button class="tool back" aria-label=${this.screen === "home" ? this.t("back") : this.t("title")} @click=${back}>${icons.down()}</button>
        <h2 tabindex="-1">${this.heading()}</h2>
        ${data?.agreed && this.screen !== "settings" ? html`<button class="tool" @click=${() => this.go("settings")}>${icons.bell()}<span class="hidden">${this.t("settings")}</span></button>` : nothing}
      </header>
      <div class="body" aria-busy=${this.busy}>
        ${!options || !data ? (this.problem ? nothing : html`<p role="status">${this.t("loading") || "…"}</p>`) : this.screenView(data)}
        <p class="said" role="status">${this.said}</p>
        <p class="error" role="alert">${this.problem}</p>
        ${(!options || !data) && this.problem ? html`<button class="button" @click=${() => void this.begin()}>${this.host.t("retry") || "↻"}</button>` : nothing}
      </div>
    </section>`;
  }

  private heading(): string {
    if (this.screen === "settings") return this.t("settings");
    if (this.screen === "add") return this.t("add");
    if (this.screen === "join") return this.t("join");
    return this.card ? this.nameOf(this.card) : this.t("title");
  }

  private screenView(data: Family): TemplateResult {
    if (!data.agreed) return consentView(this);
    if (this.screen === "settings") return settingsView(this, data);
    if (this.screen === "add") return addView(this, null);
    if (this.screen === "join") return joinView(this);
    const { card } = this;
    if (card && this.screen === "edit") return addView(this, card);
    if (card && this.screen === "card") return cardView(this, card);
    return homeView(this, data);
  }
}

function asData(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
