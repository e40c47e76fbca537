import './charts.css';
import { instantWords } from '../shell/times.ts';

export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly mark: 'up' | 'partly' | 'down' | 'none';
  readonly says: string;
}

interface StripProps {
  readonly from: number;
  readonly to: number;
  readonly pieces: readonly Piece[];
  readonly label: string;
}

/** A range of time as a band, with pieces of it coloured. */
export const Strip = ({ from, to, pieces, label }: StripProps) => {
  const placeOf = (at: number): number => ((Math.min(Math.max(at, from), to) - from) / (to - from)) * 1_000;
  return (
    <svg className="strip" viewBox="0 0 1000 12" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect className="fill-none" width={1_000} height={12} />
      {pieces
        .filter((piece) => piece.to > from && piece.from < to)
        .map((piece) => (
          <rect
            key={`${piece.from} ${piece.says}`}
            className={`fill-${piece.mark}`}
            x={placeOf(piece.from)}
            width={Math.max(placeOf(piece.to) - placeOf(piece.from), 3)}
            height={12}
          >
            <title>
              {piece.says}, {instantWords(piece.from)}
            </title>
          </rect>
        ))}
    </svg>
  );
};
