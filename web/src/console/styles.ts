import { css } from "lit";

export const styles = css`
  :host {
    display: block;
    min-height: 100dvh;
    background: var(--ground);
    color: var(--ink);
    font: 1rem/1.6 var(--font);
    --ground: color-mix(in srgb, var(--sunken) 42%, var(--surface));
    overflow-wrap: anywhere;
  }
  :host(:lang(ja)) {
    word-break: auto-phrase;
  }
  kbd {
    font: 600 0.75em/1.4 var(--font);
    border: 1px solid currentColor;
    border-radius: 4px;
    padding: 0 0.4em;
    opacity: 0.85;
  }
  @media (pointer: coarse) {
    button kbd {
      display: none;
    }
  }
  .soft {
    color: var(--ink-soft);
    font-size: 0.9em;
  }
  .pad {
    padding: 0.25rem 1rem;
  }
  .wide {
    width: 100%;
  }
  .error {
    color: var(--urgent-ink);
    font-weight: 600;
    min-height: 1.6em;
  }
  .loading {
    padding: 3rem;
    text-align: center;
  }
  .textual {
    color: var(--link);
    text-decoration: underline;
    text-underline-offset: 0.2em;
    min-height: 2rem;
  }
  input,
  select,
  textarea {
    width: 100%;
    min-height: 2.75rem;
    padding: 0.45rem 0.75rem;
    border: 1px solid var(--control-line);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--ink);
  }
  input[type="checkbox"],
  input[type="radio"] {
    width: 1.25rem;
    height: 1.25rem;
    min-height: 0;
    accent-color: var(--accent);
    flex: none;
  }
  label {
    display: grid;
    gap: 0.25rem;
    font-weight: 600;
  }
  label.check {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    font-weight: 400;
    min-height: 2.5rem;
  }
  fieldset {
    border: 0;
    padding: 0;
    margin: 0;
  }
  legend {
    font-weight: 700;
    padding: 0;
  }
  .stack {
    display: grid;
    gap: 0.9rem;
    justify-items: stretch;
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    font-weight: 700;
    letter-spacing: 0.04em;
    white-space: nowrap;
  }
  .mark {
    display: inline-flex;
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

  /* sign-in */
  .gate {
    min-height: 100dvh;
    display: grid;
    place-items: center;
    padding: 1.5rem;
  }
  .gate-card {
    width: min(25rem, 100%);
    display: grid;
    gap: 0.9rem;
    padding: 2rem;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
  }
  .gate-card h1 {
    font-size: 1.35rem;
  }
  .gate-card summary {
    color: var(--link);
    min-height: 2rem;
    cursor: pointer;
  }

  /* frame */
  .frame {
    display: grid;
    grid-template: auto auto minmax(0, 1fr) / minmax(0, 1fr);
    height: 100dvh;
  }
  .top {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 1.25rem;
    padding: 0.35rem 1rem;
    background: var(--surface);
    border-block-end: 1px solid var(--line);
  }
  .top nav {
    display: flex;
    gap: 0.25rem;
    min-width: 0;
    max-width: 100%;
    overflow-x: auto;
  }
  .top nav a {
    flex: none;
    white-space: nowrap;
    display: inline-flex;
    align-items: center;
    min-height: 2.75rem;
    padding: 0 0.8rem;
    border-radius: var(--radius-small);
    color: var(--ink);
    text-decoration: none;
  }
  .top nav a:hover {
    background: var(--sunken);
  }
  .top nav a[aria-current="page"] {
    font-weight: 700;
    color: var(--accent);
    box-shadow: inset 0 -3px var(--accent);
    border-radius: 0;
  }
  .top .tools {
    margin-inline-start: auto;
    display: flex;
    align-items: center;
    gap: 0.35rem;
  }
  .tool {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.4rem;
    min-width: 2.75rem;
    padding: 0 0.6rem;
    border-radius: var(--radius-small);
    font-size: 0.9em;
  }
  .tool:hover {
    background: var(--sunken);
  }
  .link {
    font-size: 0.8em;
    padding: 0.1rem 0.7rem;
    border-radius: var(--round);
    background: var(--good-soft);
    color: var(--good);
    white-space: nowrap;
  }
  .link.retrying,
  .link.idle {
    background: var(--note);
    color: var(--note-ink);
  }
  .bar-note {
    flex-basis: 100%;
    padding: 0.4rem 0.8rem;
    background: var(--note);
    color: var(--note-ink);
    border-radius: var(--radius-small);
  }
  .alert {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.9rem;
    padding: 0.6rem 1rem;
    background: var(--urgent-soft);
    color: var(--urgent-ink);
    border-block-end: 2px solid var(--urgent);
  }
  .alert p {
    flex: 1 1 14rem;
  }
  .alert-hint {
    padding: 0.4rem 1rem;
    background: var(--note);
    color: var(--note-ink);
  }
  .alert > svg {
    animation: swing 1.6s infinite;
    transform-origin: 50% 10%;
  }
  @keyframes swing {
    0%,
    60%,
    100% {
      transform: rotate(0);
    }
    15% {
      transform: rotate(14deg);
    }
    30% {
      transform: rotate(-12deg);
    }
    45% {
      transform: rotate(6deg);
    }
  }
  .desk {
    display: grid;
    grid-template-columns: 21rem minmax(0, 1fr);
    min-height: 0;
  }
  .has-case .desk {
    grid-template-columns: 21rem minmax(0, 1fr) 23rem;
  }

  /* queue */
  .list {
    overflow-y: auto;
    border-inline-end: 1px solid var(--line);
    background: var(--surface);
    padding-block-end: 2rem;
  }
  .list-head {
    position: sticky;
    inset-block-start: 0;
    padding: 0.75rem 1rem;
    background: var(--surface);
    border-block-end: 1px solid var(--line);
    z-index: 1;
  }
  .list h2 {
    font-size: 0.85rem;
    color: var(--ink-soft);
    padding: 1rem 1rem 0.35rem;
    display: flex;
    gap: 0.5rem;
  }
  .count {
    background: var(--sunken);
    border-radius: var(--round);
    padding: 0 0.6em;
  }
  .list ul,
  .talk ol,
  .side ul {
    list-style: none;
  }
  .case {
    display: grid;
    gap: 0.2rem;
    padding: 0.65rem 1rem;
    color: var(--ink);
    text-decoration: none;
    border-inline-start: 5px solid transparent;
    border-block-end: 1px solid var(--line);
  }
  .case:hover {
    background: var(--sunken);
  }
  .case[aria-current="true"] {
    background: var(--machine);
  }
  .case.imminent {
    border-inline-start-color: var(--urgent);
  }
  .case.high {
    border-inline-start-color: var(--note-line);
  }
  .case:focus-visible {
    outline-offset: -4px;
    box-shadow: none;
  }
  .case-line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.15rem 0.6rem;
  }
  .case time {
    margin-inline-start: auto;
    display: inline-flex;
    align-items: center;
    gap: 0.3em;
    font-variant-numeric: tabular-nums;
  }
  .case .wait {
    color: var(--ink);
    font-weight: 700;
  }
  .unread {
    margin-inline-start: auto;
    background: var(--accent);
    color: var(--on-accent);
    border-radius: var(--round);
    padding: 0 0.6em;
    font-size: 0.8em;
    font-weight: 700;
  }
  .level {
    display: inline-block;
    font-size: 0.78rem;
    font-weight: 700;
    line-height: 1.7;
    border-radius: 4px;
    padding: 0 0.55em;
    border: 1px solid var(--control-line);
    white-space: nowrap;
  }
  .level.imminent {
    background: var(--urgent);
    border-color: var(--urgent);
    color: var(--on-urgent);
  }
  .level.high {
    background: var(--note);
    border-color: var(--note-line);
    color: var(--note-ink);
  }
  .level.concern {
    background: var(--machine);
    border-color: var(--machine);
    color: var(--machine-ink);
  }
  .tag {
    display: inline-flex;
    align-items: center;
    background: var(--sunken);
    border-radius: 4px;
    padding: 0 0.5em;
    font-size: 0.85em;
  }
  .tag button {
    min-height: 1.75rem;
    min-width: 1.75rem;
  }
  .offer {
    background: var(--person);
    color: var(--person-ink);
    border-radius: 4px;
    padding: 0.1rem 0.5rem;
    font-weight: 600;
  }

  /* case */
  .talk {
    display: grid;
    grid-template-rows: auto;
    min-height: 0;
    min-width: 0;
  }
  .talk:not(.empty) {
    display: flex;
    flex-direction: column;
  }
  .talk.empty {
    place-content: center;
    text-align: center;
    padding: 2rem;
  }
  .case-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 1rem;
    padding: 0.75rem 1.25rem;
    background: var(--surface);
    border-block-end: 1px solid var(--line);
  }
  .case-title {
    flex: 1 1 16rem;
    min-width: 0;
  }
  .case-title h1 {
    font-size: 1.15rem;
    line-height: 1.5;
  }
  .present {
    font-size: 0.85em;
    color: var(--person-ink);
    font-weight: 600;
  }
  .case-tools {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem;
  }
  .back {
    display: none;
    font-size: 1.5rem;
  }
  .panel-tabs {
    display: none;
    gap: 0.35rem;
    flex-wrap: wrap;
  }
  .small,
  .button {
    white-space: nowrap;
  }
  .colleagues .button {
    white-space: normal;
  }
  .small {
    min-height: 2.25rem;
    padding: 0.1rem 0.8rem;
    border-radius: var(--radius-small);
    border: 1px solid var(--control-line);
    background: var(--surface);
    font-size: 0.9em;
  }
  .small:hover {
    background: var(--sunken);
  }
  .small[aria-pressed="true"] {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .problem {
    padding: 0.5rem 1.25rem;
    background: var(--urgent-soft);
    color: var(--urgent-ink);
    font-weight: 600;
  }
  .talk > .offer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 1rem;
    padding: 0.6rem 1.25rem;
    border-radius: 0;
  }
  .log {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    padding: 1.25rem;
  }
  .log:focus-visible {
    outline-offset: -4px;
    box-shadow: none;
  }
  .log ol {
    max-width: 46rem;
    margin-inline: auto;
    display: grid;
    gap: 1.1rem;
  }
  .message {
    display: grid;
    justify-items: start;
    max-width: 88%;
    justify-self: start;
  }
  .message.staff {
    justify-self: end;
    justify-items: end;
  }
  .who {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4rem;
    font-size: 0.8rem;
    color: var(--ink-soft);
    margin-block-end: 0.25rem;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 0.3em;
    padding: 0 0.65em;
    border-radius: var(--round);
    background: var(--sunken);
    color: var(--ink);
    font-weight: 600;
    line-height: 1.8;
  }
  .badge.machine {
    background: var(--machine);
    color: var(--machine-ink);
  }
  .badge.staff {
    background: var(--person);
    color: var(--person-ink);
  }
  .badge.translated {
    background: none;
    border: 1px solid var(--control-line);
    color: var(--ink-soft);
    margin-inline-end: 0.4em;
  }
  .badge svg {
    width: 1.1em;
    height: 1.1em;
  }
  .bubble {
    padding: 0.6rem 0.95rem;
    border-radius: 0.9rem;
    background: var(--surface);
    border: 1px solid var(--line);
    max-width: 100%;
  }
  .resident .bubble {
    border-width: 1.5px;
    border-color: var(--control-line);
    font-size: 1.05em;
  }
  .machine .bubble,
  .system .bubble {
    background: transparent;
    border-style: dashed;
    font-size: 0.93em;
  }
  .staff .bubble {
    background: var(--person);
    border-color: var(--person-line);
  }
  .outgoing .bubble {
    border-style: dashed;
  }
  .bubble > * + * {
    margin-block-start: 0.5rem;
  }
  .bubble ul {
    list-style: disc;
    padding-inline-start: 1.2rem;
  }
  .bubble summary {
    cursor: pointer;
  }
  .text {
    white-space: pre-wrap;
  }
  .beside {
    font-size: 0.9em;
    color: var(--ink-soft);
    padding: 0.3rem 0.6rem;
    border-inline-start: 3px solid var(--line);
    margin-block-start: 0.35rem;
  }
  .practice-note {
    padding: 0.6rem 0.9rem;
    border: 2px dashed var(--control-line);
    border-radius: var(--radius-small);
  }
  .practice-log {
    max-height: 50vh;
    border: 2px dashed var(--control-line);
    border-radius: var(--radius-small);
  }
  .practice-phrase {
    flex: 1 1 16rem;
    min-width: 0;
  }
  .practice-phrase select {
    width: 100%;
  }
  .practice h2 {
    font-size: 1.15rem;
    margin-block: 0.5rem;
  }
  .checklist {
    display: grid;
    gap: 0.5rem;
    list-style: none;
    padding: 0;
  }
  .checklist li {
    padding: 0.5rem 0.8rem;
    border-inline-start: 5px solid var(--control-line);
    background: var(--surface);
  }
  .checklist .said {
    border-color: var(--accent);
  }
  .translate {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.6rem;
  }
  .preview .badge {
    justify-self: start;
  }
  .preview {
    display: grid;
    gap: 0.5rem;
    padding: 0.75rem;
    border: 1.5px dashed var(--control-line);
    border-radius: var(--radius-small);
  }
  mark {
    background: var(--focus);
    color: #1a1a1a;
    border-radius: 3px;
    padding: 0 0.1em;
  }
  .reply {
    padding: 0.75rem 1.25rem max(0.9rem, env(safe-area-inset-bottom));
    background: var(--surface);
    border-block-start: 1px solid var(--line);
  }
  .reply form {
    max-width: 46rem;
    margin-inline: auto;
    display: grid;
    gap: 0.35rem;
  }
  .reply label {
    font-size: 0.85em;
    color: var(--ink-soft);
  }
  .reply textarea {
    resize: vertical;
    line-height: 1.6;
  }
  .reply-tools {
    display: flex;
    justify-content: space-between;
    align-items: center;
    gap: 1rem;
  }

  /* side */
  .side {
    display: flex;
    flex-direction: column;
    min-height: 0;
    border-inline-start: 1px solid var(--line);
    background: var(--surface);
  }
  .side-tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 0.35rem;
    padding: 0.75rem 1rem;
    border-block-end: 1px solid var(--line);
  }
  .side-close {
    display: none;
    margin-inline-start: auto;
  }
  .side-body {
    overflow-y: auto;
    padding: 0.25rem 1rem 2rem;
  }
  .side h2 {
    font-size: 1rem;
    margin-block: 1.1rem 0.4rem;
  }
  .side h2:focus-visible {
    outline: none;
    box-shadow: none;
  }
  .side h3 {
    font-size: 0.85rem;
    color: var(--ink-soft);
    margin-block: 1rem 0.3rem;
  }
  .why {
    border: 1px solid var(--line);
    border-inline-start: 4px solid var(--control-line);
    border-radius: var(--radius-small);
    padding: 0.7rem 0.9rem;
    margin-block-end: 0.7rem;
    display: grid;
    gap: 0.45rem;
  }
  .why.imminent {
    border-inline-start-color: var(--urgent);
  }
  .why.high {
    border-inline-start-color: var(--note-line);
  }
  .why time {
    font-size: 0.85em;
    color: var(--ink-soft);
  }
  blockquote {
    margin: 0;
    padding: 0.4rem 0.7rem;
    background: var(--sunken);
    border-radius: 4px;
  }
  code {
    font-family: ui-monospace, monospace;
    font-size: 0.9em;
  }
  dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0.3rem 1rem;
  }
  dt {
    color: var(--ink-soft);
  }
  .tags {
    display: flex;
    flex-wrap: wrap;
    gap: 0.35rem;
  }
  .inline {
    display: flex;
    gap: 0.4rem;
    margin-block-start: 0.4rem;
  }
  .side input[type="search"] {
    margin-block-start: 0.6rem;
  }
  .phrases,
  .lines,
  .notes,
  .earlier,
  .colleagues {
    display: grid;
    gap: 0.4rem;
  }
  .phrase {
    width: 100%;
    text-align: start;
    padding: 0.55rem 0.8rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--ground);
    line-height: 1.55;
  }
  .phrase:hover:not(:disabled) {
    border-color: var(--accent);
    background: var(--sunken);
  }
  .slots {
    display: grid;
    gap: 0.5rem;
    padding: 0.7rem;
    border: 2px solid var(--accent);
    border-radius: var(--radius-small);
  }
  .lines li,
  .notes li {
    border-block-end: 1px solid var(--line);
    padding-block: 0.5rem;
  }
  .number {
    font-size: 1.15em;
    font-weight: 700;
    font-variant-numeric: tabular-nums;
  }
  .open {
    color: var(--good);
    font-weight: 700;
  }
  .history {
    font-size: 0.85em;
    color: var(--ink-soft);
  }
  details > summary {
    cursor: pointer;
    min-height: 1.75rem;
  }

  /* dialogs */
  dialog {
    margin: auto;
    padding: 0;
    border: 0;
    border-radius: var(--radius);
    width: min(32rem, calc(100vw - 1.5rem));
    max-height: calc(100dvh - 2rem);
    background: var(--surface);
    color: var(--ink);
    box-shadow: var(--shadow);
  }
  dialog::backdrop {
    background: rgb(0 25 30 / 55%);
  }
  .sheet {
    padding: 0.75rem 1.5rem 1.5rem;
  }
  .sheet > * + * {
    margin-block-start: 0.9rem;
  }
  .sheet-head {
    display: flex;
    align-items: center;
    justify-content: space-between;
  }
  .sheet h2 {
    font-size: 1.15rem;
  }
  .keys dt {
    text-align: end;
  }
  .colleagues {
    list-style: none;
  }
  .colleagues .button {
    justify-content: space-between;
  }
  .set {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4rem;
  }
  .set > span {
    flex: 1;
  }

  /* pages */
  .page {
    overflow-y: auto;
    padding: 1.5rem 2rem 3rem;
    display: grid;
    gap: 1.25rem;
    align-content: start;
    grid-auto-rows: max-content;
    max-width: 70rem;
    width: 100%;
    margin-inline: auto;
  }
  .page h1 {
    font-size: 1.35rem;
  }
  .page .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 1rem;
  }
  .scroll {
    overflow-x: auto;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  table {
    border-collapse: collapse;
    width: 100%;
    min-width: 36rem;
    word-break: normal;
  }
  th,
  td {
    text-align: start;
    padding: 0.6rem 1rem;
    border-block-end: 1px solid var(--line);
    vertical-align: top;
  }
  thead th {
    font-size: 0.85em;
    color: var(--ink-soft);
    white-space: nowrap;
  }
  tr:last-child > * {
    border-block-end: 0;
  }
  meter {
    width: 5rem;
  }
  .card {
    max-width: 28rem;
    padding: 1.25rem 1.5rem;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  .card h2 {
    font-size: 1.05rem;
  }

  /* wall */
  .wall {
    min-height: 100dvh;
    padding: clamp(1rem, 3vw, 3rem);
    display: grid;
    gap: clamp(1rem, 3vw, 2.5rem);
    align-content: start;
  }
  .wall header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 2rem;
  }
  .wall h1,
  .wall header time {
    font-size: clamp(1.25rem, 2.5vw, 2.25rem);
  }
  .wall header time {
    font-variant-numeric: tabular-nums;
  }
  .wall header a {
    margin-inline-start: auto;
  }
  .page .numbers {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr));
    margin-block-end: 1rem;
  }
  .page .numbers > div {
    padding: 0.75rem 1rem;
  }
  .page .numbers dt {
    font-size: 0.95rem;
  }
  .page .numbers dd {
    font-size: 1.8rem;
  }
  .charts {
    display: grid;
    gap: 1rem;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr));
  }
  .chart {
    margin: 0;
  }
  .chart figcaption {
    font-weight: bold;
    margin-block-end: 0.5rem;
  }
  .chart svg {
    display: block;
    width: 100%;
  }
  .chart text {
    fill: currentColor;
    font-size: 13px;
  }
  .chart .name {
    text-anchor: end;
  }
  .chart rect {
    fill: var(--accent);
  }
  .numbers {
    grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr));
    gap: 1rem;
  }
  .numbers > div {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    padding: 1.25rem 1.5rem;
  }
  .numbers .loud {
    border: 3px solid var(--urgent);
  }
  .numbers dt {
    font-size: clamp(1rem, 1.6vw, 1.5rem);
  }
  .numbers dd {
    font-size: clamp(3rem, 7vw, 6.5rem);
    font-weight: 700;
    line-height: 1.15;
    font-variant-numeric: tabular-nums;
  }
  .wall-list {
    list-style: none;
    display: grid;
    gap: 0.6rem;
    font-size: clamp(1.1rem, 2vw, 1.8rem);
  }
  .wall-list li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4rem 1.25rem;
    background: var(--surface);
    border-radius: var(--radius-small);
    border-inline-start: 8px solid var(--control-line);
    padding: 0.6rem 1.2rem;
  }
  .wall-list .imminent {
    border-inline-start-color: var(--urgent);
  }
  .wall-list .high {
    border-inline-start-color: var(--note-line);
  }
  .wall-list time {
    margin-inline-start: auto;
    font-variant-numeric: tabular-nums;
  }
  .wall .level {
    font-size: 0.8em;
  }

  @media (max-width: 74rem) {
    .has-case .desk {
      grid-template-columns: 19rem minmax(0, 1fr);
    }
    .panel-tabs {
      display: flex;
    }
    .side {
      display: none;
    }
    .side.over {
      display: flex;
      position: fixed;
      inset: 0 0 0 auto;
      width: min(26rem, 100vw);
      z-index: 5;
      box-shadow: var(--shadow);
    }
    .side-close {
      display: inline-flex;
    }
  }
  @media (max-width: 46rem) {
    button kbd {
      display: none;
    }
    .alert {
      padding: 0.4rem 0.75rem;
    }
    .alert > svg {
      display: none;
    }
    .alert p {
      flex-basis: 100%;
    }
    .alert .button {
      flex: 1;
      min-height: 2.5rem;
    }
    .has-case .alert p {
      flex-basis: 10rem;
    }
    .has-case .alert .button {
      flex: none;
    }
    .case-head {
      gap: 0.35rem 0.5rem;
      padding-block: 0.4rem;
    }
    .panel-tabs {
      flex-basis: 100%;
    }
    .desk,
    .has-case .desk {
      grid-template-columns: minmax(0, 1fr);
    }
    .has-case .list,
    .frame:not(.has-case) .talk {
      display: none;
    }
    .back {
      display: inline-flex;
    }
    .top {
      padding-inline: 0.6rem;
      gap: 0 0.5rem;
    }
    .top .brand span:last-child,
    .top .word,
    .has-case .top nav {
      display: none;
    }
    .top nav a {
      padding: 0 0.55rem;
      font-size: 0.92em;
    }
    .case-head,
    .log,
    .reply {
      padding-inline: 0.75rem;
    }
    .case-title {
      flex-basis: 12rem;
    }
    .case-tools .button {
      padding-inline: 0.7rem;
      min-height: 2.5rem;
    }
    .message {
      max-width: 96%;
    }
    .reply-tools .soft {
      display: none;
    }
    .reply-tools {
      justify-content: end;
    }
    .page {
      padding: 1rem;
    }
  }
  @media (max-height: 26rem) {
    .frame {
      height: auto;
    }
    .log {
      overflow: visible;
    }
  }

  ul.plain {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  ul.plain li {
    justify-content: space-between;
    padding-block: 6px;
  }
  .qr {
    display: block;
    background: #fff;
    max-width: 100%;
    height: auto;
  }
  section.card form {
    display: grid;
    gap: 10px;
  }
  .codes {
    columns: 2;
    list-style: none;
    padding: 0;
    max-width: 24rem;
    font-size: 1.1rem;
  }
`;
