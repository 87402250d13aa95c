import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../src/shared/api.ts";
import { Backoff } from "../src/shared/backoff.ts";
import { Outbox, judge, type Receipt } from "../src/widget/outbox.ts";
import { MemoryStore, openStore, type Queued, type Store } from "../src/widget/storage.ts";

const entry = (client_id: string): Queued => ({ client_id, text: client_id, shown: client_id, queued_at: "2026-11-23T10:00:00Z" });

/** A server that keeps one message per client id and can be told to fail. */
class Server {
  taken: string[] = [];
  faults: unknown[] = [];
  renewals = 0;

  async post({ client_id }: Queued): Promise<Receipt> {
    const fault = this.faults.shift();
    if (fault === "lost answer") {
      this.keep(client_id);
      throw new ApiError(0, "unreachable", "");
    }
    if (fault) throw fault;
    this.keep(client_id);
    return { message_id: client_id, seq: this.taken.indexOf(client_id) + 1 };
  }

  private keep(id: string): void {
    if (!this.taken.includes(id)) this.taken.push(id);
  }
}

let chain = Promise.resolve();
const alone = (work: () => Promise<void>): Promise<void> => (chain = chain.then(work, work));

function outboxOn(store: Store, server: Server): Outbox {
  return new Outbox({
    store,
    post: (e) => server.post(e),
    renew: async () => void (server.renewals += 1),
    alone,
    onChange: () => undefined,
    onTrouble: () => undefined,
    backoff: new Backoff(1_000, 30_000, () => 0),
  });
}

const unreachable = new ApiError(0, "unreachable", "");

describe.each([
  ["in memory", async () => new MemoryStore() as Store],
  ["in IndexedDB", () => openStore(`test-${Math.random()}`)],
])("the queue %s", (_name, open) => {
  let store: Store;
  let server: Server;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
    store = await open();
    server = new Server();
  });
  afterEach(() => void vi.useRealTimers());

  const sent = async (): Promise<boolean> => (await store.queue()).every((e) => e.seq !== undefined);

  test("leaves in the order it was written, through faults and answers that were lost", async () => {
    server.faults = [unreachable, "lost answer", undefined, new ApiError(503, "unavailable", ""), undefined, "lost answer"];
    const outbox = outboxOn(store, server);
    for (const id of ["a", "b", "c", "d"]) await store.enqueue(entry(id));
    void outbox.drain();
    for (let i = 0; i < 12 && !(await sent()); i += 1) await vi.advanceTimersByTimeAsync(31_000);
    expect(server.taken).toEqual(["a", "b", "c", "d"]);
    expect(await sent()).toBe(true);
  });

  test("two tabs on one queue send nothing twice", async () => {
    const tabs = [outboxOn(store, server), outboxOn(store, server)];
    const post = vi.spyOn(server, "post");
    for (const id of ["a", "b", "c"]) await store.enqueue(entry(id));
    await Promise.all(tabs.map((tab) => tab.drain()));
    expect(server.taken).toEqual(["a", "b", "c"]);
    expect(post).toHaveBeenCalledTimes(3);
  });

  test("what can never be taken is set aside and does not hold up the rest", async () => {
    server.faults = [new ApiError(413, "too_large", "")];
    await store.enqueue(entry("long"));
    await store.enqueue(entry("short"));
    await outboxOn(store, server).drain();
    expect(server.taken).toEqual(["short"]);
    expect((await store.queue()).find((e) => e.client_id === "long")!.refused).toBe("too_large");
  });

  test("a conversation that is gone is begun anew and the message sent again", async () => {
    server.faults = [new ApiError(401, "bad_token", "")];
    await store.enqueue(entry("a"));
    await outboxOn(store, server).drain();
    expect([server.renewals, server.taken]).toEqual([1, ["a"]]);
  });

  test("a message added while another is on its way is sent too", async () => {
    const outbox = outboxOn(store, server);
    await store.enqueue(entry("a"));
    const first = outbox.drain();
    await store.enqueue(entry("b"));
    await Promise.all([first, outbox.drain()]);
    await vi.advanceTimersByTimeAsync(10);
    expect(server.taken).toEqual(["a", "b"]);
  });

  test("an entry shown back by another tab is not written again by a late answer", async () => {
    const kept = await store.enqueue(entry("a"));
    await store.remove("a");
    await store.update({ ...kept, seq: 1 });
    expect(await store.queue()).toEqual([]);
  });

});

test("erasing the memory store leaves nothing", async () => {
  const store = new MemoryStore();
  await store.enqueue(entry("a"));
  await store.set("session", { token: "t" });
  await store.erase();
  expect([await store.get("session"), await store.queue()]).toEqual([undefined, []]);
});

test("a reload finds the queue as it was left", async () => {
  const name = `reload-${Math.random()}`;
  const before = await openStore(name);
  await before.enqueue(entry("a"));
  await before.enqueue(entry("b"));
  const after = await openStore(name);
  expect((await after.queue()).map((e) => e.client_id)).toEqual(["a", "b"]);
});

test("after erasing, the browser holds no database of that name", async () => {
  const store = await openStore("to-erase");
  await store.enqueue(entry("a"));
  await store.erase();
  expect((await indexedDB.databases()).map((db) => db.name)).not.toContain("to-erase");
});

test.each([
  [new ApiError(0, "unreachable", ""), "retry"],
  [new ApiError(500, "x", ""), "retry"],
  [new ApiError(503, "unavailable", "", { retryAfter: 3 }), "retry"],
  [new ApiError(429, "slow_down", "", { retryAfter: 7 }), "retry"],
  [new ApiError(401, "bad_token", ""), "renew"],
  [new ApiError(422, "invalid", ""), "refuse"],
  [new Error("a bug"), "retry"],
])("judging %s: %s", (error, kind) => {
  expect(judge(error).kind).toBe(kind);
});

test("the server's Retry-After is kept to", () => {
  expect(judge(new ApiError(429, "slow_down", "", { retryAfter: 7 }))).toEqual({ kind: "retry", trouble: "busy", afterMs: 7_000 });
});
