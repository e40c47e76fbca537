import './charts.css';
import { msText } from '../shell/figures.ts';

interface Times {
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly firstByteMs: number;
}

const PARTS = [
  ['dnsMs', 'Name'],
  ['connectMs', 'Connection'],
  ['tlsMs', 'TLS'],
  ['firstByteMs', 'First byte'],
] as const satisfies readonly (readonly [keyof Times, string])[];

/** Where the time of a check went. */
export const Phases = ({ times }: { readonly times: Times }) => {
  const total = PARTS.reduce((sum, [part]) => sum + times[part], 0) || 1;
  return (
    <div className="phases">
      <div className="phase-bar" aria-hidden="true">
        {PARTS.map(([part], i) => (
          <i key={part} className={`tone-${i + 1}`} style={{ inlineSize: `${(times[part] / total) * 100}%` }} />
        ))}
      </div>
      <div className="phase-legend">
        {PARTS.map(([part, text], i) => (
          <span key={part} className={`tone-${i + 1}`}>
            {text} <b>{msText(times[part])}</b>
          </span>
        ))}
      </div>
    </div>
  );
};
