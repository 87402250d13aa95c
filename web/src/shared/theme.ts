import { css, unsafeCSS } from "lit";

/** Colours and sizes by role, from the Digital Agency's design tokens; every text pair is at least 4.5 : 1 in both themes. */
const LIGHT = `
  --ground: color-mix(in srgb, ${token("color-primitive-yellow-50")} 38%, ${token("color-neutral-white")});
  --surface: ${token("color-neutral-white")};
  --sunken: ${token("color-primitive-cyan-50")};
  --ink: ${token("color-neutral-solid-gray-900")};
  --ink-soft: ${token("color-neutral-solid-gray-700")};
  --line: color-mix(in srgb, ${token("color-primitive-cyan-1200")} 18%, ${token("color-neutral-white")});
  --control-line: ${token("color-neutral-solid-gray-600")};
  --accent: ${token("color-primitive-cyan-1000")};
  --accent-strong: ${token("color-primitive-cyan-1100")};
  --on-accent: ${token("color-neutral-white")};
  --mine: ${token("color-primitive-cyan-1000")};
  --on-mine: ${token("color-neutral-white")};
  --person: ${token("color-primitive-orange-50")};
  --person-ink: ${token("color-primitive-orange-1100")};
  --person-line: ${token("color-primitive-orange-200")};
  --machine-ink: ${token("color-primitive-cyan-1100")};
  --machine: ${token("color-primitive-cyan-50")};
  --note: ${token("color-primitive-yellow-50")};
  --note-line: ${token("color-primitive-yellow-500")};
  --note-ink: ${token("color-primitive-yellow-1200")};
  --urgent: ${token("color-primitive-red-1000")};
  --urgent-soft: ${token("color-primitive-red-50")};
  --urgent-ink: ${token("color-primitive-red-1100")};
  --on-urgent: ${token("color-neutral-white")};
  --good: ${token("color-primitive-green-900")};
  --good-soft: ${token("color-primitive-green-50")};
  --on-good: ${token("color-neutral-white")};
  --link: ${token("color-primitive-light-blue-1000")};
  --focus: ${token("color-primitive-yellow-300")};
  --focus-ring: ${token("color-neutral-black")};
  --shadow: 0 1px 2px rgb(0 55 65 / 8%), 0 6px 24px rgb(0 55 65 / 8%);
`;

const DARK = `
  --ground: color-mix(in srgb, ${token("color-primitive-cyan-1200")} 26%, #101314);
  --surface: color-mix(in srgb, ${token("color-primitive-cyan-1200")} 38%, #16191a);
  --sunken: color-mix(in srgb, ${token("color-primitive-cyan-1200")} 70%, #16191a);
  --ink: ${token("color-neutral-solid-gray-50")};
  --ink-soft: ${token("color-neutral-solid-gray-200")};
  --line: color-mix(in srgb, ${token("color-primitive-cyan-300")} 26%, #16191a);
  --control-line: ${token("color-neutral-solid-gray-400")};
  --accent: ${token("color-primitive-cyan-300")};
  --accent-strong: ${token("color-primitive-cyan-200")};
  --on-accent: ${token("color-primitive-cyan-1200")};
  --mine: ${token("color-primitive-cyan-1000")};
  --on-mine: ${token("color-neutral-white")};
  --person: color-mix(in srgb, ${token("color-primitive-orange-1200")} 55%, #16191a);
  --person-ink: ${token("color-primitive-orange-100")};
  --person-line: ${token("color-primitive-orange-1000")};
  --machine-ink: ${token("color-primitive-cyan-200")};
  --machine: color-mix(in srgb, ${token("color-primitive-cyan-1200")} 80%, #16191a);
  --note: color-mix(in srgb, ${token("color-primitive-yellow-1200")} 45%, #16191a);
  --note-line: ${token("color-primitive-yellow-600")};
  --note-ink: ${token("color-primitive-yellow-100")};
  --urgent: ${token("color-primitive-red-300")};
  --urgent-soft: color-mix(in srgb, ${token("color-primitive-red-1200")} 50%, #16191a);
  --urgent-ink: ${token("color-primitive-red-100")};
  --on-urgent: ${token("color-neutral-solid-gray-900")};
  --good: ${token("color-primitive-green-300")};
  --good-soft: color-mix(in srgb, ${token("color-primitive-green-1200")} 70%, #16191a);
  --on-good: ${token("color-primitive-green-1200")};
  --link: ${token("color-primitive-light-blue-300")};
  --focus: ${token("color-primitive-yellow-300")};
  --focus-ring: ${token("color-neutral-black")};
  --shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 6px 24px rgb(0 0 0 / 30%);
`;

/** Custom properties of an element whose `theme` attribute is auto (or absent), light or dark. */
export const theme = css`
  :host {
    ${unsafeCSS(LIGHT)}
    color-scheme: light;
    --radius: ${unsafeCSS(token("border-radius-12"))};
    --radius-small: ${unsafeCSS(token("border-radius-8"))};
    --round: ${unsafeCSS(token("border-radius-full"))};
    --font: "Noto Sans JP", "Hiragino Sans", "Yu Gothic UI", "Noto Sans", system-ui, sans-serif;
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([theme="light"])) {
      ${unsafeCSS(DARK)}
      color-scheme: dark;
    }
  }
  :host([theme="dark"]) {
    ${unsafeCSS(DARK)}
    color-scheme: dark;
  }
`;

/** What every control of ours looks like, whatever the page around it does. */
export const controls = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    cursor: pointer;
    background: none;
    border: 0;
    padding: 0;
    min-height: 2.75em;
    -webkit-tap-highlight-color: transparent;
  }
  button:disabled {
    cursor: default;
  }
  svg {
    width: 1.25em;
    height: 1.25em;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  a {
    color: var(--link);
    text-underline-offset: 0.2em;
  }
  :focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
    box-shadow: 0 0 0 2px var(--focus-ring);
    border-radius: 4px;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5em;
    padding: 0.5em 1.1em;
    border-radius: var(--radius-small);
    border: 1px solid var(--control-line);
    background: var(--surface);
    font-weight: 600;
    text-decoration: none;
    color: var(--ink);
    line-height: 1.4;
  }
  .button:hover:not(:disabled) {
    background: var(--sunken);
    border-color: var(--accent);
  }
  .button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .button.primary:hover:not(:disabled) {
    background: var(--accent-strong);
  }
  .button.urgent {
    background: var(--urgent);
    border-color: var(--urgent);
    color: var(--on-urgent);
  }
  .button.urgent:hover {
    filter: brightness(0.92);
  }
  .button:disabled {
    opacity: 0.55;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`;
