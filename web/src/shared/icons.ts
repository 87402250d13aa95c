import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

const icon = (paths: SVGTemplateResult): TemplateResult => html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${paths}</svg>`;

export const icons = {
  send: () => icon(svg`<path d="M5 12h13M12.5 5.5 19 12l-6.5 6.5"/>`),
  plus: () => icon(svg`<path d="M12 5v14M5 12h14"/>`),
  menu: () => icon(svg`<path d="M4 7h16M4 12h16M4 17h16"/>`),
  globe: () => icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17"/>`),
  exit: () => icon(svg`<path d="M6 6l12 12M18 6 6 18"/>`),
  phone: () => icon(svg`<path d="M6.5 4h3l1.5 4-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4 1.5v3A1.5 1.5 0 0 1 18.500 19 14 14 0 0 1 5 5.500 1.500 1.500 0 0 1 6.500 4z"/>`),
  pin: () => icon(svg`<path d="M12 21c4-4.500 6.500-7.800 6.500-11a6.500 6.500 0 1 0-13 0c0 3.200 2.500 6.500 6.500 11z"/><circle cx="12" cy="10" r="2.300"/>`),
  clock: () => icon(svg`<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5l3.500 2"/>`),
  check: () => icon(svg`<path d="m5 12.500 4.500 4.500L19 7"/>`),
  person: () => icon(svg`<circle cx="12" cy="8" r="3.800"/><path d="M4.500 20c.8-4.200 3.800-6.300 7.500-6.300s6.700 2.100 7.500 6.300"/>`),
  machine: () => icon(svg`<rect x="4.500" y="8" width="15" height="11" rx="3"/><path d="M12 8V4.500M9 13v1M15 13v1"/>`),
  down: () => icon(svg`<path d="M12 5v14M6 13l6 6 6-6"/>`),
  book: () => icon(svg`<path d="M5 5.500C5 4.700 5.700 4 6.500 4H19v14H6.500A1.500 1.500 0 0 0 5 19.500zM5 19.500c0 .8.7 1.500 1.500 1.500H19"/>`),
  calendar: () => icon(svg`<rect x="4" y="5.500" width="16" height="14.500" rx="2"/><path d="M4 10h16M8.500 3.500v4M15.500 3.500v4"/>`),
  child: () => icon(svg`<circle cx="12" cy="6.500" r="3"/><path d="M6 12.500c4 2 8 2 12 0M12 13.500V17l-3 4M12 17l3 4"/>`),
  shield: () => icon(svg`<path d="M12 3.500 5 6v5.500c0 4.200 2.800 7.400 7 9 4.200-1.600 7-4.800 7-9V6z"/>`),
  chat: () => icon(svg`<path d="M4.500 6.500A2 2 0 0 1 6.500 4.500h11a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H11l-4.500 4v-4a2 2 0 0 1-2-2z"/>`),
  bell: () => icon(svg`<path d="M6 16.500V11a6 6 0 1 1 12 0v5.500l1.500 2h-15zM10 20.500h4"/>`),
  flag: () => icon(svg`<path d="M6 21V4.500M6 5h11l-2.500 4L17 13H6"/>`),
  lock: () => icon(svg`<rect x="5" y="10.500" width="14" height="9.500" rx="2"/><path d="M8.500 10.500V8a3.500 3.500 0 0 1 7 0v2.500"/>`),
};
