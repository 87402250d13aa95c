import { html, nothing, type TemplateResult } from "lit";
import { ApiError } from "../../shared/api.ts";
import { isWrongCode } from "../chat.ts";
import type { IroiroChat } from "../element.ts";

/** What the dialog knows between two drawings. A page shows one chat, so one of these is enough. */
const known: { linked: boolean; code: string; minutes: number; asked: IroiroChat | null } = { linked: false, code: "", minutes: 0, asked: null };

/** One talk on LINE and here: give a code, or type one after agreeing. */
export function linkView(ui: IroiroChat): TemplateResult {
  const { t } = ui;
  if (known.asked !== ui) {
    known.asked = ui;
    known.code = "";
    void tried(ui, async () => void (known.linked = await ui.chat!.linked()));
  }
  if (known.linked) {
    return html`<div class="resume">
      <p>${t("link_linked")}</p>
      <button class="button" @click=${() => void tried(ui, () => separate(ui))}>${t("link_end")}</button>
      <p class="error" role="alert">${ui.notice}</p>
    </div>`;
  }
  return html`<div class="resume">
    <p>${t("link_about")}</p>
    ${known.code
      ? html`<p>${t("link_type_in_line", { minutes: known.minutes })}</p>
          <p class="code" translate="no">${known.code}</p>`
      : html`<button class="button" @click=${() => void tried(ui, () => give(ui))}>${t("link_give")}</button>`}
    <form
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const code = String(new FormData(event.target as HTMLFormElement).get("code") ?? "");
        void tried(ui, () => open(ui, code));
      }}
    >
      <label>${t("link_enter")}<input name="code" required maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false" /></label>
      <label class="agree"><input type="checkbox" name="consent" required /> ${t("link_consent")}</label>
      <button class="button primary">${t("resume_open")}</button>
    </form>
    ${ui.notice ? html`<p class="error" role="alert">${ui.notice}</p>` : nothing}
  </div>`;
}

async function give(ui: IroiroChat): Promise<void> {
  const made = await ui.chat!.linkCode();
  known.code = made.code;
  known.minutes = made.minutes;
}

async function open(ui: IroiroChat, code: string): Promise<void> {
  await ui.chat!.openLine(code);
  known.asked = null;
  ui.closeDialog();
}

async function separate(ui: IroiroChat): Promise<void> {
  await ui.chat!.unlink();
  known.linked = false;
  known.asked = null;
  ui.closeDialog();
}

async function tried(ui: IroiroChat, work: () => Promise<void>): Promise<void> {
  ui.notice = "";
  try {
    await work();
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    ui.notice = ui.t(status === 429 ? "resume_slow" : status === 409 ? "link_busy" : isWrongCode(error) ? "resume_wrong" : "outage");
  }
  ui.requestUpdate();
}
