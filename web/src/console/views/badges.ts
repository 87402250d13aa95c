import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { Message } from "../../shared/types.ts";
import type { IroiroConsole } from "../element.ts";
import type { Level } from "../types.ts";

export function levelBadge(ui: IroiroConsole, level: Level): TemplateResult {
  return html`<span class="level ${level}">${ui.t(`level_${level}`)}</span>`;
}

/** Who wrote a message, said in words and not by colour alone. */
export function authorBadge(ui: IroiroConsole, message: Message): TemplateResult {
  const { t } = ui;
  const who = {
    resident: html`${icons.person()}${t("resident")}`,
    machine: html`${icons.machine()}${t("machine")}`,
    staff: html`${icons.person()}${message.author_name ?? t("staff")}`,
    system: html`${t("system")}`,
  }[message.author];
  return html`<span class="badge ${message.author}">${who}</span>${message.translated
      ? html`<span class="badge translated">${t("translated")}</span>`
      : nothing}`;
}

export function localeName(ui: IroiroConsole, locale: string): string {
  if (locale === "ja-easy") return "やさしい日本語";
  try {
    return new Intl.DisplayNames(ui.settings.language, { type: "language" }).of(locale === "tl" ? "fil" : locale) ?? locale;
  } catch {
    return locale;
  }
}
