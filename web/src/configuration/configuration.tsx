import './configuration.css';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { Integrations } from './integrations.tsx';
import { SettingsPart } from './settings.tsx';
import { Subscriptions } from './subscriptions.tsx';
import { Versions } from './versions.tsx';
import { Webhooks } from './webhooks.tsx';

const PARTS = [
  { id: 'integrations', label: 'Integrations', content: <Integrations /> },
  { id: 'settings', label: 'Settings', content: <SettingsPart /> },
  { id: 'versions', label: 'Versions', content: <Versions /> },
  {
    id: 'subscriptions',
    label: 'Subscriptions',
    content: (
      <SpaceBetween size="l">
        <Subscriptions />
        <Webhooks />
      </SpaceBetween>
    ),
  },
];

/** How Tocsin is set up, and how other programs send to it and hear of it. */
export const Configuration = () => {
  useTitle('Configuration');
  const [part, setPart] = useParam('part', 'integrations');
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Configuration</Header>
      <Tabs
        activeTabId={part}
        tabs={PARTS.map(({ id, label, content }) => ({ id, label, content: id === part && content }))}
        ariaLabel="Parts of the configuration"
        i18nStrings={{ scrollLeftAriaLabel: 'Show earlier parts', scrollRightAriaLabel: 'Show further parts' }}
        // A step, so that a form in a part is not left unasked.
        onChange={({ detail }) => setPart(detail.activeTabId, { isStep: true })}
      />
    </SpaceBetween>
  );
};
