import { IroiroChat } from "./element.ts";

if (!customElements.get("iroiro-chat")) customElements.define("iroiro-chat", IroiroChat);
