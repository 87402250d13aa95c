import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { IroiroChat } from "../element.ts";

export function headerView(ui: IroiroChat): TemplateResult {
  const { t } = ui;
  return html`<header class="bar">
    <div class="brand">
      <span class="mark" aria-hidden="true"><i></i><i></i><i></i></span>
      <span class="name">${t("title")}</span>
    </div>
    <div class="tools">
      <button class="tool call" aria-label=${t("hotlines_button")} @click=${() => ui.openDialog("hotlines")}>${icons.phone()}<span class="word">${t("hotlines_button")}</span></button>
      <button class="tool" @click=${() => ui.openDialog("language")}>
        ${icons.globe()}<span class="word">${ui.chat?.words.native_name || t("language")}</span><span class="hidden">${t("language")}</span>
      </button>
      <button class="tool" aria-label=${t("menu")} @click=${() => ui.openDialog("menu")}>${icons.menu()}</button>
      ${ui.floating ? html`<button class="tool" aria-label=${t("close_panel")} @click=${() => ui.hide()}>${icons.down()}</button>` : nothing}
      <button class="tool leave" title=${t("exit_hint")} @click=${() => void ui.exit()}>
        ${icons.exit()}<span class="always">${t("exit")}</span>
      </button>
    </div>
  </header>`;
}
