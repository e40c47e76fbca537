import './services.css';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { Dependencies } from './dependencies.tsx';
import { InhibitionRules } from './inhibition.tsx';
import { Policies } from './policies.tsx';
import { RoutingRules } from './routing.tsx';
import { ServiceList } from './service-list.tsx';
import { Teams } from './teams.tsx';

const PARTS = [
  { id: 'services', label: 'Services', content: <ServiceList /> },
  { id: 'dependencies', label: 'Dependencies', content: <Dependencies /> },
  { id: 'teams', label: 'Teams', content: <Teams /> },
  { id: 'escalation', label: 'Escalation', content: <Policies /> },
  { id: 'routing', label: 'Routing', content: <RoutingRules /> },
  { id: 'inhibition', label: 'Inhibition', content: <InhibitionRules /> },
];

/** Whose a service is, what it needs, and whom its alerts page. */
export const Services = () => {
  useTitle('Services');
  const [part, setPart] = useParam('part', 'services');
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Services</Header>
      <Tabs
        activeTabId={part}
        tabs={PARTS.map(({ id, label, content }) => ({ id, label, content: id === part && content }))}
        ariaLabel="Parts of services"
        i18nStrings={{ scrollLeftAriaLabel: 'Show earlier parts', scrollRightAriaLabel: 'Show further parts' }}
        onChange={({ detail }) => setPart(detail.activeTabId, { isStep: true })}
      />
    </SpaceBetween>
  );
};
