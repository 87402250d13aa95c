import { ApiError } from "../shared/api.ts";
import type { Message } from "../shared/types.ts";
import type { IroiroConsole } from "./element.ts";
import type { Case } from "./types.ts";

/** A reply in the resident's language, to be read before it is sent. */
export interface Preview {
  /** What the counsellor wrote when this was made; once that changes, the preview no longer holds. */
  draft: string;
  text: string;
  back: string;
}

/** Machine translation in the console. Nothing is asked of the provider before the counsellor wants it. */
export class TranslationBoard {
  provider = "";
  on = false;
  /** Cases in which residents' messages are shown translated. */
  readonly shown = new Set<string>();
  readonly previews = new Map<string, Preview>();
  /** What failed last in a case, as a key of the words. */
  readonly problems = new Map<string, string>();
  busy = false;
  private readonly ui: IroiroConsole;
  private askedFor: string | null = null;
  private following = false;

  constructor(ui: IroiroConsole) {
    this.ui = ui;
  }

  usable(c: Case | undefined): c is Case {
    return this.on && c !== undefined && !sameLanguage(c.locale, this.ui.settings.language);
  }

  toggle(id: string): void {
    if (!this.shown.delete(id)) this.shown.add(id);
    this.problems.delete(id);
    this.ui.requestUpdate();
    this.follow();
  }

  /** Called whenever anything changed: learns once whether there is a provider, and translates what is wanted. */
  follow(): void {
    const { me, open } = this.ui.desk;
    if (!me) this.askedFor = null;
    else if (this.askedFor !== me.id) {
      this.askedFor = me.id;
      void this.load();
    }
    if (open && this.shown.has(open) && !this.following && !this.problems.has(open)) void this.translateNext(open);
  }

  private async load(): Promise<void> {
    const state = await this.ui.desk.api.get<{ on: boolean; provider: string }>("/translation").catch(() => null);
    this.on = state?.on ?? false;
    this.provider = state?.provider ?? "";
    this.ui.requestUpdate();
  }

  /** One message after the other, the newest first: that is what is read now. */
  private async translateNext(id: string): Promise<void> {
    const to = this.ui.settings.language;
    const messages = this.ui.desk.state.details.get(id)?.messages ?? [];
    const next = messages.findLast((m) => m.author === "resident" && !m.erased && !m.translations?.[to] && !sameLanguage(m.locale ?? "", to) && m.parts.some((p) => p.type === "text"));
    if (!next) return;
    this.following = true;
    try {
      const answer = await this.ui.desk.api.post<{ message: Message }>(`/cases/${id}/messages/${next.id}/translate`, { to });
      this.following = false;
      this.ui.desk.showTranslation(id, answer.message); // and that calls for the next one
    } catch (error) {
      this.following = false;
      this.problems.set(id, problemOf(error));
      this.ui.requestUpdate();
    }
  }

  async preview(c: Case): Promise<void> {
    const draft = (this.ui.desk.drafts.get(c.id) ?? "").trim();
    if (!draft || this.busy) return;
    this.busy = true;
    this.problems.delete(c.id);
    this.ui.requestUpdate();
    try {
      const source = /[\u3040-\u30ff\u4e00-\u9fff]/.test(draft) ? "ja" : "en";
      const made = await this.ui.desk.api.post<{ text: string; back: string }>(`/cases/${c.id}/translate`, { text: draft, source });
      this.previews.set(c.id, { draft, ...made });
    } catch (error) {
      this.problems.set(c.id, problemOf(error));
    }
    this.busy = false;
    this.ui.requestUpdate();
    await this.ui.updateComplete;
    this.ui.focusOn(this.current(c.id) ? "#translation" : "#reply");
  }

  /** The preview of what is written now, if there is one. */
  current(id: string): Preview | undefined {
    const preview = this.previews.get(id);
    return preview && preview.draft === (this.ui.desk.drafts.get(id) ?? "").trim() ? preview : undefined;
  }

  async send(id: string): Promise<void> {
    const preview = this.current(id);
    if (!preview?.text.trim()) return;
    this.previews.delete(id);
    this.ui.desk.drafts.delete(id);
    await this.ui.desk.reply(id, preview.draft, undefined, preview.text.trim());
  }

  drop(id: string): void {
    this.previews.delete(id);
    this.problems.delete(id);
    this.ui.requestUpdate();
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  return error.code === "translation_unsupported" ? "translate_unsupported" : "translate_failed";
}

/** やさしい日本語 is Japanese; the two ways to write Chinese are not one. */
export function sameLanguage(one: string, other: string): boolean {
  return one.replace("ja-easy", "ja") === other.replace("ja-easy", "ja");
}
