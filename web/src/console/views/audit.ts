import { html, nothing, type TemplateResult } from "lit";
import type { IroiroConsole } from "../element.ts";
import { clock } from "../words.ts";

/** What staff did, newest first. Entries are chained, so that a removed or changed one is found out. */
export function auditView(ui: IroiroConsole): TemplateResult {
  const { t, desk, settings } = ui;
  return html`<main class="page">
    <h1>${t("page_audit")}</h1>
    <p class="row">
      <button class="button" @click=${() => void verify(ui)}>${t("audit_verify")}</button>
      <span role="status">${ui.auditResult}</span>
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t("page_audit")}>
      <table>
        <thead>
          <tr><th scope="col">${t("time")}</th><th scope="col">${t("staff")}</th><th scope="col">${t("action")}</th><th scope="col">${t("object")}</th><th scope="col">${t("detail")}</th></tr>
        </thead>
        <tbody>
          ${desk.audit.map(
            (e) => html`<tr>
              <td><time datetime=${e.at}>${clock(e.at, settings.language)}</time></td>
              <td>${typeof e.staff === "string" ? e.staff : (e.staff?.name ?? "–")}</td>
              <td><code>${e.action}</code></td>
              <td><code>${e.object ?? ""}</code></td>
              <td>${detail(e.detail)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${desk.audit.length >= 50 ? html`<button class="button" @click=${() => void desk.loadAudit(true)}>${t("more")}</button>` : nothing}
  </main>`;
}

function detail(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  return Object.entries(value).map(([key, v]) => `${key}: ${String(v)}`).join(", ");
}

async function verify(ui: IroiroConsole): Promise<void> {
  const found = await ui.desk.verifyAudit();
  ui.auditResult = found ? ui.t(found.whole ? "audit_whole" : "audit_broken", { n: found.whole ? found.checked : (found.broken_at ?? 0) }) : "";
  ui.requestUpdate();
}
