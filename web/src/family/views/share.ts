import { html, nothing, type TemplateResult } from "lit";
import type { IroiroFamily } from "../element.ts";
import type { Card } from "../types.ts";
import { fields } from "./forms.ts";

export function shareView(ui: IroiroFamily, card: Card): TemplateResult {
  const { t } = ui;
  return html`
    <p>${t("sharing_about")}</p>
    <form class="stack" @submit=${(event: SubmitEvent) => void make(ui, card, fields(event))}>
      <label>${t("share_label")}<input name="label" maxlength="30" autocomplete="off" /></label>
      <fieldset class="pair">
        <legend class="hidden">${t("sharing")}</legend>
        <label><input type="radio" name="role" value="read" checked />${t("share_read")}</label>
        <label><input type="radio" name="role" value="write" />${t("share_write")}</label>
      </fieldset>
      <button class="button primary">${t("share_make")}</button>
    </form>
    ${ui.code
      ? html`<div class="ask" role="status">
          <p>${t("share_code")}</p>
          <p class="code" translate="no">${ui.code}</p>
          <button class="button" @click=${() => void copy(ui, ui.code ?? "")}>${t("copy")}</button>
        </div>`
      : nothing}
    <ul class="list">
      ${(card.shares ?? []).map((share) => {
        const who = share.label || t(share.role === "read" ? "share_read" : "share_write");
        return html`<li>
          <span><strong>${who}</strong><small>${t(share.role === "read" ? "share_read" : "share_write")} · ${t(share.joined ? "share_joined" : "share_waiting")}</small></span>
          <button
            class="button quiet"
            aria-label=${t("share_end_name", { who })}
            @click=${() => void ui.run(async () => ui.take(await ui.api.post<Card>(`/cards/${card.id}/shares/${share.id}/end`)))}
          >
            ${t("share_end")}
          </button>
        </li>`;
      })}
    </ul>
  `;
}

async function make(ui: IroiroFamily, card: Card, given: Record<string, string>): Promise<void> {
  await ui.run(async () => {
    const made = await ui.api.post<{ code: string; card: Card }>(`/cards/${card.id}/shares`, given);
    ui.take(made.card);
    ui.code = made.code;
  });
}

export async function copy(ui: IroiroFamily, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    ui.said = ui.t("copied");
  } catch {
    ui.said = text; // no clipboard here: it can be read and copied by hand
  }
  ui.requestUpdate();
}
