import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import { CONTENT_ROLES } from "../content/board.ts";
import { FIGURE_ROLES } from "../figures.ts";
import { PRACTICE_ROLES } from "../practice.ts";
import { NOTICE_ROLES } from "../notices.ts";
import type { IroiroConsole, Page } from "../element.ts";
import { switchedOffView } from "./switches.ts";

const PAGES: { page: Page; word: string }[] = [
  { page: "cases", word: "page_cases" },
  { page: "wall", word: "page_wall" },
  { page: "staff", word: "page_staff" },
  { page: "notices", word: "page_notices" },
  { page: "content", word: "page_content" },
  { page: "switches", word: "page_switches" },
  { page: "practice", word: "page_practice" },
  { page: "figures", word: "page_figures" },
  { page: "audit", word: "page_audit" },
];

const CASE_PAGES: Page[] = ["cases", "wall"];

export function topView(ui: IroiroConsole): TemplateResult {
  const { t, desk, settings } = ui;
  const role = desk.me!.role;
  const mayAudit = role === "administrator" || role === "auditor";
  return html`<header class="top">
    <p class="brand"><span class="mark" aria-hidden="true"><i></i><i></i><i></i></span><span>${t("title")}</span></p>
    <nav aria-label=${t("nav")}>
      ${PAGES.filter((p) => (role !== "content_editor" || !CASE_PAGES.includes(p.page)) && (p.page !== "audit" || mayAudit) && (p.page !== "notices" || NOTICE_ROLES.includes(role)) && (p.page !== "content" || CONTENT_ROLES.includes(role)) && (p.page !== "figures" || FIGURE_ROLES.includes(role)) && (p.page !== "practice" || PRACTICE_ROLES.includes(role))).map(
        (p) => html`<a href="#${p.page === "cases" ? "" : p.page}" aria-current=${p.page === ui.page ? "page" : "false"}>${t(p.word)}</a>`,
      )}
    </nav>
    <div class="tools">
      ${role === "content_editor" ? nothing : html`<span class="link ${desk.link}" role="status">${t(`link_${desk.link}`)}</span>`}
      <button class="tool" aria-pressed=${settings.sound} title=${t("sound_hint")} @click=${() => toggleSound(ui)}>
        ${icons.bell()}<span class="word">${t(settings.sound ? (desk.alarm.allowed ? "sound_on" : "sound_blocked") : "sound_off")}</span>
        <span class="hidden">${t("sound")}</span>
      </button>
      <button class="tool" aria-label=${t("settings")} @click=${() => ui.openDialog("settings")}>${icons.person()}<span class="word">${desk.me!.name}</span></button>
      <button class="tool" aria-label=${t("shortcuts")} @click=${() => ui.openDialog("help")}><kbd>?</kbd></button>
    </div>
    ${switchedOffView(ui)} ${desk.away ? html`<p class="bar-note" role="status">${t("away")}</p>` : nothing}
  </header>`;
}

function toggleSound(ui: IroiroConsole): void {
  const on = !(ui.settings.sound && ui.desk.alarm.allowed);
  ui.set({ sound: on });
  if (on) {
    void ui.desk.alarm.allow().then(() => {
      ui.desk.alarm.ring(false);
      ui.requestUpdate();
    });
  }
}
