import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Unreachable } from './api/refusal.ts';
import { session } from './session/session.ts';
import { useSession } from './session/use-session.ts';
import { Opening } from './sign-in/opening.tsx';
import { SignIn } from './sign-in/sign-in.tsx';

const Pages = lazy(() => import('./pages.tsx').then(({ Pages: component }) => ({ default: component })));
const FirstPassword = lazy(() =>
  import('./sign-in/first-password.tsx').then(({ FirstPassword: component }) => ({ default: component })),
);

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 3_000,
      networkMode: 'always',
      retry: (count, error) => error instanceof Unreachable && count < 2,
      refetchIntervalInBackground: false,
    },
    mutations: { networkMode: 'always' },
  },
});

// What one person saw is not shown to the next.
session.subscribe(() => {
  if (session.state().phase === 'out') queries.clear();
});

/** The sign-in, the forced change of a first password, or the pages. */
const Present = () => {
  const state = useSession();
  if (state.phase === 'opening') return <Opening />;
  if (state.phase === 'out') return <SignIn />;
  return (
    <QueryClientProvider client={queries}>
      <Suspense fallback={<Opening />}>{state.me.passwordChangeRequired ? <FirstPassword /> : <Pages />}</Suspense>
    </QueryClientProvider>
  );
};

/** The console. What Cloudscape says by itself, such as the names of small buttons, is in English as well. */
export const Console = () => (
  <I18nProvider locale="en" messages={[messages]}>
    <Present />
  </I18nProvider>
);
