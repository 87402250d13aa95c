import { html, nothing, type TemplateResult } from "lit";
import type { Message } from "../../shared/types.ts";
import type { IroiroChat } from "../element.ts";

/** Helpful or not, and if not, what was missing. Asked under answers only. */
export function feedbackView(ui: IroiroChat, message: Message, newest: boolean): TemplateResult | typeof nothing {
  const { t } = ui;
  const given = ui.chat!.feedback.get(message.id);
  if (given === "yes" || given === "said") return html`<p class="foot">${t("feedback_thanks")}</p>`;
  if (given === "no" && ui.missingFor === message.id) {
    return html`<form
      class="missing"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const text = String(new FormData(event.target as HTMLFormElement).get("missing") ?? "").trim();
        ui.missingFor = null;
        void ui.chat!.giveFeedback(message.id, false, text || undefined);
      }}
    >
      <label>${t("feedback_missing")}<input name="missing" maxlength="500" autocomplete="off" /></label>
      <button class="button">${t("send")}</button>
    </form>`;
  }
  if (given === "no") return html`<p class="foot">${t("feedback_thanks")}</p>`;
  if (!newest) return nothing;
  return html`<div class="feedback" role="group" aria-label=${t("feedback_label")}>
    <span>${t("feedback_label")}</span>
    <button class="small" @click=${() => void ui.chat!.giveFeedback(message.id, true)}>${t("feedback_yes")}</button>
    <button
      class="small"
      @click=${() => {
        ui.missingFor = message.id;
        void ui.chat!.giveFeedback(message.id, false);
      }}
    >
      ${t("feedback_no")}
    </button>
  </div>`;
}
