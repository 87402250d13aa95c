import type { Api } from "../../shared/api.ts";
import { ApiError } from "../../shared/api.ts";
import type { Block, FactForm, Item, Outline, Path, Preview, Problem, Question, StaleFact, Draft } from "./types.ts";

export const CONTENT_ROLES = ["content_editor", "administrator"];
export const LOCALES = ["ja", "ja-easy", "en", "zh-Hans", "zh-Hant", "ko", "vi", "tl", "ne", "pt", "es", "id", "th"] as const;
const PREVIEW_AFTER_MS = 350;

export type Tab = "items" | "changes" | "stale" | "unanswered";
export type { Block, FactForm };

/** One item in the editor: its files as they are in use, the change being made, and what residents would read. */
export interface Editing {
  item: string;
  title: string;
  /** Path → text in use. */
  files: Map<string, string>;
  /** Path → text of the change as the server holds it. */
  saved: Map<string, string>;
  /** Path → text as it stands in this browser. */
  texts: Map<string, string>;
  path: string;
  draft: Draft | null;
  /** Changes of others that are open on the same item. */
  others: Draft[];
  summary: string;
  previews: Record<string, Preview[]>;
  problems: Problem[];
  outline: Outline;
  /** Somebody saved the same change first: their version, and both texts together. */
  conflict: { draft: Draft; merged: Record<string, string>; unclear: string[] } | null;
}

/** The content desk as the console holds it. Knows nothing of the screen. */
export class ContentBoard {
  tab: Tab = "items";
  items: Item[] = [];
  writable = true;
  drafts: Draft[] = [];
  stale: StaleFact[] = [];
  questions: Question[] = [];
  editing: Editing | null = null;
  /** What the server said, and its code for words in the reader's language. */
  problem = "";
  code = "";
  notice = "";
  busy = false;
  search = "";
  /** Locales whose preview shows. */
  shown: string = "ja";
  asText = false;
  /** The row or fact that is open. */
  row = "";
  /** Items that were left with unsaved words, by change or item; coming back finds them as they were. */
  private readonly kept = new Map<string, Editing>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private readonly api: () => Api;
  private readonly onChange: () => void;

  constructor(api: () => Api, onChange: () => void) {
    this.api = api;
    this.onChange = onChange;
    // Closing the page with words that are stored nowhere asks first.
    globalThis.addEventListener?.("beforeunload", (event) => (this.unsaved || this.kept.size > 0) && event.preventDefault());
  }

  /** Shows what the address names: "", "changes", "stale", "unanswered", "item/<item>" `item/<item>/<fact or row>` or "draft/<id>". */
  async go(place: string): Promise<void> {
    this.problem = this.notice = "";
    if (this.editing && this.unsaved) this.kept.set(keyOf(this.editing), this.editing);
    const [kind, rest] = [place.split("/", 1)[0]!, place.slice(place.indexOf("/") + 1)];
    if (kind === "draft") return this.openDraft(rest);
    if (kind === "item") {
      const [item, part] = rest.split("/").map(decodeURIComponent);
      return this.openItem(item!, null, part);
    }
    this.editing = null;
    this.tab = kind === "changes" || kind === "stale" || kind === "unanswered" ? kind : "items";
    await this.attempt(async () => {
      if (this.tab === "items") ({ items: this.items, writable: this.writable } = await this.api().get<{ items: Item[]; writable: boolean }>("/content"));
      if (this.tab === "changes") this.drafts = (await this.api().get<{ drafts: Draft[] }>("/content/drafts")).drafts;
      if (this.tab === "stale") this.stale = (await this.api().get<{ stale: StaleFact[] }>("/content/stale")).stale;
      if (this.tab === "unanswered") this.questions = (await this.api().get<{ groups: Question[] }>("/content/unanswered")).groups;
    });
  }

  get unsaved(): boolean {
    const e = this.editing;
    return e !== null && [...e.texts].some(([path, text]) => text !== (e.saved.get(path) ?? e.files.get(path)));
  }

  private async openItem(item: string, draft: Draft | null = null, part = changedRow(draft)): Promise<void> {
    if (this.comesBack(draft?.id ?? item)) return;
    await this.attempt(async () => {
      const found = await this.api().get<{ title: string; files: { path: string; text: string }[]; drafts: Draft[] }>(`/content/items/${encodeURIComponent(item)}`);
      const saved = new Map((draft?.files ?? []).map((f) => [f.path, f.text]));
      this.row = part;
      this.editing = {
        item,
        title: found.title,
        files: new Map(found.files.map((f) => [f.path, f.text])),
        saved,
        texts: new Map(saved),
        path: draft?.files?.[0]?.path ?? found.files[0]!.path,
        draft,
        others: found.drafts.filter((d) => d.id !== draft?.id),
        summary: draft?.summary ?? "",
        previews: {},
        problems: [],
        outline: {},
        conflict: null,
      };
      await this.look();
    });
  }

  /** Whether this change or item was left with unsaved words; then it shows again. */
  private comesBack(key: string): boolean {
    const held = this.kept.get(key);
    if (!held) return false;
    this.kept.delete(key);
    this.editing = held;
    void this.look();
    this.onChange();
    return true;
  }

