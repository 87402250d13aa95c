/** Waits that double from `first` to `most` milliseconds, each cut by up to half at random so clients do not return together. */
export class Backoff {
  private tries = 0;
  private readonly first: number;
  private readonly most: number;
  private readonly random: () => number;

  constructor(first = 500, most = 30_000, random: () => number = Math.random) {
    this.first = first;
    this.most = most;
    this.random = random;
  }

  next(): number {
    const full = Math.min(this.most, this.first * 2 ** this.tries);
    this.tries += 1;
    return Math.round(full * (1 - this.random() / 2));
  }

  reset(): void {
    this.tries = 0;
  }
}
