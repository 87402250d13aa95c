import type { IncomingMessage, ServerResponse } from "node:http";

export type Next = () => void;

export function reply(res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  res.writeHead(status, { "Content-Type": "application/json", ...headers });
  res.end(status === 204 ? undefined : JSON.stringify(body));
}

export async function readBody(req: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return chunks.length ? (JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>) : {};
}

/** A durable event sequence with live listeners. */
export class Journal {
  seq = 0;
  private readonly entries: { seq: number; kind: string; data: unknown }[] = [];
  private readonly listeners = new Set<ServerResponse>();

  add(kind: string, data: unknown): void {
    this.seq += 1;
    const entry = { seq: this.seq, kind, data };
    this.entries.push(entry);
    for (const res of this.listeners) write(res, entry);
  }

  /** A transient event: not kept, no id. */
  send(kind: string, data: unknown): void {
    for (const res of this.listeners) res.write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  stream(req: IncomingMessage, res: ServerResponse, after: number): void {
    res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    res.write(": open\n\n");
    for (const entry of this.entries) if (entry.seq > after) write(res, entry);
    this.listeners.add(res);
    const ping = setInterval(() => res.write("event: ping\ndata: {}\n\n"), 15_000);
    req.on("close", () => {
      clearInterval(ping);
      this.listeners.delete(res);
    });
  }

  cut(): void {
    for (const res of this.listeners) res.destroy();
  }
}

function write(res: ServerResponse, entry: { seq: number; kind: string; data: unknown }): void {
  res.write(`id: ${entry.seq}\nevent: ${entry.kind}\ndata: ${JSON.stringify(entry.data)}\n\n`);
}
