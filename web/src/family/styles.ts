import { css } from "lit";

export const styles = css`
  :host {
    display: flex;
    flex: 1;
    min-height: 0;
    font-family: var(--font);
    color: var(--ink);
    background: var(--ground);
    line-height: 1.6;
  }
  .family {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-height: 0;
    min-width: 0;
  }
  header {
    display: flex;
    align-items: center;
    gap: 0.3em;
    padding: 0.2em 0.6em;
    background: var(--surface);
    border-block-end: 1px solid var(--line);
  }
  h2 {
    flex: 1;
    font-size: 1.1em;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  h2:focus-visible {
    outline: none;
    box-shadow: none;
  }
  h3 {
    font-size: 1em;
    margin-block-start: 0.5em;
  }
  .tool {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-width: 2.75em;
    border-radius: var(--radius-small);
  }
  .tool:hover {
    background: var(--sunken);
  }
  .back svg {
    rotate: 90deg;
  }
  :host(:dir(rtl)) .back svg {
    rotate: -90deg;
  }
  .body {
    flex: 1;
    overflow-y: auto;
    padding: 1em;
  }
  .stack {
    display: flex;
    flex-direction: column;
    gap: 0.75em;
    max-width: 34em;
    margin-inline: auto;
  }
  .stack .stack {
    width: 100%;
    margin: 0;
  }
  .consent .points {
    padding-inline-start: 1.2em;
    display: grid;
    gap: 0.5em;
  }
  label,
  legend {
    font-weight: 600;
    display: flex;
    flex-direction: column;
    gap: 0.25em;
  }
  fieldset {
    border: 0;
    padding: 0;
    margin: 0;
    min-width: 0;
  }
  .pair,
  .wards,
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.6em;
    align-items: end;
  }
  .pair > legend,
  .wards > legend {
    width: 100%;
    padding: 0;
    margin-block-end: 0.3em;
  }
  .pair label:has([type="radio"]),
  .wards label {
    flex-direction: row;
    align-items: center;
    gap: 0.45em;
    min-height: 2.75em;
    padding: 0.2em 0.9em;
    border: 1px solid var(--control-line);
    border-radius: var(--radius-small);
    background: var(--surface);
  }
  .pair label:has(input:checked),
  .wards label:has(input:checked) {
    border-color: var(--accent);
    box-shadow: inset 0 0 0 1px var(--accent);
  }
  [type="radio"],
  [type="checkbox"] {
    width: 1.3em;
    height: 1.3em;
    accent-color: var(--accent);
  }
  input:not([type="radio"]):not([type="checkbox"]),
  select {
    width: 100%;
    min-height: 2.75em;
    padding: 0.4em 0.7em;
    border: 1px solid var(--control-line);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--ink);
    font-weight: 400;
  }
  form:has([value="pregnancy"]:checked) .of-child,
  form:has([value="child"]:checked) .of-pregnancy {
    display: none;
  }
  .tile {
    display: grid;
    gap: 0.1em;
    text-align: start;
    padding: 0.8em 1em;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .tile:hover {
    border-color: var(--accent);
  }
  .tile strong {
    font-size: 1.1em;
  }
  .soft,
  small {
    color: var(--ink-soft);
    font-size: 0.88em;
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 0.35em;
  }
  .small {
    padding: 0.3em 0.9em;
    border: 1px solid var(--control-line);
    border-radius: var(--round);
    background: var(--surface);
    font-weight: 600;
  }
  .small[aria-pressed="true"] {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .picture {
    width: 100%;
    max-width: 30em;
    margin-inline: auto;
    border-radius: var(--radius);
    border: 1px solid var(--line);
    background: #fff;
  }
  .picture.wait {
    display: grid;
    place-items: center;
    min-height: 12em;
    background: var(--surface);
  }
  .list {
    list-style: none;
    display: grid;
    gap: 0.5em;
  }
  .list li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.4em 0.8em;
    padding: 0.6em 0.8em;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--surface);
  }
  .list li > span {
    flex: 1 1 12em;
    min-width: 0;
  }
  .list strong,
  .list small {
    display: block;
    overflow-wrap: anywhere;
  }
  .badge {
    display: inline-block;
    padding: 0 0.55em;
    border-radius: var(--round);
    background: var(--sunken);
    color: var(--ink);
    font-size: 0.85em;
    width: fit-content;
  }
  .badge.overdue,
  .badge.due {
    background: var(--note);
    color: var(--note-ink);
    font-weight: 600;
  }
  .badge.given {
    background: var(--good-soft);
  }
  details > summary {
    list-style: none;
    cursor: pointer;
  }
  details > summary::-webkit-details-marker {
    display: none;
  }
  .mark[open],
  .mark form {
    display: grid;
    gap: 0.5em;
    width: 100%;
  }
  .other form,
  .sure p {
    margin-block: 0.6em;
  }
  .quiet {
    font-weight: 400;
    font-size: 0.9em;
  }
  .ask {
    padding: 0.8em 1em;
    border: 1px solid var(--note-line);
    border-radius: var(--radius-small);
    background: var(--note);
    color: var(--note-ink);
    display: flex;
    flex-wrap: wrap;
    gap: 0.6em;
  }
  .ask p {
    width: 100%;
  }
  .code {
    font-size: 1.6em;
    font-weight: 700;
    letter-spacing: 0.08em;
    font-variant-numeric: tabular-nums;
  }
  .line {
    display: flex;
    width: 100%;
    align-items: center;
    gap: 0.75em;
    padding: 0.6em 0;
    text-align: start;
    font-weight: 600;
  }
  .line span {
    flex: 1;
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
  }
  [aria-checked="true"] .switch {
    background: var(--accent);
    border-color: var(--accent);
  }
  [aria-checked="true"] .switch::after {
    inset-inline-start: 1.5em;
    background: var(--on-accent);
  }
  .foot {
    border-block-start: 1px solid var(--line);
    padding-block-start: 0.8em;
    align-items: start;
  }
  .said,
  .error {
    max-width: 34em;
    margin: 0.6em auto 0;
    font-weight: 600;
  }
  .error {
    color: var(--urgent-ink);
  }
`;
