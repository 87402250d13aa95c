import { css } from "lit";

export const styles = css`
  :host {
    --size: 1;
    display: block;
    font-family: var(--font);
    font-size: calc(max(1rem, 16px) * var(--size));
    line-height: 1.7;
    color: var(--ink);
    text-align: start;
    letter-spacing: normal;
    overflow-wrap: anywhere;
  }
  :host([data-size="large"]) {
    --size: 1.2;
  }
  :host([data-size="largest"]) {
    --size: 1.45;
  }
  :host(:lang(ja)) {
    letter-spacing: 0.02em;
    word-break: auto-phrase;
  }
  :host(:lang(th)),
  :host(:lang(ne)) {
    line-height: 1.85;
  }
  :host([position="bottom-right"]),
  :host([position="bottom-left"]) {
    position: fixed;
    inset-block-end: 1.25em;
    z-index: 2147483000;
  }
  :host([position="bottom-right"]) {
    right: 1.25em;
  }
  :host([position="bottom-left"]) {
    left: 1.25em;
  }
  :host([position="page"]),
  :host([position="inline"]) {
    height: 100%;
  }

  /* frame */
  .panel {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    grid-template-columns: minmax(0, 1fr);
    height: 100%;
    background: var(--ground);
    position: relative;
    min-height: 0;
  }
  :host([position="inline"]) .panel {
    border: 1px solid var(--line);
    border-radius: var(--radius);
    overflow: hidden;
    min-height: 28em;
  }
  :host([position^="bottom"]) .panel {
    width: min(26.5em, calc(100vw - 1.5em));
    height: min(44em, calc(100dvh - 2.5em));
    border: 1px solid var(--line);
    border-radius: 1.25em;
    overflow: hidden;
    box-shadow: var(--shadow);
  }
  @media (max-width: 30em) {
    :host([position^="bottom"][open]) {
      inset: 0;
    }
    :host([position^="bottom"]) .panel {
      width: 100vw;
      height: 100dvh;
      border: 0;
      border-radius: 0;
    }
  }
  .launcher {
    display: flex;
    align-items: center;
    gap: 0.75em;
    padding: 0.75em 1.35em;
    border-radius: var(--round);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 700;
    box-shadow: var(--shadow);
  }
  .launcher:hover {
    background: var(--accent-strong);
  }
  .launcher .count {
    background: var(--surface);
    color: var(--ink);
    border-radius: var(--round);
    padding: 0 0.55em;
  }
  .mark {
    display: inline-flex;
    flex: none;
  }
  .mark i {
    width: 0.95em;
    height: 0.95em;
    border-radius: 50%;
    margin-inline-start: -0.3em;
    background: var(--c);
    opacity: 0.92;
  }
  .mark i:nth-child(1) {
    --c: #e8833a;
    margin-inline-start: 0;
  }
  .mark i:nth-child(2) {
    --c: #2a9db0;
  }
  .mark i:nth-child(3) {
    --c: #7aa93c;
  }

  /* header */
  .bar {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0.5em;
    padding: 0.5em 0.75em 0.5em 1em;
    background: var(--surface);
    border-block-end: 1px solid var(--line);
  }
  @container panel (max-width: 27em) {
    .brand .name {
      display: none;
    }
  }
  .brand {
    white-space: nowrap;
    display: flex;
    align-items: center;
    gap: 0.6em;
    font-weight: 700;
    letter-spacing: 0.06em;
    min-width: 0;
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 0.1em;
    margin-inline-start: auto;
  }
  .tool {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.4em;
    min-width: 2.75em;
    padding: 0 0.5em;
    border-radius: var(--radius-small);
    color: var(--ink);
    font-size: 0.9em;
    white-space: nowrap;
    font-weight: 600;
  }
  .tool:hover {
    background: var(--sunken);
  }
  .tool.call {
    color: var(--urgent-ink);
  }
  .tool.leave {
    border: 1.5px solid var(--control-line);
    margin-inline-start: 0.35em;
    padding: 0 0.8em;
    background: var(--surface);
  }
  .tool .word {
    display: none;
  }
  @container panel (min-width: 40em) {
    .tool .word {
      display: inline;
    }
  }
  .panel {
    container: panel / size;
  }
  :host([position="inline"]) .panel {
    container-type: inline-size;
  }
  .aside {
    display: none;
  }
  @media (min-width: 68em) and (min-height: 34em) {
    :host([position="page"]) .panel {
      grid-template-columns: 24em minmax(0, 1fr);
    }
    :host([position="page"]) .bar {
      grid-column: 1 / -1;
    }
    :host([position="page"]) .aside {
      display: block;
      grid-row: 2 / 4;
      overflow-y: auto;
      padding: 1.5em 1.25em;
      border-inline-end: 1px solid var(--line);
      font-size: 0.92em;
    }
    .aside:empty {
      display: none;
    }
    :host([position="page"]) .middle,
    :host([position="page"]) .composer {
      grid-column: 2;
    }
  }

  @container panel (max-width: 21em) {
    .brand {
      display: none;
    }
    .bar,
    .bar .tools {
      flex-wrap: wrap;
      padding-inline: 0.3em;
    }
    .bar .tool {
      min-width: 2.4em;
      padding-inline: 0.3em;
    }
    .bar .leave {
      padding-inline: 0.6em;
    }
  }

  /* log */
  .middle {
    position: relative;
    min-height: 0;
    display: grid;
  }
  iroiro-family {
    grid-row: 2 / 4;
  }
  .log {
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 1.25em 1em 0.5em;
    scrollbar-gutter: stable;
  }
  .log:focus-visible {
    outline-offset: -4px;
    box-shadow: none;
  }
  .column {
    max-width: 44em;
    margin-inline: auto;
    width: 100%;
  }
  .message {
    display: grid;
    justify-items: start;
    margin-block-end: 1.35em;
    max-width: min(100%, 38em);
  }
  .message.resident {
    justify-items: end;
    margin-inline-start: auto;
  }
  .bubble {
    padding: 0.7em 1em;
    border-radius: 0.35em 1.1em 1.1em 1.1em;
    background: var(--surface);
    border: 1px solid var(--line);
    max-width: 100%;
    min-width: 0;
  }
  .resident .bubble {
    background: var(--mine);
    color: var(--on-mine);
    border-color: transparent;
    border-radius: 1.1em 0.35em 1.1em 1.1em;
    max-width: 88%;
  }
  .resident.waiting .bubble {
    background: var(--surface);
    color: var(--ink);
    border: 1.5px dashed var(--accent);
  }
  .staff .bubble {
    background: var(--person);
    border-color: var(--person-line);
  }
  .system .bubble {
    background: transparent;
    border-style: dashed;
    color: var(--ink-soft);
  }
  .bubble > * + * {
    margin-block-start: 0.75em;
  }
  .text {
    white-space: pre-wrap;
  }
  .removed {
    font-style: italic;
    opacity: 0.85;
  }
  .text:has(ruby),
  .blocks:has(ruby) {
    line-height: 2.15;
  }
  ruby {
    ruby-align: center;
  }
  rt {
    font-size: 0.55em;
    letter-spacing: 0;
  }
  .who {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4em;
    font-size: 0.8em;
    font-weight: 500;
    margin-block-end: 0.35em;
    color: var(--ink-soft);
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    border-radius: var(--round);
    padding: 0.1em 0.7em 0.1em 0.5em;
    background: var(--machine);
    color: var(--machine-ink);
    font-weight: 600;
  }
  .badge.staff {
    background: var(--person);
    color: var(--person-ink);
    border: 1px solid var(--person-line);
  }
  .badge.system,
  .badge.translated {
    background: transparent;
    border: 1px solid var(--control-line);
    color: var(--ink-soft);
    padding-inline: 0.7em;
  }
  .badge svg {
    width: 1.1em;
    height: 1.1em;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.35em;
    font-size: 0.8em;
    color: var(--ink-soft);
    margin-block-start: 0.3em;
  }
  .resident .foot {
    justify-content: flex-end;
    text-align: end;
  }
  .textual {
    min-height: 1.75em;
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    color: var(--link);
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  .kept-link {
    font-size: 0.85em;
    margin-block-end: 1em;
  }
  .limits svg {
    margin-block-start: 0.2em;
  }
  .limits {
    display: flex;
    gap: 0.6em;
    font-size: 0.85em;
    color: var(--ink-soft);
    padding: 0.6em 0.9em;
    border: 1px dashed var(--control-line);
    border-radius: var(--radius-small);
    margin-block-end: 1.25em;
  }
  .typing {
    display: flex;
    gap: 0.6em;
    align-items: center;
    color: var(--ink-soft);
    font-size: 0.85em;
    margin-block: 0 1em;
  }
  .dots i {
    display: inline-block;
    width: 0.4em;
    height: 0.4em;
    margin-inline-end: 0.22em;
    border-radius: 50%;
    background: var(--accent);
    animation: breathe 1.4s infinite ease-in-out;
  }
  .dots i:nth-child(2) {
    animation-delay: 0.2s;
  }
  .dots i:nth-child(3) {
    animation-delay: 0.4s;
  }
  @keyframes breathe {
    0%,
    80%,
    100% {
      opacity: 0.25;
    }
    40% {
      opacity: 1;
    }
  }
  .newer {
    position: absolute;
    inset-block-end: 0.75em;
    justify-self: center;
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    padding: 0 1.1em;
    border-radius: var(--round);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
    font-size: 0.9em;
    box-shadow: var(--shadow);
  }

  /* choices */
  .choices,
  .starters,
  .picks {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
    align-items: center;
  }
  .choices,
  .inline-picker {
    margin-block: -0.35em 1.35em;
  }
  .picks > p,
  .picks > label {
    flex-basis: 100%;
    font-size: 0.9em;
    color: var(--ink-soft);
  }
  .choice {
    padding: 0.35em 1.05em;
    border-radius: var(--round);
    border: 1.5px solid var(--accent);
    color: var(--accent);
    background: var(--surface);
    font-weight: 600;
    line-height: 1.4;
    text-align: start;
  }
  .choice:hover {
    background: var(--sunken);
  }
  .choice.age {
    min-width: 2.9em;
    text-align: center;
    padding-inline: 0.4em;
  }
  .choice[aria-pressed="true"] {
    background: var(--accent);
    color: var(--on-accent);
  }
  .choice.talk {
    border-color: var(--person-ink);
    color: var(--person-ink);
    background: var(--person);
  }
  .small {
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    min-height: 2.5em;
    padding: 0.1em 0.9em;
    border-radius: var(--radius-small);
    border: 1px solid var(--control-line);
    background: var(--surface);
    font-size: 0.9em;
  }
  .small:hover {
    border-color: var(--accent);
    background: var(--sunken);
  }
  .small[aria-pressed="true"] {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .feedback,
  .missing {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5em;
    font-size: 0.85em;
    color: var(--ink-soft);
    margin-block-start: 0.5em;
  }
  .missing label {
    display: grid;
    flex: 1 1 14em;
  }
  input {
    min-height: 2.9em;
    padding: 0.4em 0.8em;
    border: 1px solid var(--control-line);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--ink);
    width: 100%;
  }

  /* welcome */
  .hello h2 {
    font-size: 1.55em;
    line-height: 1.45;
    letter-spacing: 0.04em;
    font-weight: 700;
    margin-block-end: 0.4em;
    text-wrap: balance;
  }
  @container panel (max-width: 30em) {
    .hello h2 {
      font-size: 1.3em;
    }
    .strip button {
      padding: 0 0.5em;
      font-size: 0.85em;
    }
  }
  .hello p {
    color: var(--ink-soft);
  }
  .strip {
    display: flex;
    flex-wrap: wrap;
    gap: 0.15em 0.2em;
    margin-block-start: 0.75em;
    margin-inline-start: -0.6em;
  }
  .strip button {
    min-height: 2.25em;
    padding: 0 0.65em;
    border-radius: var(--radius-small);
    font-size: 0.9em;
    color: var(--accent);
    font-weight: 600;
  }
  .strip button:hover {
    background: var(--sunken);
  }
  .strip button[aria-pressed="true"] {
    background: var(--machine);
    color: var(--machine-ink);
  }
  .privacy {
    margin-block: 1em;
    padding: 0.85em 1.1em;
    background: var(--surface);
    border: 1px solid var(--line);
    border-inline-start: 4px solid var(--accent);
    border-radius: var(--radius-small);
    font-size: 0.88em;
    line-height: 1.65;
  }
  .privacy h3 {
    display: flex;
    align-items: center;
    gap: 0.5em;
    font-size: 1em;
    margin-block-end: 0.4em;
  }
  .privacy ul {
    list-style: none;
    display: grid;
    gap: 0.4em;
  }
  .privacy li {
    padding-inline-start: 1.2em;
    position: relative;
  }
  .privacy li::before {
    content: "";
    position: absolute;
    inset-inline-start: 0.2em;
    inset-block-start: 0.7em;
    width: 0.4em;
    height: 0.4em;
    border-radius: 50%;
    background: var(--accent);
  }
  .privacy > p {
    margin-block-start: 0.7em;
    font-weight: 600;
  }
  .starters {
    margin-block-end: 1.5em;
  }
  .sheet .privacy {
    border: 0;
    padding: 0;
    margin: 0;
    font-size: 1em;
  }
  .sheet .privacy h3 {
    display: none;
  }

  /* article */
  .article h4 {
    font-size: 1.1em;
    margin: 0 0 0.35em;
    line-height: 1.5;
  }
  .article h5 {
    font-size: 0.95em;
    margin: 1em 0 0.2em;
    color: var(--machine-ink);
  }
  .summary {
    font-weight: 600;
    padding-block-end: 0.6em;
    border-block-end: 1px solid var(--line);
    margin-block-end: 0.6em;
  }
  .blocks p + p {
    margin-block-start: 0.6em;
  }
  .points {
    padding-inline-start: 1.3em;
    margin-block: 0.35em;
  }
  .confirm {
    margin-block-start: 0.8em;
    padding: 0.55em 0.8em;
    background: var(--note);
    color: var(--note-ink);
    border-inline-start: 3px solid var(--note-line);
    border-radius: 4px;
    font-size: 0.92em;
  }
  .offices {
    list-style: none;
    margin-block-start: 0.8em;
    display: grid;
    gap: 0.5em;
  }
  .offices.many {
    gap: 0;
  }
  .offices.many .button {
    border: 0;
    background: none;
    padding-inline: 0;
    color: var(--link);
    text-decoration: underline;
  }
  .offices li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.4em 1em;
  }
  .sources {
    margin-block-start: 0.9em;
    font-size: 0.82em;
    color: var(--ink-soft);
    display: grid;
    gap: 0.15em;
  }

  /* hotlines and facilities */
  .hotlines {
    background: var(--urgent-soft);
    border: 1px solid var(--urgent);
    border-radius: var(--radius);
    padding: 0.9em 1em;
    color: var(--ink);
    margin-block-end: 1.25em;
  }
  .bubble .hotlines,
  .sheet .hotlines {
    margin-block-end: 0;
  }
  .aside .hotlines {
    background: none;
    border: 0;
    padding: 0;
  }
  .aside .hotlines-title {
    color: var(--ink);
    font-size: 1.05em;
  }
  .aside .hotline {
    border: 1px solid var(--line);
  }
  .hotlines-title {
    font-weight: 700;
    color: var(--urgent-ink);
  }
  .hint {
    font-size: 0.85em;
    color: var(--ink-soft);
  }
  .hotlines ul,
  .facilities,
  .languages {
    list-style: none;
    display: grid;
    gap: 0.6em;
  }
  .hotlines ul {
    margin-block-start: 0.6em;
  }
  .hotline {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.4em 1em;
    background: var(--surface);
    border-radius: var(--radius-small);
    padding: 0.65em 0.85em;
  }
  .hotline-words {
    flex: 1 1 12em;
    min-width: 0;
  }
  .hotline-name {
    font-weight: 700;
    line-height: 1.5;
  }
  .hotline-meta {
    font-size: 0.85em;
    color: var(--ink-soft);
  }
  .open,
  .shut,
  .distance {
    font-weight: 700;
    border-radius: 4px;
    padding: 0.05em 0.5em;
    margin-inline-end: 0.3em;
  }
  .open {
    background: var(--good-soft);
    color: var(--good);
  }
  .shut {
    border: 1px solid var(--control-line);
    font-weight: 500;
  }
  .distance {
    background: var(--machine);
    color: var(--machine-ink);
  }
  .call-button {
    font-size: 1.05em;
    font-variant-numeric: tabular-nums;
    min-height: 2.75em;
  }
  .facility {
    padding-block: 0.5em;
    border-block-start: 1px solid var(--line);
  }
  .facility:first-child {
    border: 0;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
    margin-block-start: 0.4em;
  }
  .picture {
    display: block;
    max-width: 100%;
    height: auto;
    border-radius: var(--radius-small);
    background: #fff;
  }

  /* composer */
  .composer {
    background: var(--surface);
    border-block-start: 1px solid var(--line);
    padding: 0.5em 0.75em max(0.75em, env(safe-area-inset-bottom));
  }
  .status {
    font-size: 0.82em;
    color: var(--ink-soft);
    min-height: 1.7em;
    padding-inline: 0.4em;
    margin-block-end: 0.35em;
  }
  .status.human {
    color: var(--person-ink);
    font-weight: 600;
  }
  .status.waiting,
  .status.trouble {
    color: var(--note-ink);
    background: var(--note);
    border-radius: var(--radius-small);
    padding: 0.45em 0.8em;
  }
  .write {
    display: flex;
    align-items: flex-end;
    gap: 0.4em;
    border: 1.5px solid var(--control-line);
    border-radius: 1.4em;
    background: var(--surface);
    padding: 0.25em;
  }
  .write:focus-within {
    border-color: var(--accent);
    box-shadow: 0 0 0 2px var(--accent);
  }
  .write .tool {
    border-radius: 50%;
    padding: 0;
  }
  textarea {
    flex: 1;
    min-width: 0;
    resize: none;
    border: 0;
    background: none;
    padding: 0.5em 0.25em;
    line-height: 1.6;
    field-sizing: content;
    min-height: 2.7em;
    max-height: 9em;
    outline: none;
    box-shadow: none;
  }
  textarea:focus-visible {
    outline: none;
    box-shadow: none;
  }
  textarea::placeholder {
    color: var(--ink-soft);
    opacity: 1;
  }
  .send {
    width: 2.75em;
    height: 2.75em;
    border-radius: 50%;
    background: var(--accent);
    color: var(--on-accent);
    display: grid;
    place-items: center;
    flex: none;
  }
  .send:disabled {
    background: var(--sunken);
    color: var(--ink-soft);
  }
  .tray {
    padding: 0.5em 0.25em 0.9em;
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 0.35em;
  }
  .tray .tabs {
    margin-block-end: 0.7em;
  }

  /* dialogs */
  dialog {
    position: fixed;
    margin: auto;
    padding: 0;
    border: 0;
    border-radius: 1.1em;
    width: min(34em, calc(100vw - 1.5em));
    max-height: calc(100dvh - 2em);
    background: var(--surface);
    color: var(--ink);
    box-shadow: var(--shadow);
  }
  dialog::backdrop {
    background: rgb(0 25 30 / 55%);
  }
  .sheet {
    padding: 0.75em 1.25em 1.5em;
  }
  .sheet-head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 1em;
    margin-block-end: 0.5em;
  }
  .sheet h2 {
    font-size: 1.15em;
  }
  .sheet h2:focus-visible {
    outline: none;
    box-shadow: none;
  }
  .languages {
    grid-template-columns: repeat(auto-fill, minmax(10em, 1fr));
  }
  .languages .choice {
    width: 100%;
    border-radius: var(--radius-small);
    min-height: 3em;
  }
  .line {
    display: flex;
    width: 100%;
    align-items: center;
    gap: 0.75em;
    padding: 0.7em 0.25em;
    border-block-end: 1px solid var(--line);
    text-align: start;
    min-height: 3.25em;
  }
  .line:hover:not(.set) {
    background: var(--sunken);
  }
  .line > span:first-of-type {
    flex: 1;
  }
  .line.set > span:first-of-type {
    flex: 1 0 auto;
  }
  .line.set {
    flex-wrap: wrap;
  }
  .line small {
    display: block;
    color: var(--ink-soft);
    font-size: 0.8em;
  }
  .switch {
    width: 3em;
    height: 1.7em;
    border-radius: var(--round);
    border: 2px solid var(--control-line);
    position: relative;
    flex: none;
  }
  .switch::after {
    content: "";
    position: absolute;
    inset-block: 0.2em;
    inset-inline-start: 0.2em;
    width: 0.95em;
    border-radius: 50%;
    background: var(--control-line);
    transition: inset-inline-start 0.15s;
  }
  [aria-checked="true"] .switch {
    background: var(--accent);
    border-color: var(--accent);
  }
  [aria-checked="true"] .switch::after {
    inset-inline-start: 1.5em;
    background: var(--on-accent);
  }
  .menu .hint {
    margin-block-start: 1em;
  }
  .code {
    font-size: 1.5em;
    font-weight: 700;
    letter-spacing: 0.12em;
    padding: 0.5em;
    text-align: center;
    background: var(--sunken);
    border-radius: var(--radius-small);
    margin-block: 0.4em;
    user-select: all;
  }
  .resume form {
    display: grid;
    gap: 0.6em;
    margin-block-start: 1.25em;
    padding-block-start: 1.25em;
    border-block-start: 1px solid var(--line);
  }
  .error {
    color: var(--urgent-ink);
    font-weight: 600;
    min-height: 1.7em;
  }

  /* Very little height (a phone on its side, 400 % zoom): the page scrolls as one, nothing sticks over the words. */
  @media (max-height: 26em) {
    :host([position="page"]) {
      height: auto;
    }
    :host([position="page"]) .panel {
      height: auto;
      container-type: inline-size;
      min-height: 100dvh;
    }
    :host([position="page"]) .log {
      overflow: visible;
    }
  }
  @media (forced-colors: active) {
    .bubble,
    .badge,
    .choice,
    .button,
    .send {
      border: 1px solid;
    }
    .switch::after {
      background: ButtonText;
    }
  }
`;
