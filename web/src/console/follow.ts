import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

/** Keeps a scrolling element at its end while the reader is there; a reader who scrolled up is left alone. */
class Follow extends Directive {
  private count = -1;

  override render(): unknown {
    return noChange;
  }

  override update(part: ElementPart): unknown {
    const element = part.element as HTMLElement;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < 120;
    requestAnimationFrame(() => {
      const count = element.querySelectorAll("li").length;
      if (this.count === -1 || (near && count !== this.count)) element.scrollTop = element.scrollHeight;
      this.count = count;
    });
    return noChange;
  }
}

export const following = directive(Follow);
