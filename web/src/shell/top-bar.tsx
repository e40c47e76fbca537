import TopNavigation from '@cloudscape-design/components/top-navigation';
import wordmark from '../wordmark.svg';
import { useMe } from '../session/use-session.ts';
import { useGo } from './go.ts';
import { signOut } from './sign-out.ts';

export const TopBar = () => {
  const { name } = useMe();
  const go = useGo();
  return (
    <TopNavigation
      identity={{
        href: '/',
        logo: { src: wordmark, alt: 'Tocsin' },
        onFollow: (event) => go({ ...event, preventDefault: () => event.preventDefault(), detail: { href: '/' } }),
      }}
      utilities={[
        {
          type: 'menu-dropdown',
          iconName: 'user-profile',
          text: name,
          ariaLabel: `Account of ${name}`,
          items: [
            { id: 'me', text: 'Contacts, sessions, appearance', href: '/me' },
            { id: 'out', text: 'Sign out' },
          ],
          onItemFollow: go,
          onItemClick: ({ detail }) => {
            if (detail.id === 'out') signOut();
          },
        },
      ]}
    />
  );
};
