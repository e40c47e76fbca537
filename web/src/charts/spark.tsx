import './charts.css';

interface SparkProps {
  /** In equal steps, oldest first; null where nothing is known. */
  readonly values: readonly (number | null)[];
  /** What the line shows, in words, for a screen reader. */
  readonly label: string;
  /** The values that fill the height. The largest is at least this, so that small noise stays small. */
  readonly atLeast?: number;
}

const WIDTH = 100;
const HEIGHT = 32;
/** So the peak does not touch the edge. */
const HEADROOM = 1.1;

/** The pieces between holes, each as points. */
const piecesOf = (points: readonly (readonly [x: number, y: number] | null)[]) => {
  const pieces: (readonly [number, number])[][] = [[]];
  for (const point of points) {
    if (point) pieces.at(-1)?.push(point);
    else if (pieces.at(-1)?.length) pieces.push([]);
  }
  return pieces.filter(({ length }) => length > 0);
};

/** A line without axes: how something went lately. */
export const Spark = ({ values, label, atLeast = 0 }: SparkProps) => {
  const most = Math.max(atLeast, ...values.map((value) => value ?? 0)) * HEADROOM || 1;
  const least = Math.min(0, ...values.map((value) => value ?? 0));
  const step = WIDTH / Math.max(values.length - 1, 1);
  const pieces = piecesOf(
    values.map((value, i) =>
      value === null ? null : ([i * step, HEIGHT - 2 - ((value - least) / (most - least)) * (HEIGHT - 4)] as const),
    ),
  );
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {pieces.map((piece) => {
        const [first, last] = [piece[0] ?? [0, 0], piece.at(-1) ?? [0, 0]];
        const line = piece.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' L');
        // A single point is drawn as a short line.
        const path = piece.length === 1 ? `M${first[0] - 2},${first[1]} h2` : `M${line}`;
        return (
          <g key={first[0]}>
            {piece.length > 1 && (
              <path className="spark-area" d={`M${first[0]},${HEIGHT} L${line} L${last[0]},${HEIGHT} Z`} />
            )}
            <path className="spark-line" d={path} />
          </g>
        );
      })}
    </svg>
  );
};
