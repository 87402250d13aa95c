import { html, nothing, type TemplateResult } from "lit";
import type { IroiroConsole } from "../element.ts";
import type { StaffMember } from "../types.ts";

const ROLES = ["counsellor", "supervisor", "content_editor", "administrator", "auditor"] as const;

/** Colleagues and how much each holds now; administrators add new ones. */
export function staffView(ui: IroiroConsole): TemplateResult {
  const { t, desk } = ui;
  const mayChange = desk.me!.role === "administrator";
  return html`<main class="page">
    <h1>${t("page_staff")}</h1>
    <div class="scroll" tabindex="0" role="region" aria-label=${t("page_staff")}>
      <table>
        <thead>
          <tr>
            <th scope="col">${t("name")}</th><th scope="col">${t("role")}</th><th scope="col">${t("login")}</th><th scope="col">${t("cases_held")}</th
            ><th scope="col">${t("cases_high")}</th>${mayChange ? html`<th scope="col">${t("staff_change")}</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${desk.staff.map((s) => {
            const held = [...desk.state.cases.values()].filter((c) => c.state === "assigned" && c.assignee?.id === s.id);
            return html`<tr>
              <th scope="row">${s.name}${s.active === false ? html` <span class="soft">${t("inactive")}</span>` : nothing}</th>
              <td>${t(`role_${s.role}`)}</td>
              <td>${s.login}</td>
              <td><meter min="0" max="8" high="6" value=${held.length} aria-hidden="true"></meter> ${held.length}</td>
              <td>${held.filter((c) => c.level === "high" || c.level === "imminent").length}</td>
              ${mayChange ? changeCell(ui, s) : nothing}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
    ${desk.me!.role === "administrator" ? addView(ui) : nothing}
  </main>`;
}

function changeCell(ui: IroiroConsole, member: StaffMember): TemplateResult {
  const { t, desk } = ui;
  const change = async (what: { role?: string; active?: boolean } | "totp/remove"): Promise<void> => {
    const done = await desk.changeStaff(member.id, what);
    ui.formProblem = done ? "" : t(desk.problem?.key === "problem_taken" ? "staff_last" : (desk.problem?.key ?? "problem_refused"));
    ui.requestUpdate();
  };
  const active = member.active !== false;
  return html`<td>
    <div class="row">
      <select aria-label=${t("staff_role_of", { name: member.name })} .value=${member.role} @change=${(event: Event) => void change({ role: (event.target as HTMLSelectElement).value })}>
        ${ROLES.map((r) => html`<option value=${r} ?selected=${r === member.role}>${t(`role_${r}`)}</option>`)}
      </select>
      <button class="small" @click=${() => (!active || confirm(t("staff_disable_sure", { name: member.name }))) && void change({ active: !active })}>
        ${t(active ? "staff_disable" : "staff_enable")}
      </button>
      ${member.totp
        ? html`<button class="small" @click=${() => confirm(t("staff_factor_sure", { name: member.name })) && void change("totp/remove")}>${t("staff_factor_remove")}</button>`
        : nothing}
    </div>
  </td>`;
}

function addView(ui: IroiroConsole): TemplateResult {
  const { t, desk } = ui;
  return html`<form
    class="stack card"
    @submit=${async (event: SubmitEvent) => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      const field = (name: string): string => String(new FormData(form).get(name) ?? "");
      const added = await desk.addStaff({ login: field("login").trim(), name: field("name").trim(), role: field("role"), password: field("password") });
      ui.formProblem = added ? "" : t(desk.problem?.key === "problem_taken" ? "login_taken" : (desk.problem?.key ?? "problem_refused"));
      if (added) form.reset();
      ui.requestUpdate();
    }}
  >
    <h2>${t("staff_add")}</h2>
    <label>${t("name")}<input name="name" required maxlength="80" autocomplete="off" /></label>
    <label>${t("login")}<input name="login" required maxlength="64" autocapitalize="none" spellcheck="false" autocomplete="off" /></label>
    <label>${t("role")}<select name="role">${ROLES.map((r) => html`<option value=${r}>${t(`role_${r}`)}</option>`)}</select></label>
    <label>${t("first_password")}<input name="password" type="password" required minlength="12" autocomplete="new-password" /></label>
    <p class="soft">${t("password_rule")}</p>
    <p class="error" role="alert">${ui.formProblem}</p>
    <button class="button primary">${t("staff_add")}</button>
  </form>`;
}
