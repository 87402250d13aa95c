/** The alert sound, made on the spot; browsers allow it only after the person has touched the page once. */
export class Alarm {
  private context: AudioContext | null = null;
  private repeat: ReturnType<typeof setInterval> | undefined;

  /** Call from a click or key press. Resolves to whether sound is possible now. */
  async allow(): Promise<boolean> {
    try {
      this.context ??= new AudioContext();
      await this.context.resume();
      return this.context.state === "running";
    } catch {
      return false;
    }
  }

  get allowed(): boolean {
    return this.context?.state === "running";
  }

  /** Sounds until `stop`: two soft rising notes, three for a life in danger. */
  start(urgent: boolean): void {
    this.stop();
    this.ring(urgent);
    this.repeat = setInterval(() => this.ring(urgent), urgent ? 4_000 : 8_000);
  }

  stop(): void {
    clearInterval(this.repeat);
    this.repeat = undefined;
  }

  ring(urgent: boolean): void {
    const { context } = this;
    if (!context || context.state !== "running") return;
    const notes = urgent ? [659, 784, 988] : [587, 784];
    notes.forEach((pitch, i) => {
      const at = context.currentTime + i * 0.18;
      const tone = context.createOscillator();
      const loudness = context.createGain();
      tone.type = "triangle";
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(0.35, at + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
      tone.connect(loudness).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.55);
    });
  }
}
