import { Remove } from '../services/remove.tsx';
import { changeDashboards, DASHBOARDS, type Dashboard } from './dashboard.ts';
import { forgetDraft } from './draft.ts';

interface RemoveDashboardProps {
  readonly dashboard: Dashboard;
  readonly onClose: () => void;
  readonly onDone?: () => void;
}

/** Asks before a dashboard is deleted. */
export const RemoveDashboard = ({ dashboard: { id, title }, onClose, onDone }: RemoveDashboardProps) => (
  <Remove
    what="dashboard"
    name={title}
    means="goes for everybody. Metrics, alerts and rules stay."
    changes={DASHBOARDS}
    act={async () => {
      await changeDashboards(({ items }) => items.filter((each) => each.id !== id));
      forgetDraft(id);
      onDone?.();
    }}
    onClose={onClose}
  />
);
