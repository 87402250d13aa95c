import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { IroiroChat } from "../element.ts";
import { langTag } from "../words.ts";

const STARTERS = ["subsidy", "checkup", "vaccine", "childcare", "nearby", "talk"] as const;

/** Before the first message: what this is, what is kept and who reads it, and ways to begin. Writing is possible at once. */
export function welcomeView(ui: IroiroChat, fresh: boolean): TemplateResult {
  const { t } = ui;
  return html`<div class="welcome">
    ${fresh
      ? html`<div class="hello">
          <h2>${t("welcome_title")}</h2>
          <p>${t("welcome_text")}</p>
          ${languageStrip(ui)}
        </div>`
      : nothing}
    ${fresh ? privacyView(ui) : html`<button class="textual kept-link" @click=${() => ui.openDialog("privacy")}>${icons.lock()}${t("privacy_title")}</button>`}
    ${fresh
      ? html`<div class="starters" role="group" aria-label=${t("starters_label")}>
          ${STARTERS.map((name) => html`<button class="choice ${name}" @click=${() => start(ui, name)}>${t(`starter_${name}`)}</button>`)}
        </div>`
      : nothing}
  </div>`;
}

/** Most are sent as the resident's words; places have a guided talk of their own. */
function start(ui: IroiroChat, name: (typeof STARTERS)[number]): void {
  const words = ui.t(`starter_${name}`);
  if (name === "nearby") ui.sendChoice("/places", words);
  else ui.sendPick(words);
}

/** Every language by its own name, for those who cannot read the one on the screen. */
function languageStrip(ui: IroiroChat): TemplateResult {
  const { words } = ui.chat!;
  return html`<div class="strip" role="group" aria-label=${ui.t("language")}>
    ${words.locales.map(
      (l) => html`<button lang=${langTag(l.tag)} aria-pressed=${l.tag === words.locale} @click=${() => void ui.chat!.chooseLocale(l.tag)}>${l.native_name}</button>`,
    )}
  </div>`;
}

/** What is kept, who reads it, and when it must be told on: the same words here, in the menu and at a handover. */
export function privacyView(ui: IroiroChat): TemplateResult {
  const { t } = ui;
  return html`<div class="privacy">
    <h3>${icons.lock()}${t("privacy_title")}</h3>
    <ul>
      <li>${t("privacy_kept")}</li>
      <li>${t("privacy_readers")}</li>
      <li>${t("privacy_told")}</li>
      <li>${t("privacy_device")}</li>
    </ul>
    <p>${t("privacy_start")}</p>
  </div>`;
}
