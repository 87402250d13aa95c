import { ApiError } from "../shared/api.ts";
import { Backoff } from "../shared/backoff.ts";
import type { Queued, Store } from "./storage.ts";

/** Why messages wait on the device: the connection, or the server. */
export type Trouble = "offline" | "outage" | "busy";

export type Verdict =
  | { kind: "retry"; trouble: Trouble; afterMs: number | null }
  | { kind: "refuse"; code: string }
  | { kind: "renew" };

/** What to do about a failed sending. Only what can never succeed unchanged is refused; all else waits its turn. */
export function judge(error: unknown): Verdict {
  if (!(error instanceof ApiError)) return { kind: "retry", trouble: "outage", afterMs: null };
  const afterMs = error.retryAfter === null ? null : error.retryAfter * 1000;
  if (error.status === 0) return { kind: "retry", trouble: "offline", afterMs };
  if (error.status === 401 || error.status === 403 || error.status === 404) return { kind: "renew" };
  if (error.status === 429) return { kind: "retry", trouble: "busy", afterMs: afterMs ?? 5_000 };
  if (error.status >= 500 || error.status === 408 || error.status === 409) return { kind: "retry", trouble: "outage", afterMs };
  return { kind: "refuse", code: error.code };
}

export interface Receipt {
  message_id: string;
  seq: number;
}

export interface OutboxOptions {
  store: Store;
  /** Sends one message; throws ApiError. The same client id may be sent twice, the server keeps one. */
  post: (entry: Queued) => Promise<Receipt>;
  /** The conversation is gone: make `post` use a new one. */
  renew: () => Promise<void>;
  /** Runs alone among all tabs of this browser. */
  alone: (work: () => Promise<void>) => Promise<void>;
  onChange: () => void;
  onTrouble: (trouble: Trouble | null) => void;
  backoff?: Backoff;
}

/** Sends the queue in order, one at a time, until it is empty; keeps it through outages, reloads and other tabs. */
export class Outbox {
  private readonly options: OutboxOptions;
  private readonly backoff: Backoff;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private working: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.backoff = options.backoff ?? new Backoff(1_000, 30_000);
  }

  /** Starts sending, unless it is under way; resolves when this round has ended. */
  drain(): Promise<void> {
    clearTimeout(this.timer);
    if (this.stopped) return Promise.resolve();
    if (this.working) {
      this.again = true;
      return this.working;
    }
    this.working = this.options
      .alone(() => this.round())
      .finally(() => {
        this.working = null;
        if (this.again) {
          this.again = false;
          void this.drain();
        }
      });
    return this.working;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async round(): Promise<void> {
    let renewed = false;
    for (;;) {
      const next = (await this.options.store.queue()).find((e) => e.seq === undefined && !e.refused);
      if (!next || this.stopped) break;
      try {
        const { seq, message_id } = await this.options.post(next);
        await this.options.store.update({ ...next, seq, message_id });
        this.backoff.reset();
        this.options.onTrouble(null);
      } catch (error) {
        const verdict = judge(error);
        if (verdict.kind === "refuse") {
          await this.options.store.update({ ...next, refused: verdict.code });
        } else if (verdict.kind === "renew" && !renewed) {
          renewed = true;
          await this.options.renew();
        } else {
          const retry = verdict.kind === "retry" ? verdict : { trouble: "outage" as const, afterMs: null };
          this.options.onTrouble(retry.trouble);
          this.again = false;
          this.timer = setTimeout(() => void this.drain(), retry.afterMs ?? this.backoff.next());
          this.options.onChange();
          return;
        }
      }
      this.options.onChange();
    }
  }
}
