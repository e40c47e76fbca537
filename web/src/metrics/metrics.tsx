import './metrics.css';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useCan } from '../session/use-session.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { Explore } from './explore.tsx';
import { Rules } from './rules.tsx';

const PARTS = [
  { id: 'explore', label: 'Explore', needs: 'monitoring.read', content: <Explore /> },
  { id: 'rules', label: 'Rules', needs: 'monitoring.config.read', content: <Rules /> },
];

/** What is measured, and the rules that judge it. */
export const Metrics = () => {
  useTitle('Metrics');
  const can = useCan();
  const parts = PARTS.filter(({ needs }) => can(needs));
  const [part, setPart] = useParam('part', parts[0]?.id ?? '');
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Metrics</Header>
      <Tabs
        activeTabId={part}
        tabs={parts.map(({ id, label, content }) => ({ id, label, content: id === part && content }))}
        ariaLabel="Parts of metrics"
        onChange={({ detail }) => setPart(detail.activeTabId)}
      />
    </SpaceBetween>
  );
};
