import { describe, expect, test } from "vitest";
import type { Message, ServerEvent } from "../src/shared/types.ts";
import { EMPTY, apply, readBy, type ChatState } from "../src/widget/state.ts";

const message = (seq: number, extra: Partial<Message> = {}): Message => ({
  id: `m${seq}`,
  seq,
  author: "machine",
  sent_at: "2026-11-23T10:00:00Z",
  parts: [{ type: "text", text: `words ${seq}` }],
  ...extra,
});
const event = (id: number | null, kind: string, data: unknown): ServerEvent => ({ id, kind, data });
const run = (events: ServerEvent[], from: ChatState = EMPTY): ChatState => events.reduce(apply, from);

describe("a conversation rebuilt from events", () => {
  const story = [
    event(1, "message", message(1, { author: "resident", client_id: "a" })),
    event(2, "read", { by: "machine", up_to: 1 }),
    event(3, "message", message(3)),
    event(4, "message", message(4, { author: "resident" })),
    event(5, "tombstone", { message_id: "m4" }),
    event(6, "locale", { locale: "vi" }),
    event(7, "status", { handling: "waiting", queue_position: 2 }),
    event(8, "read", { by: "staff", up_to: 4 }),
  ];

  test("any cut and any overlap of the stream ends in the same state", () => {
    const whole = run(story);
    for (let cut = 0; cut <= story.length; cut += 1) {
      for (let overlap = 0; overlap <= cut; overlap += 1) {
        expect(run(story.slice(cut - overlap), run(story.slice(0, cut)))).toEqual(whole);
      }
    }
  });

  test("a message that comes late takes its place by sequence number", () => {
    const late = run([event(9, "message", message(9)), event(10, "message", message(5))]);
    expect(late.messages.map((m) => m.seq)).toEqual([5, 9]);
  });

  test("a second copy of a message replaces the first", () => {
    const twice = run([event(1, "message", message(1)), event(2, "message", message(1, { translated: true }))]);
    expect(twice.messages).toHaveLength(1);
    expect(twice.messages[0]!.translated).toBe(true);
  });

  test("a message taken back keeps its place and loses its words", () => {
    const taken = run(story).messages.find((m) => m.id === "m4")!;
    expect(taken.erased).toBe(true);
    expect(taken.parts).toEqual([]);
  });

  test("read truth: nobody, then the machine, then a person; never back", () => {
    expect(readBy(run(story.slice(0, 1)), 1)).toBe("nobody");
    expect(readBy(run(story.slice(0, 2)), 1)).toBe("machine");
    const read = run(story);
    expect(readBy(read, 4)).toBe("staff");
    expect(readBy(run([event(9, "read", { by: "staff", up_to: 1 })], read), 4)).toBe("staff");
  });

  test("the status tells who has read how far, and the locale only once the machine has read", () => {
    const fresh = run([event(null, "status", { handling: "machine", locale: "ja", read_up_to: { machine: 0, staff: 0 } })]);
    expect(fresh.locale).toBeNull();
    const later = run([event(null, "status", { handling: "machine", locale: "th", read_up_to: { machine: 3, staff: 0 } })], fresh);
    expect([later.locale, later.readByMachine, later.readByStaff]).toEqual(["th", 3, 0]);
  });

  test("transient events move no sequence number and an unknown kind changes nothing but it", () => {
    const typing = run([event(null, "typing", { author: "staff", name: "A" })], run(story));
    expect(typing.seq).toBe(8);
    expect(typing.typing).toEqual({ author: "staff", name: "A" });
    const odd = run([event(9, "of a later version", {})], run(story));
    expect({ ...odd, seq: 8 }).toEqual(run(story));
  });

  test("an answer ends the typing sign, the resident's own message does not", () => {
    const typing = run([event(null, "typing", { author: "machine" })]);
    expect(run([event(1, "message", message(1, { author: "resident" }))], typing).typing).not.toBeNull();
    expect(run([event(1, "message", message(1))], typing).typing).toBeNull();
  });
});
