import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { IroiroConsole } from "../element.ts";
import { SHORTCUTS } from "../keys.ts";

export type Dialog = "help" | "transfer" | "resolve" | "settings";

const OUTCOMES = ["helped", "referred", "no_answer", "mistaken", "other"] as const;

export function dialogView(ui: IroiroConsole, dialog: Dialog): TemplateResult {
  const { t } = ui;
  const [title, body] = {
    help: ["shortcuts", helpView] as const,
    transfer: ["transfer_title", transferView] as const,
    resolve: ["resolve_title", resolveView] as const,
    settings: ["settings", settingsView] as const,
  }[dialog];
  return html`<dialog
    aria-labelledby="dialog-title"
    @cancel=${(event: Event) => {
      event.preventDefault();
      ui.closeDialog();
    }}
    @click=${(event: MouseEvent) => event.target === event.currentTarget && ui.closeDialog()}
  >
    <div class="sheet">
      <div class="sheet-head">
        <h2 id="dialog-title">${t(title)}</h2>
        <button class="tool" aria-label=${t("close")} @click=${() => ui.closeDialog()}>${icons.exit()}</button>
      </div>
      ${body(ui)}
    </div>
  </dialog>`;
}

function helpView(ui: IroiroConsole): TemplateResult {
  const { t, settings } = ui;
  return html`<dl class="keys">
      ${SHORTCUTS.map((s) => html`<dt><kbd>${s.key}</kbd></dt><dd>${t(s.does)}</dd>`)}
      <dt><kbd>1</kbd>–<kbd>9</kbd></dt>
      <dd>${t("key_number")}</dd>
      <dt><kbd>Ctrl</kbd>+<kbd>Enter</kbd></dt>
      <dd>${t("send")}</dd>
      <dt><kbd>Esc</kbd></dt>
      <dd>${t("key_escape")}</dd>
    </dl>
    <label class="check">
      <input type="checkbox" .checked=${settings.shortcuts} @change=${(event: Event) => ui.set({ shortcuts: (event.target as HTMLInputElement).checked })} />
      ${t("shortcuts_on")}
    </label>`;
}

function transferView(ui: IroiroConsole): TemplateResult {
  const { t, desk } = ui;
  const colleagues = desk.staff.filter((s) => s.id !== desk.me!.id && s.active !== false && (s.role === "counsellor" || s.role === "supervisor" || s.role === "administrator"));
  return html`<p class="soft">${t("transfer_text")}</p>
    <ul class="colleagues">
      ${colleagues.map(
        (s) => html`<li>
          <button class="button wide" @click=${() => void desk.transfer(desk.open!, s.id).then((done) => done && ui.closeDialog())}>
            <b>${s.name}</b> <span class="soft">${t(`role_${s.role}`)} · ${t("load", { n: s.cases ?? 0, high: s.high ?? 0 })}</span>
          </button>
        </li>`,
      )}
    </ul>
    ${colleagues.length === 0 ? html`<p>${t("transfer_nobody")}</p>` : nothing}`;
}

function resolveView(ui: IroiroConsole): TemplateResult {
  const { t, desk } = ui;
  return html`<form
    class="stack"
    @submit=${async (event: SubmitEvent) => {
      event.preventDefault();
      const form = new FormData(event.target as HTMLFormElement);
      const id = desk.open!;
      if (await desk.resolve(id, String(form.get("outcome")), String(form.get("note") ?? "").trim())) {
        ui.closeDialog();
        ui.closeCase();
      }
    }}
  >
    <fieldset>
      <legend>${t("outcome")}</legend>
      ${OUTCOMES.map((o, i) => html`<label class="check"><input type="radio" name="outcome" value=${o} ?checked=${i === 0} /> ${t(`outcome_${o}`)}</label>`)}
    </fieldset>
    <label>${t("closing_note")}<textarea name="note" rows="4" maxlength="10000"></textarea></label>
    ${desk.problem ? html`<p class="error" role="alert">${t(desk.problem.key, { name: desk.problem.name ?? t("colleague") })}</p>` : nothing}
    <button class="button primary">${t("resolve")}</button>
  </form>`;
}

function settingsView(ui: IroiroConsole): TemplateResult {
  const { t, desk, settings } = ui;
  return html`<p><b>${desk.me!.name}</b> <span class="soft">${desk.me!.login} · ${t(`role_${desk.me!.role}`)}</span></p>
    <div class="set" role="group" aria-label=${t("language")}>
      <span>${t("language")}</span>
      ${(["ja", "en"] as const).map((l) => html`<button class="small" lang=${l} aria-pressed=${settings.language === l} @click=${() => ui.set({ language: l })}>${l === "ja" ? "日本語" : "English"}</button>`)}
    </div>
    <div class="set" role="group" aria-label=${t("theme")}>
      <span>${t("theme")}</span>
      ${(["auto", "light", "dark"] as const).map((v) => html`<button class="small" aria-pressed=${settings.theme === v} @click=${() => ui.set({ theme: v })}>${t(`theme_${v}`)}</button>`)}
    </div>
    <div class="set">
      <span>${t("sound")}</span>
      <button class="small" @click=${() => void desk.alarm.allow().then(() => desk.alarm.ring(true))}>${t("sound_test")}</button>
    </div>
    ${"Notification" in globalThis && Notification.permission === "default"
      ? html`<div class="set">
          <span>${t("notify")}</span>
          <button class="small" @click=${() => void Notification.requestPermission().then(() => ui.requestUpdate())}>${t("notify_allow")}</button>
        </div>`
      : nothing}
    <a class="button wide" href="#account" @click=${() => ui.closeDialog()}>${t("account_open")}</a>
    <button class="button wide" @click=${() => void desk.signOut().then(() => ui.closeDialog())}>${t("sign_out")}</button>`;
}
