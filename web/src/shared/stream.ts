import { createParser } from "eventsource-parser";
import { ApiError, type Api } from "./api.ts";
import { Backoff } from "./backoff.ts";
import type { ServerEvent } from "./types.ts";

export type LinkState = "idle" | "live" | "retrying";

export interface StreamOptions {
  api: Api;
  /** Sequence number of the last event that was applied. */
  after: () => number;
  /** Further query parameters, beginning with "&". */
  query?: () => string;
  onEvent: (event: ServerEvent) => void;
  onState: (state: LinkState) => void;
  /** The server will never accept this stream (401, 403, 404). */
  onRefused: (status: number) => void;
}

/** Longer than two pings of the server: a connection silent for this long is dead even if no error was seen. */
const SILENCE_MS = 45_000;

/** Server-sent events over fetch (EventSource cannot carry a bearer token), reconnecting from the last event applied. */
export class EventStream {
  private readonly options: StreamOptions;
  private readonly backoff = new Backoff();
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running = false;

  constructor(options: StreamOptions) {
    this.options = options;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.backoff.reset();
    void this.connect();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
    this.abort?.abort();
    this.abort = null;
    this.options.onState("idle");
  }

  /** Reconnects now instead of at the end of the wait; a live connection is left alone. */
  nudge(): void {
    if (!this.running || this.abort) return;
    clearTimeout(this.timer);
    this.backoff.reset();
    void this.connect();
  }

  private async connect(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => abort.abort(), SILENCE_MS);
    };
    let wait: number | null = null;
    try {
      heard();
      const after = this.options.after();
      const response = await this.options.api.raw("GET", `/events?after=${after}${this.options.query?.() ?? ""}`, {
        signal: abort.signal,
        headers: { Accept: "text/event-stream", ...(after > 0 ? { "Last-Event-ID": String(after) } : {}) },
      });
      const parser = createParser({ onEvent: (event) => this.deliver(event.id, event.event, event.data) });
      this.options.onState("live");
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.abort !== abort) break;
        heard();
        this.backoff.reset();
        parser.feed(value);
      }
    } catch (error) {
      if (error instanceof ApiError && [401, 403, 404].includes(error.status) && this.abort === abort) {
        this.stop();
        this.options.onRefused(error.status);
        return;
      }
      if (error instanceof ApiError && error.retryAfter) wait = error.retryAfter * 1000;
    } finally {
      clearTimeout(silence);
      abort.abort();
    }
    if (!this.running || this.abort !== abort) return;
    this.abort = null;
    this.options.onState("retrying");
    this.timer = setTimeout(() => void this.connect(), wait ?? this.backoff.next());
  }

  private deliver(id: string | undefined, kind: string | undefined, data: string): void {
    let parsed: unknown;
    try {
      parsed = JSON.parse(data);
    } catch {
      return; // A comment-like or foreign event is not ours to understand.
    }
    const seq = id === undefined || id === "" ? null : Number(id);
    this.options.onEvent({ id: seq !== null && Number.isFinite(seq) ? seq : null, kind: kind ?? "message", data: parsed });
  }
}
