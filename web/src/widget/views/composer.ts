import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { Picker } from "../../shared/types.ts";
import type { IroiroChat } from "../element.ts";
import { pickerView } from "./pickers.ts";
import { statusWords } from "./status.ts";

const PICKERS: { name: Picker; icon: keyof typeof icons; word: string }[] = [
  { name: "location", icon: "pin", word: "location_send" },
  { name: "ward", icon: "flag", word: "pick_ward_short" },
  { name: "age", icon: "child", word: "pick_age_short" },
  { name: "date", icon: "calendar", word: "pick_date_short" },
];

export function composerView(ui: IroiroChat): TemplateResult {
  const { t } = ui;
  const words = statusWords(ui);
  return html`<footer class="composer">
    <div class="column">
      <p class="status ${words.kind}" role="status">${ui.notice || words.text}</p>
      ${ui.picker
        ? html`<div class="tray">
            <div class="tabs" role="group" aria-label=${t("more")}>
              ${PICKERS.map(
                (p) => html`<button class="small" aria-pressed=${p.name === ui.picker} @click=${() => pick(ui, p.name)}>${icons[p.icon]()}${t(p.word)}</button>`,
              )}
            </div>
            ${pickerView(ui, ui.picker)}
          </div>`
        : nothing}
      <form
        class="write"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          ui.sendDraft();
        }}
      >
        <button type="button" class="tool" aria-label=${t("more")} aria-expanded=${ui.picker !== null} @click=${() => pick(ui, ui.picker ? null : "ward")}>
          ${icons.plus()}
        </button>
        <label class="hidden" for="words">${t("message_label")}</label>
        <textarea
          id="words"
          rows="1"
          dir="auto"
          placeholder=${t("message_placeholder")}
          .value=${ui.draft}
          @input=${(event: InputEvent) => {
            const box = event.target as HTMLTextAreaElement;
            ui.write(box.value);
            grow(box);
          }}
          @keydown=${(event: KeyboardEvent) => onKey(ui, event)}
        ></textarea>
        <button class="send" aria-label=${t("send")} ?disabled=${!ui.draft.trim()}>${icons.send()}</button>
      </form>
    </div>
  </footer>`;
}

function pick(ui: IroiroChat, picker: Picker | null): void {
  ui.picker = picker;
  ui.requestUpdate();
}

const GROWS = CSS.supports("field-sizing", "content");

/** Makes the box as high as its words where the browser does not do so by itself. */
function grow(box: HTMLTextAreaElement): void {
  if (GROWS) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function onKey(ui: IroiroChat, event: KeyboardEvent): void {
  // While an input method is composing, Enter confirms its word; on a touch keyboard it is the only way to a new line.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  ui.sendDraft();
}
