import './security.css';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useCan } from '../session/use-session.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { Audit } from './audit.tsx';
import { Keys } from './keys.tsx';
import { Roles } from './roles.tsx';
import { SecurityStatus } from './status.tsx';
import { Users } from './users.tsx';

const PARTS = [
  { id: 'users', label: 'Users', needs: 'identity.user.read', content: <Users /> },
  { id: 'roles', label: 'Roles', needs: 'identity.role.read', content: <Roles /> },
  { id: 'keys', label: 'Machine keys', needs: 'identity.apikey.read', content: <Keys /> },
  { id: 'audit', label: 'Audit trail', needs: 'security.audit.read', content: <Audit /> },
  { id: 'status', label: 'Status', needs: 'security.status.read', content: <SecurityStatus /> },
];

/** Who may do what, and who did what. */
export const Security = () => {
  useTitle('Security');
  const can = useCan();
  const parts = PARTS.filter(({ needs }) => can(needs));
  const [part, setPart] = useParam('part', parts[0]?.id ?? '');
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Security</Header>
      <Tabs
        activeTabId={part}
        tabs={parts.map(({ id, label, content }) => ({ id, label, content: id === part && content }))}
        ariaLabel="Parts of security"
        i18nStrings={{ scrollLeftAriaLabel: 'Show earlier parts', scrollRightAriaLabel: 'Show further parts' }}
        onChange={({ detail }) => setPart(detail.activeTabId)}
      />
    </SpaceBetween>
  );
};
