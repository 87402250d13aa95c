import type { Api } from "../shared/api.ts";
import { ApiError } from "../shared/api.ts";

export interface Notice {
  id: string;
  state: "draft" | "sending" | "done" | "stopped";
  wards: string[];
  from_months: number;
  to_months: number;
  starts_on: string;
  ends_on: string;
  texts: Record<string, { title: string; body: string }>;
  created_at: string;
  finished_at: string | null;
  progress: { matched: number; sent: number; missed: number; looked_at_all: boolean };
}

export type NoticeDraft = Pick<Notice, "wards" | "from_months" | "to_months" | "starts_on" | "ends_on" | "texts">;

export const NOTICE_ROLES = ["supervisor", "content_editor", "administrator"];
const LOOK_MS = 3_000;

/** Local notices as the console holds them; looks again by itself while one is being sent. Knows nothing of the screen. */
export class NoticeBoard {
  notices: Notice[] = [];
  /** The draft in the form; null: a new one. */
  editing: Notice | null = null;
  problem = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly api: () => Api;
  private readonly onChange: () => void;

  constructor(api: () => Api, onChange: () => void) {
    this.api = api;
    this.onChange = onChange;
  }

  async load(): Promise<void> {
    clearTimeout(this.timer);
    await this.attempt(async () => {
      this.notices = (await this.api().get<{ notices: Notice[] }>("/notices")).notices;
    });
    if (this.notices.some((n) => n.state === "sending")) this.timer = setTimeout(() => void this.load(), LOOK_MS);
  }

  /** Stops looking; the screen is gone. */
  rest(): void {
    clearTimeout(this.timer);
  }

  async save(draft: NoticeDraft): Promise<boolean> {
    const { editing } = this;
    const done = await this.attempt(() => this.api().post<Notice>(editing ? `/notices/${editing.id}` : "/notices", draft));
    if (done) this.editing = null;
    await this.reload(done);
    return done;
  }

  async act(notice: Notice, action: "send" | "stop"): Promise<void> {
    await this.reload(await this.attempt(() => this.api().post<Notice>(`/notices/${notice.id}/${action}`)));
  }

  edit(notice: Notice | null): void {
    this.editing = notice;
    this.problem = "";
    this.onChange();
  }

  private async reload(done: boolean): Promise<void> {
    if (!done) return this.onChange();
    await this.load();
  }

  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    this.problem = "";
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = error instanceof ApiError ? error.message || error.code : String(error);
      return false;
    } finally {
      this.onChange();
    }
  }
}
