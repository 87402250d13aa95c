import { html, nothing, type TemplateResult } from "lit";
import type { Message } from "../../shared/types.ts";
import type { IroiroConsole } from "../element.ts";
import type { Case, CaseDetail } from "../types.ts";
import { localeName } from "./badges.ts";

export function translateToggle(ui: IroiroConsole, c: Case): TemplateResult | typeof nothing {
  const { t, translating: board } = ui;
  if (!board.usable(c)) return nothing;
  const problem = board.problems.get(c.id);
  return html`<div class="translate">
    <button class="small" aria-pressed=${board.shown.has(c.id)} @click=${() => board.toggle(c.id)}>${t("translate_show")} <kbd>l</kbd></button>
    ${problem
      ? html`<p class="error" role="alert">${t(problem)}</p>
          <button class="small" @click=${() => (board.problems.delete(c.id), board.follow(), ui.requestUpdate())}>${t("translate_again")}</button>`
      : nothing}
  </div>`;
}

/** What the machine made of a resident's words, under the words themselves. */
export function besideView(ui: IroiroConsole, message: Message, { case: c }: CaseDetail): TemplateResult | typeof nothing {
  const words = ui.translating.shown.has(c.id) ? message.translations?.[ui.settings.language] : undefined;
  if (!words) return nothing;
  return html`<div class="beside" lang=${ui.settings.language}><span class="badge translated">${ui.t("translated")} · ${ui.translating.provider}</span>${words}</div>`;
}

export function previewButton(ui: IroiroConsole, c: Case, draft: string): TemplateResult | typeof nothing {
  const { t, translating: board } = ui;
  if (!board.usable(c)) return nothing;
  return html`<button type="button" class="button" ?disabled=${!draft.trim() || board.busy} @click=${() => void board.preview(c)}>
    ${t(board.busy ? "translate_busy" : "translate_preview")}
  </button>`;
}

/** The translated reply before it goes: to be read, to be changed, with what it says in one's own language. */
export function previewView(ui: IroiroConsole, c: Case): TemplateResult | typeof nothing {
  const { t, translating: board } = ui;
  const preview = board.current(c.id);
  if (!preview) return nothing;
  return html`<div class="preview">
    <label for="translation">${t("translate_label", { language: localeName(ui, c.locale) })} <span class="badge translated">${t("translated")}</span></label>
    <textarea
      id="translation"
      rows="3"
      maxlength="5000"
      dir="auto"
      lang=${c.locale}
      .value=${preview.text}
      @input=${(event: InputEvent) => {
        preview.text = (event.target as HTMLTextAreaElement).value;
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
        event.preventDefault();
        void board.send(c.id);
      }}
    ></textarea>
    <p class="soft">${t("translate_back")}: ${preview.back}</p>
    <p class="soft">${t("translate_hint")}</p>
    <div class="reply-tools">
      <button type="button" class="button" @click=${() => board.drop(c.id)}>${t("cancel")}</button>
      <button type="button" class="button primary" @click=${() => void board.send(c.id)}>${t("translate_send")}</button>
    </div>
  </div>`;
}
