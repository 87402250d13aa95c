import { IroiroFamily } from "./element.ts";

if (!customElements.get("iroiro-family")) customElements.define("iroiro-family", IroiroFamily);
