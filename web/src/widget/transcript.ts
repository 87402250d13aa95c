import type { Message, Part } from "../shared/types.ts";
import type { Translate } from "./words.ts";

/** The talk as plain text, for the resident's own use. */
export function transcriptText(messages: readonly Message[], t: Translate): string {
  return messages
    .map((m) => {
      const who = {
        resident: t("you"),
        machine: t("badge_machine"),
        staff: t("badge_staff", { name: m.author_name || t("counsellor") }),
        system: t("badge_system"),
      }[m.author];
      const words = m.erased ? t("removed") : m.parts.map(partText).filter(Boolean).join("\n");
      return `${m.sent_at.slice(0, 16).replace("T", " ")}  ${who}\n${words}`;
    })
    .join("\n\n");
}

function partText(part: Part): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "ruby":
      return part.runs.map((r) => r.text).join("");
    case "article":
      return [
        part.title,
        part.summary,
        ...part.blocks.map((b) => (b.type === "list" ? b.items.map((runs) => `- ${runs.map((r) => r.text).join("")}`).join("\n") : b.runs.map((r) => r.text).join(""))),
        ...part.sources.map((s) => [s.label, s.url, s.date].filter(Boolean).join(" ")),
      ].join("\n");
    case "hotlines":
      return [...part.urgent, ...part.items].map((h) => `${h.name}  ${h.phone}  ${h.hours}`).join("\n");
    case "facilities":
      return part.items.map((f) => [f.name, f.address, f.phone, f.hours].filter(Boolean).join("  ")).join("\n");
    case "image":
      return part.alt;
    default:
      return "";
  }
}
