import type { Message, ServerEvent, Status } from "../shared/types.ts";

/** Everything the server has told about one conversation. Only `apply` makes a new one; views never change it. */
export interface ChatState {
  /** Sequence number of the last durable event applied; the stream resumes after it. */
  seq: number;
  /** By sequence number, ascending, no two with one id. */
  messages: readonly Message[];
  status: Status | null;
  /** The resident's messages up to these sequence numbers were read by a machine, by a person. */
  readByMachine: number;
  readByStaff: number;
  /** Locale the server last announced, from detection or from a choice in another tab. */
  locale: string | null;
  typing: { name: string | null; author: "machine" | "staff" } | null;
}

export const EMPTY: ChatState = {
  seq: 0,
  messages: [],
  status: null,
  readByMachine: 0,
  readByStaff: 0,
  locale: null,
  typing: null,
};

/** The state after one event. A durable event already applied changes nothing, so replays are harmless. */
export function apply(state: ChatState, event: ServerEvent): ChatState {
  if (event.id !== null && event.id <= state.seq) return state;
  const next = reduce(state, event);
  return event.id === null ? next : { ...next, seq: event.id };
}

function reduce(state: ChatState, { kind, data }: ServerEvent): ChatState {
  switch (kind) {
    case "message":
      return withMessage(state, data as Message);
    case "status": {
      const status = data as Status;
      return {
        ...state,
        status,
        readByMachine: Math.max(state.readByMachine, status.read_up_to?.machine ?? 0),
        readByStaff: Math.max(state.readByStaff, status.read_up_to?.staff ?? 0),
        // Before the machine has read anything, the server's locale is only where a talk starts.
        locale: status.read_up_to?.machine ? (status.locale ?? state.locale) : state.locale,
        ...(status.handling === "machine" ? {} : { typing: staffTyping(state) }),
      };
    }
    case "read": {
      const { by, up_to } = data as { by: string; up_to: number };
      return by === "staff"
        ? { ...state, readByStaff: Math.max(state.readByStaff, up_to) }
        : { ...state, readByMachine: Math.max(state.readByMachine, up_to) };
    }
    case "tombstone": {
      const { id, message_id } = data as { id?: string; message_id?: string };
      const gone = message_id ?? id;
      return {
        ...state,
        messages: state.messages.map((m) => (m.id === gone ? { ...m, erased: true, parts: [], choices: [] } : m)),
      };
    }
    case "locale":
      return { ...state, locale: (data as { locale: string }).locale };
    case "typing": {
      const { typing, author, name } = data as { typing?: boolean; author?: string; name?: string | null };
      if (typing === false) return { ...state, typing: null };
      return { ...state, typing: { author: author === "machine" ? "machine" : "staff", name: name ?? null } };
    }
    default:
      return state;
  }
}

function staffTyping(state: ChatState): ChatState["typing"] {
  return state.typing?.author === "staff" ? state.typing : null;
}

function withMessage(state: ChatState, message: Message): ChatState {
  const others = state.messages.filter((m) => m.id !== message.id);
  let at = others.length;
  while (at > 0 && others[at - 1]!.seq > message.seq) at -= 1;
  const typing = message.author === "resident" ? state.typing : null;
  return { ...state, typing, messages: [...others.slice(0, at), message, ...others.slice(at)] };
}

/** Who has read the resident's message with this sequence number. */
export function readBy(state: ChatState, seq: number): "nobody" | "machine" | "staff" {
  if (seq <= state.readByStaff) return "staff";
  if (seq <= state.readByMachine) return "machine";
  return "nobody";
}
