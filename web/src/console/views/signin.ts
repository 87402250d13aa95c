import { html, nothing, type TemplateResult } from "lit";
import { ApiError } from "../../shared/api.ts";
import type { IroiroConsole } from "../element.ts";

/** Sign-in, or the making of the first administrator when the address carries a one-time token. */
export function signInView(ui: IroiroConsole): TemplateResult {
  const { t } = ui;
  const setup = ui.setupToken !== null;
  return html`<main class="gate">
    <form class="gate-card" @submit=${(event: SubmitEvent) => void submit(ui, event)}>
      <p class="brand"><span class="mark" aria-hidden="true"><i></i><i></i><i></i></span>${t("title")}</p>
      <h1>${t(setup ? "setup_title" : "sign_in")}</h1>
      ${setup ? html`<p class="soft">${t("setup_text")}</p>` : nothing}
      ${setup ? html`<label>${t("name")}<input name="name" required autocomplete="name" maxlength="80" /></label>` : nothing}
      <label>${t("login")}<input name="login" required autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" /></label>
      <label
        >${t("password")}<input
          name="password"
          type="password"
          required
          minlength=${setup ? 12 : 1}
          autocomplete=${setup ? "new-password" : "current-password"}
      /></label>
      ${setup
        ? html`<p class="soft">${t("password_rule")}</p>`
        : html`<details>
            <summary>${t("totp_have")}</summary>
            <label>${t("totp")}<input name="totp" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="20" /></label>
          </details>`}
      <p class="error" role="alert">${ui.formProblem}</p>
      <button class="button primary wide">${t(setup ? "setup_do" : "sign_in")}</button>
      ${!setup && ui.provider ? html`<a class="button wide" href="/api/console/oidc/start">${t("oidc_sign_in", { name: ui.provider })}</a>` : nothing}
      <button type="button" class="textual" @click=${() => ui.set({ language: ui.settings.language === "ja" ? "en" : "ja" })}>
        ${ui.settings.language === "ja" ? "English" : "日本語"}
      </button>
    </form>
  </main>`;
}

async function submit(ui: IroiroConsole, event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const form = new FormData(event.target as HTMLFormElement);
  const field = (name: string): string => String(form.get(name) ?? "").trim();
  const password = String(form.get("password") ?? "");
  void ui.desk.alarm.allow();
  ui.formProblem = "";
  try {
    if (ui.setupToken !== null) {
      await ui.desk.setUp(ui.setupToken, field("login"), field("name"), password);
      ui.setupToken = null;
    } else {
      await ui.desk.signIn(field("login"), password, field("totp") || undefined);
    }
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    const setup = ui.setupToken !== null;
    const key =
      { 0: "problem_unreachable", 401: "sign_in_wrong", 403: setup ? "setup_wrong" : "sign_in_wrong", 409: "login_taken", 422: "password_rule", 429: "problem_slow" }[
        status
      ] ?? "problem_server";
    ui.formProblem = ui.t(key);
  }
  ui.requestUpdate();
}
