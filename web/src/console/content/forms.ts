import { html, nothing, type TemplateResult } from "lit";
import type { IroiroConsole } from "../element.ts";
import type { FactForm, Path } from "./types.ts";

const VERIFIED = ["seen", "memory"];

/** The fields of the file on the screen, where it has any; its plain text otherwise. */
export function formView(ui: IroiroConsole): TemplateResult {
  const { outline } = ui.contentBoard.editing!;
  if (ui.contentBoard.asText) return textView(ui);
  if (outline.facts) return factsView(ui, outline.facts);
  if (outline.rows && outline.columns) return rowsView(ui, outline.columns, outline.rows);
  if (outline.words) return wordsView(ui, outline.words);
  return textView(ui);
}

export function hasForm(ui: IroiroConsole): boolean {
  const { facts, rows, words } = ui.contentBoard.editing!.outline;
  return Boolean(facts ?? rows ?? words);
}

function textView(ui: IroiroConsole): TemplateResult {
  const { t, contentBoard: board } = ui;
  return html`<label
    >${t("content_text")}<textarea
      id="content-text"
      rows="26"
      spellcheck="false"
      .value=${board.text}
      @input=${(event: Event) => board.write((event.target as HTMLTextAreaElement).value)}
    ></textarea>
  </label>`;
}

function factsView(ui: IroiroConsole, facts: FactForm[]): TemplateResult {
  const { t, contentBoard: board } = ui;
  const open = facts.some((fact) => fact.id === board.row) ? board.row : facts[0]?.id;
  return html`${facts.map(
    (fact) => html`<details class="fact" ?open=${fact.id === open} data-fact=${fact.id}>
      <summary>${String(fact.fields.find((f) => f.label === "states")?.value ?? fact.id)}</summary>
      <p class="soft"><code>${fact.id}</code>${fact.slot ? html` · ${t("content_slot")} <code>${fact.slot}</code>` : nothing}</p>
      <div class="fields">${fact.fields.map((field) => fieldView(ui, fact.id, field.path, field.label, field.type, field.value))}</div>
    </details>`,
  )}`;
}

function fieldView(ui: IroiroConsole, fact: string, path: Path, name: string, type: string, value: unknown): unknown {
  const { t, contentBoard: board } = ui;
  const known = `content_field_${name}`;
  const label = t(known) === known ? html`<span>${name} <span class="soft">${type}</span></span>` : t(known);
  const set = (next: unknown): void => void board.set({ field: path, value: next });
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    return Object.entries(value)
      .filter(([key]) => key !== "type")
      .map(([key, inner]) => fieldView(ui, fact, [...path, key], `${name} ${key}`, type, inner));
  }
  if (type === "flag") {
    return html`<label class="check"><input type="checkbox" .checked=${value === true} @change=${(event: Event) => set((event.target as HTMLInputElement).checked)} />${label}</label>`;
  }
  if (type === "verified") {
    return html`<label
      >${label}<select @change=${(event: Event) => set((event.target as HTMLSelectElement).value)}>
        ${VERIFIED.map((v) => html`<option value=${v} ?selected=${v === value}>${t(`content_${v}`)}</option>`)}
      </select></label
    >`;
  }
  const shown = Array.isArray(value) ? value.join(", ") : String(value ?? "");
  const kind = type === "date" ? "date" : "text";
  return html`<label
    >${label}<input type=${kind} name=${path.join(".")} .value=${shown} autocomplete="off" @change=${(event: Event) => set(typed((event.target as HTMLInputElement).value, type, value))}
  /></label>`;
}

/** What was typed, as the kind of value the file holds; text that is no number stays text, and the check says so. */
function typed(text: string, type: string, before: unknown): unknown {
  const said = text.trim();
  const number = (part: string): unknown => (/^-?\d+(\.\d+)?$/.test(part) ? Number(part) : part);
  if (Array.isArray(before)) return said === "" ? [] : said.split(/[,、\s]+/).map(number);
  if (type === "date" && said === "") return null;
  return typeof before === "number" ? number(said.replace(/,/g, "")) : said;
}

function rowsView(ui: IroiroConsole, columns: string[], rows: Record<string, string>[]): TemplateResult {
  const { t, contentBoard: board } = ui;
  const [key, name] = columns.includes("ID") ? ["ID", "名称"] : ["id", "name_ja"];
  const id = rows.some((row) => row[key] === board.row) ? board.row : (rows[0]?.[key] ?? "");
  const row = rows.find((one) => one[key] === id);
  return html`<div class="row">
      <label
        >${t("content_row")}
        <select id="content-row" @change=${(event: Event) => pick(ui, (event.target as HTMLSelectElement).value)}>
          ${rows.map((one) => html`<option value=${one[key]!} ?selected=${one[key] === id}>${one[name]} (${one[key]})</option>`)}
        </select></label
      >
      <button class="button" @click=${() => add(ui, key, name)}>${t("content_row_add")}</button>
      <button class="button danger" @click=${() => confirm(t("content_row_remove_sure", { name: row?.[name] ?? id })) && void board.set({ key, row: id, values: null })}>${t("content_row_remove")}</button>
      ${columns.includes("verified_at")
        ? html`<button class="button" @click=${() => void board.set({ key, row: id, values: { verified_at: new Date().toLocaleDateString("sv", { timeZone: "Asia/Tokyo" }) } })}>${t("content_verified_today")}</button>`
        : nothing}
    </div>
    ${row
      ? html`<div class="fields">
          ${columns.map(
            (column) => html`<label
              >${column}<input name=${column} .value=${row[column] ?? ""} ?readonly=${column === key} autocomplete="off" @change=${(event: Event) => void board.set({ key, row: id, values: { [column]: (event.target as HTMLInputElement).value } })}
            /></label>`,
          )}
        </div>`
      : nothing}`;
}

function pick(ui: IroiroConsole, id: string): void {
  ui.contentBoard.row = id;
  ui.requestUpdate();
}

function add(ui: IroiroConsole, key: string, name: string): void {
  const id = prompt(ui.t("content_row_id"))?.trim();
  if (!id) return;
  ui.contentBoard.row = id;
  void ui.contentBoard.set({ key, row: id, values: { [name]: ui.t("content_row_new") } });
}

function wordsView(ui: IroiroConsole, words: { key: string; says: string; ja: string; text: string }[]): TemplateResult {
  const { contentBoard: board } = ui;
  return html`${words.map(
    (word) => html`<label class="word-field"
      ><code>${word.key}</code><span class="soft">${word.says}</span>${board.editing!.path.includes("/ja/") ? nothing : html`<span lang="ja">${word.ja}</span>`}
      <textarea rows="2" name=${word.key} .value=${word.text} @change=${(event: Event) => void board.set({ field: ["crisis", word.key], value: (event.target as HTMLTextAreaElement).value.replace(/\s+/g, " ").trim() })}></textarea>
    </label>`,
  )}`;
}
