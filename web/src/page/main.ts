import "../widget/main.ts";
import type { WordsFile } from "../widget/words.ts";
import { langTag } from "../widget/words.ts";

/** The page around the chat follows the chat's language. */
addEventListener("iroiro-words", (event) => {
  const words = (event as CustomEvent<WordsFile>).detail;
  document.documentElement.lang = langTag(words.locale);
  document.documentElement.dir = words.dir;
  const name = words.words["title"];
  const heading = document.querySelector("h1");
  if (!heading || !name || heading.textContent === name) return;
  heading.textContent = name;
  document.title = name;
});
