import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import { ApiError } from "../../shared/api.ts";
import { isWrongCode } from "../chat.ts";
import type { IroiroChat } from "../element.ts";
import { transcriptText } from "../transcript.ts";
import { langTag } from "../words.ts";
import { emergencyView, hotlinesView } from "./hotlines.ts";
import { linkView } from "./linking.ts";
import { privacyView } from "./welcome.ts";

export type DialogName = "menu" | "language" | "privacy" | "resume" | "link" | "hotlines";

const BODIES: Record<DialogName, { title: string; body: (ui: IroiroChat) => TemplateResult }> = {
  menu: { title: "menu", body: menuView },
  language: { title: "language", body: languageView },
  privacy: { title: "privacy_title", body: privacyView },
  resume: { title: "resume_title", body: resumeView },
  link: { title: "link_title", body: linkView },
  hotlines: { title: "hotlines_button", body: hotlinesBody },
};

export function dialogView(ui: IroiroChat, name: DialogName): TemplateResult {
  const { title, body } = BODIES[name];
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
        <h2 id="dialog-title" tabindex="-1">${ui.t(title)}</h2>
        <button class="tool" aria-label=${ui.t("close")} @click=${() => ui.closeDialog()}>${icons.exit()}</button>
      </div>
      ${body(ui)}
    </div>
  </dialog>`;
}

function hotlinesBody(ui: IroiroChat): TemplateResult {
  const { hotlines } = ui.chat!;
  return hotlines ? hotlinesView(ui, hotlines) : emergencyView(ui);
}

function languageView(ui: IroiroChat): TemplateResult {
  const { words } = ui.chat!;
  return html`<ul class="languages">
    ${words.locales.map(
      (l) => html`<li>
        <button
          class="choice"
          lang=${langTag(l.tag)}
          aria-pressed=${l.tag === words.locale}
          @click=${() => {
            void ui.chat!.chooseLocale(l.tag);
            ui.closeDialog();
          }}
        >
          ${l.native_name}
        </button>
      </li>`,
    )}
  </ul>`;
}

function menuView(ui: IroiroChat): TemplateResult {
  const chat = ui.chat!;
  const { t } = ui;
  const { prefs, words } = chat;
  const japanese = words.locale === "ja" || words.locale === "ja-easy";
  const furigana = chat.furigana;
  return html`<div class="menu">
    <button class="line" @click=${() => ui.openDialog("language")}>${icons.globe()}<span>${t("language")}</span><b>${words.native_name}</b></button>
    ${switchView(t("easy_japanese"), words.locale === "ja-easy", () => void chat.chooseLocale(words.locale === "ja-easy" ? "ja" : "ja-easy"))}
    ${japanese ? switchView(t("furigana"), furigana, () => void chat.setPrefs({ furigana: !furigana })) : nothing}
    ${switchView(t("quiet"), prefs.quiet ?? false, () => void chat.setPrefs({ quiet: !prefs.quiet }), t("quiet_hint"))}
    ${choiceView(ui, "text_size", ["normal", "large", "largest"], prefs.size ?? "normal", (size) => chat.setPrefs({ size }))}
    ${choiceView(ui, "theme", ["auto", "light", "dark"], prefs.theme ?? "auto", (value) => chat.setPrefs({ theme: value }))}
    <button
      class="line"
      @click=${() => {
        ui.closeDialog();
        void ui.openFamily();
      }}
    >
      ${icons.child()}<span>${t("my_family")}</span>
    </button>
    <button class="line" @click=${() => ui.openDialog("resume")}>${icons.clock()}<span>${t("resume_title")}</span></button>
    <button class="line" @click=${() => ui.openDialog("link")}>${icons.phone()}<span>${t("link_title")}</span></button>
    <button class="line" @click=${() => void download(ui)}>${icons.book()}<span>${t("transcript")}</span></button>
    <button class="line" @click=${() => ui.openDialog("privacy")}>${icons.lock()}<span>${t("privacy_title")}</span></button>
    <p class="hint">${t("exit_hint")}</p>
  </div>`;
}

function switchView(label: string, on: boolean, flip: () => void, hint = ""): TemplateResult {
  return html`<button class="line" role="switch" aria-checked=${on} @click=${flip}>
    <span>${label}${hint ? html`<small>${hint}</small>` : nothing}</span><i class="switch" aria-hidden="true"></i>
  </button>`;
}

function choiceView<T extends string>(ui: IroiroChat, name: string, values: readonly T[], now: T, choose: (value: T) => Promise<void>): TemplateResult {
  return html`<div class="line set" role="group" aria-label=${ui.t(name)}>
    <span>${ui.t(name)}</span>
    <span class="tabs"
      >${values.map(
        (value) => html`<button class="small" aria-pressed=${value === now} @click=${() => void choose(value)}>${ui.t(`${name}_${value}`)}</button>`,
      )}</span
    >
  </div>`;
}

function resumeView(ui: IroiroChat): TemplateResult {
  const { t } = ui;
  const code = ui.chat!.session?.resume_code;
  return html`<div class="resume">
    ${code
      ? html`<p>${t("resume_yours")}</p>
          <p class="code" translate="no">${code}</p>
          <p class="hint">${t("resume_keep")}</p>`
      : html`<p>${t("resume_none")}</p>`}
    <form
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        void enterCode(ui, String(new FormData(event.target as HTMLFormElement).get("code") ?? ""));
      }}
    >
      <label>${t("resume_enter")}<input name="code" required autocomplete="off" autocapitalize="characters" spellcheck="false" /></label>
      <button class="button primary">${t("resume_open")}</button>
    </form>
    <p class="error" role="alert">${ui.notice}</p>
  </div>`;
}

async function enterCode(ui: IroiroChat, code: string): Promise<void> {
  try {
    await ui.chat!.resume(code);
    ui.closeDialog();
  } catch (error) {
    const busy = error instanceof ApiError && error.status === 429;
    ui.notice = ui.t(busy ? "resume_slow" : isWrongCode(error) ? "resume_wrong" : "outage");
    ui.requestUpdate();
  }
}

async function download(ui: IroiroChat): Promise<void> {
  const chat = ui.chat!;
  const file = (await chat.transcript()) ?? {
    blob: new Blob([transcriptText(chat.state.messages, ui.t)], { type: "text/plain;charset=utf-8" }),
    name: "iroiro.txt",
  };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file.blob);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
