import AppLayout from '@cloudscape-design/components/app-layout-toolbar';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState, type MouseEvent } from 'react';
import { createBrowserRouter, Route, RouterProvider, Routes, useLocation, useNavigationType } from 'react-router';
import { BlockLeaving, Leave } from './shell/leave.tsx';
import { Loading } from './shell/loading.tsx';
import { NotFound } from './shell/not-found.tsx';
import { Navigation } from './shell/navigation.tsx';
import { Notices } from './shell/notices.tsx';
import { ClosePanelContext, PanelContext, type Panel } from './shell/panel.ts';
import { useSigns } from './shell/signs.ts';
import { TopBar } from './shell/top-bar.tsx';
import { useIsNarrow } from './shell/use-is-narrow.ts';
import { Overview } from './overview/overview.tsx';
import { session } from './session/session.ts';
import { useIsLost, useSession } from './session/use-session.ts';
import { Prove } from './sign-in/prove.tsx';
import { SignInAgain } from './sign-in/sign-in-again.tsx';

/** Each page loads its own part. */
const Alerts = lazy(() => import('./alerts/alerts.tsx').then((part) => ({ default: part.Alerts })));
const Events = lazy(() => import('./events/events.tsx').then((part) => ({ default: part.Events })));
const Incidents = lazy(() => import('./incidents/incidents.tsx').then((part) => ({ default: part.Incidents })));
const IncidentPage = lazy(() =>
  import('./incidents/incident-page.tsx').then((part) => ({ default: part.IncidentPage })),
);
const Monitors = lazy(() => import('./monitors/monitors.tsx').then((part) => ({ default: part.Monitors })));
const MonitorPage = lazy(() => import('./monitors/monitor-page.tsx').then((part) => ({ default: part.MonitorPage })));
const EditMonitor = lazy(() => import('./monitors/monitor-form.tsx').then((part) => ({ default: part.EditMonitor })));
const Services = lazy(() => import('./services/services.tsx').then((part) => ({ default: part.Services })));
const DashboardList = lazy(() =>
  import('./dashboards/dashboards.tsx').then((part) => ({ default: part.DashboardList })),
);
const DashboardPage = lazy(() =>
  import('./dashboards/dashboard-page.tsx').then((part) => ({ default: part.DashboardPage })),
);
const EditDashboard = lazy(() =>
  import('./dashboards/edit-dashboard.tsx').then((part) => ({ default: part.EditDashboard })),
);
const Silences = lazy(() => import('./silences/silences.tsx').then((part) => ({ default: part.Silences })));
const Metrics = lazy(() => import('./metrics/metrics.tsx').then((part) => ({ default: part.Metrics })));
const EditRule = lazy(() => import('./metrics/rule-form.tsx').then((part) => ({ default: part.EditRule })));
const Sla = lazy(() => import('./sla/sla.tsx').then((part) => ({ default: part.Sla })));
const Analytics = lazy(() => import('./analytics/analytics.tsx').then((part) => ({ default: part.Analytics })));
const Security = lazy(() => import('./security/security.tsx').then((part) => ({ default: part.Security })));
const MePage = lazy(() => import('./me/me.tsx').then((part) => ({ default: part.MePage })));
const OnCall = lazy(() => import('./on-call/on-call.tsx').then((part) => ({ default: part.OnCall })));
const SchedulePage = lazy(() => import('./on-call/schedule-page.tsx').then((part) => ({ default: part.SchedulePage })));
const EditSchedule = lazy(() => import('./on-call/edit-schedule.tsx').then((part) => ({ default: part.EditSchedule })));
const NewIntegration = lazy(() =>
  import('./integrations/new-integration.tsx').then((part) => ({ default: part.NewIntegration })),
);
const IntegrationPage = lazy(() =>
  import('./integrations/integration-page.tsx').then((part) => ({ default: part.IntegrationPage })),
);
const Review = lazy(() => import('./incidents/review.tsx').then((part) => ({ default: part.Review })));
const StatusPages = lazy(() =>
  import('./status-pages/status-pages.tsx').then((part) => ({ default: part.StatusPages })),
);
const StatusPageDetail = lazy(() =>
  import('./status-pages/status-page-detail.tsx').then((part) => ({ default: part.StatusPageDetail })),
);
const EditPage = lazy(() => import('./status-pages/edit-page.tsx').then((part) => ({ default: part.EditPage })));
const Configuration = lazy(() =>
  import('./configuration/configuration.tsx').then((part) => ({ default: part.Configuration })),
);
const Wall = lazy(() => import('./wall/wall.tsx').then((part) => ({ default: part.Wall })));

/** From this width on, a panel is beside the page instead of below it. */
const SIDE_BY_SIDE = 1300;
const PERMISSIONS_EVERY_MS = 60_000;

