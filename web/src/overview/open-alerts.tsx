import Link from '@cloudscape-design/components/link';
import { SEVERITIES, SeverityBadge } from '../alerts/severity.tsx';
import { useGo } from '../shell/go.ts';
import { Nothing } from './card.tsx';
import type { Health } from './use-overview.ts';

/** Unresolved alerts by severity, each leading to them. */
export const OpenAlerts = ({ alerts }: { readonly alerts: Health['alerts'] }) => {
  const go = useGo();
  if (!alerts) return <Nothing>The alerts cannot be counted at this moment.</Nothing>;
  return (
    <div className="figures">
      {SEVERITIES.map((severity) => (
        <div key={severity}>
          <SeverityBadge severity={severity} />
          <div>
            <Link
              href={`/alerts?filter=${encodeURIComponent(`severity=${severity}`)}`}
              onFollow={go}
              fontSize="display-l"
              variant="awsui-value-large"
              ariaLabel={`${alerts[severity]} unresolved alerts of severity ${severity}`}
            >
              {alerts[severity]}
            </Link>
          </div>
        </div>
      ))}
    </div>
  );
};