  private async openDraft(id: string): Promise<void> {
    if (this.comesBack(id)) return;
    await this.attempt(async () => {
      const draft = await this.api().get<Draft>(`/content/drafts/${id}`);
      await this.openItem(draft.item, draft);
    });
  }

  /** The text of the file on the screen. */
  get text(): string {
    const e = this.editing!;
    return e.texts.get(e.path) ?? e.files.get(e.path) ?? "";
  }

  choose(path: string): void {
    this.editing!.path = path;
    this.row = "";
    this.onChange();
    void this.look();
  }

  /** New words for the file on the screen; the preview follows shortly after. */
  write(text: string): void {
    const e = this.editing!;
    e.texts.set(e.path, text);
    this.notice = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), PREVIEW_AFTER_MS);
    this.onChange();
  }

  /** One field of a form; the server writes it into the text and leaves every other line alone. */
  async set(change: { field: Path; value: unknown } | { key: string; row: string; values: Record<string, string> | null }): Promise<void> {
    await this.attempt(async () => {
      const { text } = await this.api().post<{ text: string }>("/content/edit", { text: this.text, ...change });
      this.editing!.texts.set(this.editing!.path, text);
      this.notice = "";
      await this.look();
    });
  }

  private async look(): Promise<void> {
    const e = this.editing;
    if (!e) return;
    const number = ++this.asked;
    try {
      const answer = await this.api().post<Pick<Editing, "previews" | "problems" | "outline">>("/content/preview", { item: e.item, texts: Object.fromEntries(e.texts), path: e.path });
      if (number !== this.asked) return; // a later text is on its way
      Object.assign(e, answer);
    } catch (error) {
      this.problem = told(error);
    }
    this.onChange();
  }

  /** Stores the change, as a new one where there is none yet. True when it is stored. */
  async save(): Promise<boolean> {
    const e = this.editing!;
    return this.attempt(async () => {
      const texts = Object.fromEntries(e.texts);
      const was = Object.fromEntries(Object.keys(texts).map((path) => [path, e.saved.get(path) ?? e.files.get(path) ?? ""]));
      const draft = e.draft ?? (await this.api().post<Draft>("/content/drafts", { item: e.item, summary: e.summary }));
      e.draft = draft;
      try {
        this.took(await this.api().post<Draft>(`/content/drafts/${draft.id}/save`, { version: draft.version, summary: e.summary, texts, was }));
      } catch (error) {
        if (error instanceof ApiError && error.code === "stale") e.conflict = error.body as Editing["conflict"];
        throw error;
      }
      e.conflict = null;
      this.notice = "content_saved";
    });
  }

  /** After a conflict: both people's words together, or only one's own, on top of what the other saved. */
  resolve(how: "both" | "mine"): void {
    const e = this.editing!;
    const { draft, merged } = e.conflict!;
    const mine = new Map(e.texts);
    this.took(draft);
    for (const [path, text] of mine) e.texts.set(path, how === "both" ? (merged[path] ?? text) : text);
    e.conflict = null;
    this.problem = "";
    this.onChange();
    void this.look();
  }

  async step(action: "propose" | "approve" | "send-back" | "discard" | "rebase" | "publish", reason = ""): Promise<boolean> {
    const e = this.editing!;
    if (this.unsaved && !(await this.save())) return false;
    return this.attempt(async () => {
      this.took(await this.api().post<Draft>(`/content/drafts/${e.draft!.id}/${action}`, { version: e.draft!.version, reason }));
      if (action === "publish") {
        for (const [path, text] of e.saved) e.files.set(path, text);
      }
      this.notice = `content_did_${action.replace("-", "_")}`;
      await this.look();
    });
  }

  /** What one person may do alone: propose and publish in one go. */
  async publishNow(): Promise<boolean> {
    if (this.unsaved && !(await this.save())) return false;
    if (this.editing!.draft!.state === "draft" && !(await this.step("propose"))) return false;
    return this.step("publish");
  }

  async patch(path: string, name: string): Promise<void> {
    await this.attempt(async () => {
      const blob = await (await this.api().raw("GET", path)).blob();
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  }

  private took(draft: Draft): void {
    const e = this.editing!;
    e.draft = draft;
    e.summary = draft.summary;
    e.saved = new Map((draft.files ?? []).map((f) => [f.path, f.text]));
    e.texts = new Map(e.saved);
  }

  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    this.problem = this.code = "";
    this.busy = true;
    this.onChange();
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = told(error);
      this.code = error instanceof ApiError ? error.code : "";
      const problems = error instanceof ApiError ? (error.body as { problems?: Problem[] } | undefined)?.problems : undefined;
      if (problems && this.editing) this.editing.problems = problems;
      return false;
    } finally {
      this.busy = false;
      this.onChange();
    }
  }
}

function keyOf(editing: Editing): string {
  return editing.draft?.id ?? editing.item;
}

/** The id of the first row that a change of a table touches. */
function changedRow(draft: Draft | null): string {
  const file = draft?.files?.find((f) => f.path.endsWith(".csv"));
  const line = file?.diff.split("\n").find((one) => /^[+-](?![+-]{2} )/.test(one)) ?? "";
  return line.slice(1).split(",")[file?.path.endsWith("facilities.csv") ? 1 : 0] ?? "";
}

function told(error: unknown): string {
  return error instanceof ApiError ? error.message || error.code : String(error);
}
