import { html, nothing, type TemplateResult } from "lit";
import type { IroiroConsole } from "../element.ts";
import { ALERT_ROLES, type AlertAddress, type OwnSession } from "../account.ts";
import { clock } from "../words.ts";

/** One's own account: where alerts go, the second factor, the password, where one is signed in. */
export function accountView(ui: IroiroConsole): TemplateResult {
  const { t, account, desk } = ui;
  if (account.loadedFor !== desk.me!.id) void account.load(desk.me!);
  return html`<main class="page">
    <h1>${t("page_account")}</h1>
    <p><b>${desk.me!.name}</b> <span class="soft">${desk.me!.login} · ${t(`role_${desk.me!.role}`)}</span></p>
    <p class="error" role="alert">${account.problem ? t(account.problem) : ""}</p>
    <p role="status">${account.done ? t(account.done) : ""}</p>
    ${ALERT_ROLES.includes(desk.me!.role) && account.ways ? alertsCard(ui) : nothing} ${account.own ? html`${factorCard(ui)} ${passwordCard(ui)} ${sessionsCard(ui)}` : nothing}
  </main>`;
}

function alertsCard(ui: IroiroConsole): TemplateResult {
  const { t, account, settings } = ui;
  const ways = account.ways!;
  return html`<section class="card stack" id="alerts">
    <h2>${t("alerts_outside")}</h2>
    <p class="soft">${t("alerts_about", { repeat: ways.repeat_seconds, escalate: Math.round(ways.escalate_seconds / 60) })}</p>
    ${ways.addresses.length === 0 ? html`<p>${t("addresses_none")}</p>` : html`<ul class="plain">${ways.addresses.map((one) => addressItem(ui, one))}</ul>`}
    <div class="row">
      ${account.pushPossible
        ? html`<button class="button" @click=${() => void account.addBrowser(settings.language)}>${t("push_add")}</button>`
        : html`<p class="soft">${t("push_impossible")}</p>`}
    </div>
    ${ways.email
      ? html`<form @submit=${(event: SubmitEvent) => void submit(event, (field) => account.addEmail(field("email"), settings.language))}>
          <label>${t("email")}<input name="email" type="email" required maxlength="254" autocomplete="email" /></label>
          <div class="row"><button class="button">${t("email_add")}</button></div>
        </form>`
      : html`<p class="soft">${t("email_off")}</p>`}
    <p class="soft">${t(ways.webhook ? "webhook_on" : "webhook_off")}</p>
    <div class="row"><button class="button primary" ?disabled=${account.testing} @click=${() => void account.test()}>${t(account.testing ? "alert_testing" : "alert_test")}</button></div>
    <p role="status">${account.outcome ? outcomeText(ui) : ""}</p>
  </section>`;
}

function outcomeText(ui: IroiroConsole): string {
  const { t, account } = ui;
  const ways = Object.entries(account.outcome ?? {});
  if (ways.length === 0) return t("alert_test_nowhere");
  return ways.map(([way, { sent, failed }]) => t("alert_test_done", { way: t(`way_${way}`), sent, failed })).join(" ");
}

function addressItem(ui: IroiroConsole, one: AlertAddress): TemplateResult {
  const { t, account } = ui;
  return html`<li class="row">
    <span><b>${t(`way_${one.kind}`)}</b> ${one.address}</span>
    <button class="small" aria-label=${t("address_remove", { address: one.address })} @click=${() => void account.removeAddress(one.id)}>${t("remove")}</button>
  </li>`;
}

function factorCard(ui: IroiroConsole): TemplateResult {
  const { t, account } = ui;
  const { enrolling, own } = account;
  return html`<section class="card stack" id="factor">
    <h2>${t("factor")}: ${t(own!.totp ? "factor_on" : "factor_off")}</h2>
    <p class="soft">${t("factor_about")}</p>
    ${account.codes.length > 0
      ? html`<div role="status">
          <p><b>${t("codes_once")}</b></p>
          <ul class="codes">${account.codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
        </div>`
      : nothing}
    ${enrolling
      ? html`<p>${t("factor_scan")}</p>
          <img class="qr" src=${enrolling.qr} alt=${t("factor_qr")} width="220" height="220" />
          <p class="soft">${t("factor_type")} <code>${enrolling.secret.replace(/(.{4})/g, "$1 ")}</code></p>
          <form @submit=${(event: SubmitEvent) => void submit(event, (field) => account.confirmTotp(field("code")))}>
            <label>${t("code_now")}<input name="code" required inputmode="numeric" autocomplete="one-time-code" maxlength="10" /></label>
            <div class="row"><button class="button primary">${t("factor_confirm")}</button></div>
          </form>`
      : own!.totp
        ? html`<p>${t("codes_left", { n: own!.recovery_codes_left })}</p>
            ${passwordForm(ui, "codes_new", (password) => account.newCodes(password))} ${passwordForm(ui, "factor_remove", (password) => account.removeTotp(password))}`
        : passwordForm(ui, "factor_begin", (password) => account.beginTotp(password))}
  </section>`;
}

/** A change that guards the account asks for the password again. */
function passwordForm(ui: IroiroConsole, action: string, work: (password: string) => Promise<boolean>): TemplateResult {
  const { t } = ui;
  return html`<form data-action=${action} @submit=${(event: SubmitEvent) => void submit(event, (field) => work(field("password")))}>
    <label>${t("password_present")}<input name="password" type="password" required autocomplete="current-password" /></label>
    <div class="row"><button class="button">${t(action)}</button></div>
  </form>`;
}

function passwordCard(ui: IroiroConsole): TemplateResult {
  const { t, account } = ui;
  return html`<section class="card stack" id="password">
    <h2>${t("password_change")}</h2>
    <form @submit=${(event: SubmitEvent) => void submit(event, (field) => account.changePassword(field("current"), field("fresh")))}>
      <label>${t("password_present")}<input name="current" type="password" required autocomplete="current-password" /></label>
      <label>${t("password_new")}<input name="fresh" type="password" required minlength="12" autocomplete="new-password" /></label>
      <p class="soft">${t("password_rule")} ${t("password_ends")}</p>
      <div class="row"><button class="button">${t("password_change")}</button></div>
    </form>
  </section>`;
}

function sessionsCard(ui: IroiroConsole): TemplateResult {
  const { t, account } = ui;
  const sessions = account.own!.sessions;
  return html`<section class="card stack" id="sessions">
    <h2>${t("sessions")}</h2>
    <ul class="plain">${sessions.map((one) => sessionItem(ui, one))}</ul>
    ${sessions.length > 1 ? html`<div class="row"><button class="button" @click=${() => void account.endSession(null)}>${t("sessions_end_others")}</button></div>` : nothing}
  </section>`;
}

function sessionItem(ui: IroiroConsole, one: OwnSession): TemplateResult {
  const { t, account, settings } = ui;
  return html`<li class="row">
    <span>${one.agent || t("session_unnamed")} <span class="soft">${t("session_times", { since: clock(one.since, settings.language), last: clock(one.last_seen, settings.language) })}</span></span>
    ${one.this ? html`<b>${t("session_this")}</b>` : html`<button class="small" @click=${() => void account.endSession(one.id)}>${t("session_end")}</button>`}
  </li>`;
}

async function submit(event: SubmitEvent, work: (field: (name: string) => string) => Promise<boolean>): Promise<void> {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const data = new FormData(form);
  if (await work((name) => String(data.get(name) ?? ""))) form.reset();
}
