export interface Piece {
  text: string;
  /** Index of the signal this piece belongs to, or null. */
  signal: number | null;
}

/** Cuts a text at the spans of its signals. Spans count code points, may overlap (the first wins) or lie outside. */
export function highlight(text: string, spans: readonly ([number, number] | null)[]): Piece[] {
  const points = [...text];
  const owner: (number | null)[] = points.map(() => null);
  spans.forEach((span, index) => {
    if (!span) return;
    for (let i = Math.max(0, span[0]); i < Math.min(points.length, span[1]); i += 1) owner[i] ??= index;
  });
  const pieces: Piece[] = [];
  points.forEach((point, i) => {
    const last = pieces.at(-1);
    if (last && last.signal === owner[i]) last.text += point;
    else pieces.push({ text: point, signal: owner[i]! });
  });
  return pieces;
}