/** What the backend knows is asked for again when it answers again, and what this person may do once a minute. */
const useFreshness = (): void => {
  const queries = useQueryClient();
  const isLost = useIsLost();
  useEffect(() => {
    if (!isLost) void queries.invalidateQueries();
  }, [isLost, queries]);
  useEffect(() => {
    const timer = setInterval(() => void session.readMeAgain().catch(() => undefined), PERMISSIONS_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
};

/** The focus goes to the heading, so that the next Tab leads into the page and a screen reader says where it is. False where none is there yet. */
const focusHeading = (): boolean => {
  const heading = document.querySelector<HTMLElement>('main h1');
  if (!heading) return false;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return true;
};

/** A page that is opened by a link begins at its top, with the focus. The back button leads to where somebody was. */
const useBeginning = (): void => {
  const { pathname } = useLocation();
  const isBack = useNavigationType() === 'POP';
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    if (!isBack) window.scrollTo(0, 0);
    if (focusHeading()) return;
    // The part of the page, or its data, is on its way. A focus that a person moves meanwhile stays.
    const origin = document.activeElement;
    const observer = new MutationObserver(() => {
      if (document.activeElement !== origin && document.activeElement !== document.body) observer.disconnect();
      else if (focusHeading()) observer.disconnect();
    });
    observer.observe(document.body, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [pathname, isBack]);
};

const skip = (event: MouseEvent): void => {
  event.preventDefault();
  focusHeading();
};

const Frame = () => {
  const state = useSession();
  useBeginning();
  const [isOpen, setOpen] = useState(() => window.innerWidth > 1100);
  const [panel, setPanel] = useState<Panel>();
  useFreshness();
  useSigns();
  // On a phone a panel is over the page, which waits behind it.
  const isCovered = useIsNarrow() && panel !== undefined;
  useEffect(() => {
    document.documentElement.classList.toggle('is-covered', isCovered);
    return () => document.documentElement.classList.remove('is-covered');
  }, [isCovered]);
  return (
    <>
      <div inert={isCovered}>
        <a className="skip" href="#page" onClick={skip}>
          Skip to the page
        </a>
        <div id="top">
          <TopBar />
        </div>
        <AppLayout
          headerSelector="#top"
          navigation={<Navigation />}
          navigationOpen={isOpen}
          // The navigation closes itself: without its button there is no second bar below the top bar.
          navigationTriggerHide={isOpen}
          onNavigationChange={({ detail }) => setOpen(detail.open)}
          navigationWidth={220}
          notifications={!isCovered && <Notices />}
          stickyNotifications
          toolsHide
          splitPanel={!isCovered && panel?.content}
          splitPanelOpen={panel !== undefined && !isCovered}
          splitPanelPreferences={{ position: window.innerWidth > SIDE_BY_SIDE ? 'side' : 'bottom' }}
          onSplitPanelToggle={({ detail }) => {
            if (!detail.open) panel?.onClose();
          }}
          maxContentWidth={1800}
          ariaLabels={LABELS}
          content={
            <PanelContext value={setPanel}>
              <div id="page">
                <Suspense fallback={<Loading />}>
                  <Routes>
                    <Route index element={<Overview />} />
                    <Route path="dashboards" element={<DashboardList />} />
                    <Route path="dashboards/:id" element={<DashboardPage />} />
                    <Route path="dashboards/:id/edit" element={<EditDashboard />} />
                    <Route path="silences" element={<Silences />} />
                    <Route path="alerts" element={<Alerts />} />
                    <Route path="events" element={<Events />} />
                    <Route path="incidents" element={<Incidents />} />
                    <Route path="incidents/:id" element={<IncidentPage />} />
                    <Route path="incidents/:id/review" element={<Review />} />
                    <Route path="monitors" element={<Monitors />} />
                    <Route path="monitors/new" element={<EditMonitor />} />
                    <Route path="monitors/:id" element={<MonitorPage />} />
                    <Route path="monitors/:id/edit" element={<EditMonitor />} />
                    <Route path="services" element={<Services />} />
                    <Route path="explore" element={<Metrics />} />
                    <Route path="explore/rules/new" element={<EditRule />} />
                    <Route path="explore/rules/:id" element={<EditRule />} />
                    <Route path="sla" element={<Sla />} />
                    <Route path="analytics" element={<Analytics />} />
                    <Route path="security" element={<Security />} />
                    <Route path="me" element={<MePage />} />
                    <Route path="on-call" element={<OnCall />} />
                    <Route path="on-call/new" element={<EditSchedule />} />
                    <Route path="on-call/:id" element={<SchedulePage />} />
                    <Route path="on-call/:id/edit" element={<EditSchedule />} />
                    <Route path="status-pages" element={<StatusPages />} />
                    <Route path="status-pages/new" element={<EditPage />} />
                    <Route path="status-pages/:id" element={<StatusPageDetail />} />
                    <Route path="status-pages/:id/edit" element={<EditPage />} />
                    <Route path="configuration" element={<Configuration />} />
                    <Route path="configuration/integrations/new" element={<NewIntegration />} />
                    <Route path="configuration/integrations/:id" element={<IntegrationPage />} />
                    <Route path="*" element={<NotFound />} />
                  </Routes>
                </Suspense>
              </div>
            </PanelContext>
          }
        />
      </div>
      {isCovered && <ClosePanelContext value={panel.onClose}>{panel.content}</ClosePanelContext>}
      <Prove />
      <BlockLeaving />
      <Leave />
      {state.phase === 'in' && state.wasEnded && <SignInAgain />}
    </>
  );
};

const LABELS = {
  navigation: 'Pages',
  navigationToggle: 'Open the pages',
  navigationClose: 'Close the pages',
  notifications: 'Messages',
};

/** The overview without a frame around it. */
const OnWall = () => {
  const state = useSession();
  useFreshness();
  return (
    <Suspense fallback={<Loading />}>
      <Wall />
      {state.phase === 'in' && state.wasEnded && <SignInAgain />}
    </Suspense>
  );
};

/** Of the kind that lets a form hold a link back. */
const router = createBrowserRouter([
  { path: '/wall', element: <OnWall /> },
  { path: '*', element: <Frame /> },
]);

export const Pages = () => <RouterProvider router={router} />;
