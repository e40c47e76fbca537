import SideNavigation from '@cloudscape-design/components/side-navigation';
import { useLocation } from 'react-router';
import { useCan } from '../session/use-session.ts';
import { useGo } from './go.ts';

/** The pages, each with the permissions of which one is enough. What a role may not see is not offered. */
const PAGES = [
  { href: '/', text: 'Overview', needs: ['monitoring.read', 'monitoring.health.read'] },
  { href: '/dashboards', text: 'Dashboards', needs: ['monitoring.read'] },
  { href: '/alerts', text: 'Alerts', needs: ['monitoring.read', 'monitoring.alert.read'] },
  { href: '/events', text: 'Events', needs: ['monitoring.alert.read'] },
  { href: '/silences', text: 'Silences', needs: ['monitoring.read', 'monitoring.alert.read'] },
  { href: '/incidents', text: 'Incidents', needs: ['monitoring.read', 'monitoring.incident.read'] },
  { href: '/on-call', text: 'On call', needs: ['oncall.read'] },
  { href: '/services', text: 'Services', needs: ['oncall.read'] },
  { href: '/monitors', text: 'Monitors', needs: ['monitoring.config.read', 'monitoring.monitor.read'] },
  { href: '/explore', text: 'Metrics', needs: ['monitoring.read', 'monitoring.config.read'] },
  { href: '/sla', text: 'SLA', needs: ['monitoring.read'] },
  { href: '/analytics', text: 'Analytics', needs: ['monitoring.read'] },
  { href: '/status-pages', text: 'Status pages', needs: ['status.read'] },
  { href: '/configuration', text: 'Configuration', needs: ['monitoring.config.read'] },
  {
    href: '/security',
    text: 'Security',
    needs: [
      'identity.user.read',
      'identity.role.read',
      'identity.apikey.read',
      'security.audit.read',
      'security.status.read',
    ],
  },
] as const;

export const Navigation = () => {
  const { pathname } = useLocation();
  const can = useCan();
  const active = `/${pathname.split('/')[1] ?? ''}`;
  const items = PAGES.filter(({ needs }) => needs.some(can)).map(({ href, text }) => ({
    type: 'link' as const,
    href,
    text,
  }));
  return <SideNavigation activeHref={active} items={items} onFollow={useGo()} />;
};
