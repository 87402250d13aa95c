import { describe, expect, test } from "vitest";
import type { Message, ServerEvent } from "../src/shared/types.ts";
import { EMPTY, acknowledge, apply, closed, fromSnapshot, mine, queue, withDetail, type ConsoleState } from "../src/console/state.ts";
import type { Case, CaseDetail } from "../src/console/types.ts";

const ME = { id: "me", name: "Me" };

const aCase = (id: string, extra: Partial<Case> = {}): Case => ({
  id,
  conversation_id: `c-${id}`,
  state: "waiting",
  version: 1,
  level: "high",
  category: "distress",
  priority: 0,
  locale: "ja",
  channel: "web",
  opened_at: "2026-11-23T09:00:00Z",
  waiting_since: "2026-11-23T09:00:00Z",
  assignee: null,
  lease_until: null,
  last_message_at: null,
  tags: [],
  ...extra,
});
const aMessage = (seq: number): Message => ({ id: `m${seq}`, seq, author: "resident", sent_at: "2026-11-23T09:30:00Z", parts: [{ type: "text", text: "…" }] });
const detail = (c: Case, messages: Message[] = []): CaseDetail => ({
  case: c,
  messages,
  assessments: [],
  notes: [],
  resident: { locale: "ja", channel: "web", id_masked: "…" },
  earlier_cases: [],
  events: [],
});
const event = (id: number | null, kind: string, data: unknown): ServerEvent => ({ id, kind, data });
const run = (state: ConsoleState, events: ServerEvent[], open: string | null = null): ConsoleState =>
  events.reduce((s, e) => apply(s, e, ME, open), state);

test("the queue is by a supervisor's priority, then risk, then the longest wait", () => {
  const state = fromSnapshot(EMPTY, 1, [
    aCase("new-high", { waiting_since: "2026-11-23T09:40:00Z" }),
    aCase("old-high", { waiting_since: "2026-11-23T08:00:00Z" }),
    aCase("concern", { level: "concern", waiting_since: "2026-11-22T08:00:00Z" }),
    aCase("imminent", { level: "imminent", waiting_since: "2026-11-23T09:59:00Z" }),
    aCase("lifted", { level: "concern", priority: 1 }),
    aCase("taken", { state: "assigned", level: "imminent", assignee: ME }),
  ]);
  expect(queue(state).map((c) => c.id)).toEqual(["lifted", "imminent", "old-high", "new-high", "concern"]);
  expect(mine(state, ME).map((c) => c.id)).toEqual(["taken"]);
});

describe("events", () => {
  const story = [
    event(2, "case", aCase("a")),
    event(3, "alert", { case_id: "a", level: "imminent", category: "abuse", locale: "ja" }),
    event(4, "message", { case_id: "a", message: aMessage(7) }),
    event(5, "case", aCase("a", { state: "assigned", version: 2, assignee: ME })),
    event(6, "message", { case_id: "a", message: aMessage(8) }),
    event(7, "note", { case_id: "a", note: { id: "n1", author: "Me", text: "x", at: "" } }),
    event(8, "case", aCase("b", { level: "concern" })),
  ];

  test("any cut and any overlap of the stream ends in the same state: none lost, none doubled", () => {
    const start = withDetail(fromSnapshot(EMPTY, 1, [aCase("a")]), detail(aCase("a"), [aMessage(6)]));
    const whole = run(start, story);
    expect(whole.details.get("a")!.messages.map((m) => m.seq)).toEqual([6, 7, 8]);
    for (let cut = 0; cut <= story.length; cut += 1) {
      for (let overlap = 0; overlap <= cut; overlap += 1) {
        expect(run(run(start, story.slice(0, cut)), story.slice(cut - overlap))).toEqual(whole);
      }
    }
  });

  test("an older version of a case never replaces a newer one", () => {
    const state = run(EMPTY, [event(1, "case", aCase("a", { version: 5, state: "assigned", assignee: ME })), event(2, "case", aCase("a", { version: 4 }))]);
    expect(state.cases.get("a")!.version).toBe(5);
  });

  test("claiming ends the alert, whoever claims", () => {
    const alerted = run(EMPTY, story.slice(0, 2));
    expect(alerted.alerts).toHaveLength(1);
    expect(run(alerted, [event(9, "case", aCase("a", { state: "assigned", version: 2, assignee: { id: "other", name: "O" } }))]).alerts).toEqual([]);
    expect(acknowledge(alerted, "a").alerts).toEqual([]);
  });

  test("messages of a case that is not open count as unread, those of the open one do not", () => {
    const first = run(EMPTY, story.slice(0, 3));
    expect(first.unread.get("a")).toBe(1);
    expect(run(first, [event(9, "message", { case_id: "a", message: aMessage(9) })], "a").unread.get("a")).toBe(1);
  });

  test("a message that arrives while the case is being fetched is kept once", () => {
    const open = withDetail(run(EMPTY, story.slice(0, 1)), detail(aCase("a"), [aMessage(6)]));
    const raced = run(open, [event(4, "message", { case_id: "a", message: aMessage(7) })]);
    expect(withDetail(raced, detail(aCase("a"), [aMessage(6)])).details.get("a")!.messages.map((m) => m.seq)).toEqual([6, 7]);
    expect(withDetail(raced, detail(aCase("a"), [aMessage(6), aMessage(7)])).details.get("a")!.messages.map((m) => m.seq)).toEqual([6, 7]);
  });

  test("colleagues are seen to view and write; one's own presence is not shown, and leaving ends it", () => {
    const other = { id: "o", name: "O" };
    const seen = run(EMPTY, [event(null, "presence", { case_id: "a", staff: other, typing: true, viewing: true }), event(null, "presence", { case_id: "a", staff: ME })]);
    expect(seen.presence.get("a")!.map((p) => [p.staff.id, p.typing])).toEqual([["o", true]]);
    const moved = run(seen, [event(null, "presence", { case_id: "b", staff: other, viewing: true })]);
    expect([moved.presence.has("a"), moved.presence.has("b")]).toEqual([false, true]);
    expect(run(moved, [event(null, "presence", { case_id: null, staff: other, viewing: false })]).presence.size).toBe(0);
  });

  test("a day of 50,000 events, with repetitions, leaves no more in memory than what is open and the newest closed cases", { timeout: 60_000 }, () => {
    const events: ServerEvent[] = [];
    for (let i = 0; i < 4_200; i += 1) {
      events.push(event(events.length + 1, "case", aCase(`k${i}`)));
      for (let j = 0; j < 10; j += 1) events.push(event(events.length + 1, "message", { case_id: `k${i}`, message: { ...aMessage(j), id: `${i}-${j}` } }));
      events.push(event(events.length + 1, "case", aCase(`k${i}`, { state: "resolved", version: 2 })));
    }
    // The connection breaks again and again: each time the last hundred come once more.
    let state = withDetail(EMPTY, detail(aCase("k9")));
    for (let at = 0; at < events.length; at += 500) state = run(state, events.slice(Math.max(0, at - 100), at + 500), "k9");
    expect(events.length).toBeGreaterThan(50_000);
    expect(state.seq).toBe(events.length);
    expect([...state.details.keys()]).toEqual(["k9"]);
    expect(state.details.get("k9")!.messages.map((m) => m.id)).toEqual(Array.from({ length: 10 }, (_, j) => `9-${j}`));
    expect(closed(state).length).toBeLessThanOrEqual(51);
    expect(state.unread.size).toBeLessThanOrEqual(50);
  });
});
