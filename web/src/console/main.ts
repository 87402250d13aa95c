import { IroiroConsole } from "./element.ts";

customElements.define("iroiro-console", IroiroConsole);
