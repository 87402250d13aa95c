import { css } from "lit";

export const contentStyles = css`
  .page.content {
    max-width: 96rem;
  }
  .content > * {
    min-width: 0;
  }
  .content .button {
    white-space: normal;
  }
  .content .error {
    min-height: 0;
  }
  .subnav {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1rem;
  }
  .subnav a {
    padding: 0.5rem 0.25rem;
    color: var(--ink);
    text-decoration: none;
    border-block-end: 3px solid transparent;
  }
  .subnav a[aria-current="page"] {
    border-color: currentColor;
    font-weight: 700;
  }
  .narrow {
    max-width: 28rem;
  }
  .items {
    list-style: none;
    margin: 0;
    padding: 0;
    columns: 22rem;
  }
  .items li {
    break-inside: avoid;
    padding: 0.35rem 0;
  }
  .items a,
  .content td a,
  .content p a {
    color: var(--link);
  }
  .date {
    white-space: nowrap;
  }
  .halves {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 2rem;
    align-items: start;
  }
  .content textarea {
    font-size: 1rem;
    line-height: 1.6;
  }
  #content-text {
    font-family: ui-monospace, monospace;
    font-size: 0.9rem;
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr));
    gap: 0.5rem 1rem;
    padding-block: 0.5rem;
  }
  .fact {
    border-block-end: 1px solid var(--line);
    padding-block: 0.35rem;
  }
  .word-field {
    display: grid;
    gap: 0.15rem;
    padding-block: 0.5rem;
    border-block-end: 1px solid var(--line);
  }
  .paper {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    padding: 1rem 1.25rem;
    margin-block-end: 1rem;
  }
  .paper > * + *,
  .paper div > * + * {
    margin-block-start: 0.6rem;
  }
  .paper a {
    color: var(--link);
  }
  .paper ul:not(.plain) {
    padding-inline-start: 1.25rem;
  }
  .stacked {
    display: grid;
  }
  .note {
    border-inline-start: 4px solid var(--link);
    background: var(--surface);
    padding: 0.5rem 1rem;
  }
  .note .row {
    margin-block-start: 0.5rem;
  }
  .problems {
    padding-inline-start: 1.25rem;
  }
  .fine {
    font-weight: 600;
  }
  .diff {
    overflow-x: auto;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    padding: 0.75rem;
    font-size: 0.85rem;
    white-space: pre-wrap;
    margin-block-start: 0.5rem;
  }
  .diff .plus {
    font-weight: 700;
  }
  .diff .minus {
    text-decoration: line-through;
    color: var(--ink-soft);
  }
  @media (max-width: 60rem) {
    .halves {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
