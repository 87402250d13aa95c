/** Tells of a new message while the page is out of sight: a number in the title, never any words; nothing in quiet mode or at night. */
export class Attention {
  private count = 0;
  private title = "";

  constructor() {
    document.addEventListener("visibilitychange", this.onVisible);
  }

  call(quiet: boolean, now: Date = new Date()): void {
    const night = now.getHours() >= 22 || now.getHours() < 7;
    if (quiet || night || document.visibilityState === "visible") return;
    if (this.count === 0) this.title = document.title;
    this.count += 1;
    document.title = `(${this.count}) ${this.title}`;
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.onVisible);
    this.onVisible();
  }

  private readonly onVisible = (): void => {
    if (this.count === 0) return;
    this.count = 0;
    document.title = this.title;
  };
}
