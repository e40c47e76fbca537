import './wall.css';
import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { SEVERITIES, type Severity } from '../alerts/severity.tsx';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { applyAppearance } from '../me/appearance.ts';
import { useOverview, type Health, type OverviewAnswer } from '../overview/use-overview.ts';
import { STALE_MS, verdictOf, VERDICTS } from '../overview/verdict.ts';
import { useNames } from '../people/people.ts';
import { useIsLost } from '../session/use-session.ts';
import { Instant, useIsOlder, useNow } from '../shell/instant.tsx';
import { useTitle } from '../shell/use-title.ts';
import { hourWords } from '../shell/times.ts';

type Alert = Schemas['Alert'];

const EVERY_MS = 8_000;
const READ = 50;
const SHOWN = 7;

const useWorstAlerts = () =>
  useQuery({
    queryKey: ['alerts', 'wall'],
    queryFn: async ({ signal }) => {
      const query = { status: 'open', limit: READ } as const;
      const { items } = await bodyOf(api.GET('/api/monitoring/alerts', { params: { query }, signal }));
      const rank = ({ severity }: Alert): number => SEVERITIES.indexOf(severity);
      return items.toSorted((one, other) => rank(one) - rank(other)).slice(0, SHOWN);
    },
    refetchInterval: EVERY_MS,
  });

/** The screen stays on, where the browser can do that. */
const useAwake = (): void => {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    const hold = async (): Promise<void> => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
      lock = await navigator.wakeLock.request('screen').catch(() => undefined);
    };
    // The browser lets go of the screen while the page is hidden.
    const again = (): void => void hold();
    void hold();
    document.addEventListener('visibilitychange', again);
    return () => {
      document.removeEventListener('visibilitychange', again);
      void lock?.release();
    };
  }, []);
};

/** A wall is dark, whatever this browser shows otherwise. */
const useDark = (): void => {
  useEffect(() => {
    applyMode(Mode.Dark);
    return applyAppearance;
  }, []);
};

const Counts = ({ alerts }: { readonly alerts: Health['alerts'] }) => (
  <section aria-labelledby="wall-alerts">
    <h2 id="wall-alerts">Unresolved alerts</h2>
    {alerts === null ? (
      <p className="wall-soft">They cannot be counted at this moment.</p>
    ) : (
      <dl className="wall-counts">
        {SEVERITIES.map((severity: Severity) => (
          <div key={severity} className={alerts[severity] > 0 ? `wall-${severity}` : 'wall-none'}>
            <dt>{severity}</dt>
            <dd>{alerts[severity]}</dd>
          </div>
        ))}
      </dl>
    )}
  </section>
);

const Worst = () => {
  const { data } = useWorstAlerts();
  if (!data || data.length === 0) return null;
  return (
    <ol className="wall-list">
      {data.map(({ id, title, severity, service, firstSeenAt }) => (
        <li key={id} className={`wall-${severity}`}>
          <span className="wall-title">{title}</span>
          <span className="wall-soft">
            {service !== null && `${service} · `}
            <Instant at={firstSeenAt} ago />
          </span>
        </li>
      ))}
    </ol>
  );
};

const Watched = ({ monitors }: { readonly monitors: Health['monitors'] }) => {
  if (!monitors) return null;
  const { down, up, unknown, maintenance } = monitors;
  if (down + up + unknown + maintenance === 0) return null;
  return (
    <section aria-labelledby="wall-monitors">
      <h2 id="wall-monitors">Monitors</h2>
      <p className="wall-figure">
        <span className={down > 0 ? 'wall-critical' : 'wall-none'}>{down} down</span>{' '}
        <span className="wall-soft">of {down + up + unknown + maintenance}</span>
      </p>
    </section>
  );
};

const Incidents = ({ incidents }: { readonly incidents: OverviewAnswer['incidents'] }) =>
  incidents !== null &&
  incidents.items.length > 0 && (
    <section aria-labelledby="wall-incidents">
      <h2 id="wall-incidents">Open incidents</h2>
      <ol className="wall-list">
        {incidents.items.slice(0, 4).map(({ id, title, severity, status, openedAt }) => (
          <li key={id}>
            <span className="wall-title">
              {severity} {title}
            </span>
            <span className="wall-soft">
              {status} · <Instant at={openedAt} ago />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );

const OnCall = ({ onCall }: { readonly onCall: OverviewAnswer['onCall'] }) => {
  const nameOf = useNames();
  if (onCall === null) return null;
  return (
    <section aria-labelledby="wall-on-call">
      <h2 id="wall-on-call">On call</h2>
      {onCall.length === 0 ? (
        <p className="wall-warning">Nobody</p>
      ) : (
        <ol className="wall-list">
          {onCall.slice(0, 5).map(({ scheduleId, name, users }) => (
            <li key={scheduleId} className={users.length === 0 ? 'wall-warning' : ''}>
              <span className="wall-title">{users.length === 0 ? 'Nobody' : users.map(nameOf).join(', ')}</span>
              <span className="wall-soft">{name}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
};

/** The overview for a screen on a wall: large, dark, without controls. It goes on by itself when the backend answers again. */
export const Wall = () => {
  useTitle('Wall');
  useDark();
  useAwake();
  const now = useNow();
  const isLost = useIsLost();
  const { data, dataUpdatedAt } = useOverview();
  const isOld = useIsOlder(dataUpdatedAt, STALE_MS);
  const isStale = isLost || (data !== undefined && isOld);
  const { overall, text } = data ? verdictOf(data) : { overall: 'unknown', text: VERDICTS.unknown.text };
  return (
    <main className={`wall wall-is-${isStale ? 'stale' : overall}`}>
      <header>
        <h1>{isStale ? 'Tocsin does not answer' : text}</h1>
        <p className="wall-clock" aria-live="off">
          {hourWords(now)}
        </p>
      </header>
      {isStale && data !== undefined && (
        <p className="wall-note" role="status">
          What follows is as of <Instant at={data.at} />. The page goes on by itself.
        </p>
      )}
      {data && (
        <div className="wall-parts">
          <div>
            {data.health && <Counts alerts={data.health.alerts} />}
            <Worst />
          </div>
          <div>
            {data.health && <Watched monitors={data.health.monitors} />}
            <Incidents incidents={data.incidents} />
            <OnCall onCall={data.onCall} />
          </div>
        </div>
      )}
    </main>
  );
};
