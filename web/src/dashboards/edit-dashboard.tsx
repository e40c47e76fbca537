import './dashboards.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { TextField } from '../shell/fields.tsx';
import { useGo } from '../shell/go.ts';
import { Loading } from '../shell/loading.tsx';
import { sayUnchanged } from '../shell/notices.tsx';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import {
  changeDashboards,
  DASHBOARDS,
  freeId,
  isSame,
  moved,
  overtaken,
  useDashboards,
  type Dashboard,
  type Panel,
  type Tab,
} from './dashboard.ts';
import { NoDashboard } from './dashboard-page.tsx';
import { forgetDraft, keepDraft, keptDraft } from './draft.ts';
import { PanelForm } from './panel-form.tsx';
import { PanelFrame } from './panel.tsx';
import { useSeries } from './use-series.ts';

/** Switches a button off, and says why. */
const offFor = (reason: string | false | undefined) =>
  reason === undefined || reason === false ? {} : { disabled: true, disabledReason: reason };
const FIRST = 'It is the first.';
const LAST = 'It is the last.';

const MOST_TABS = 12;
const MOST_PANELS = 40;
const NARROWER: Readonly<Record<number, number>> = { 12: 9, 9: 8, 8: 6, 6: 4, 4: 3 };
const WIDER: Readonly<Record<number, number>> = { 3: 4, 4: 6, 6: 8, 8: 9, 9: 12 };

interface PanelToolsProps {
  readonly panel: Panel;
  readonly place: number;
  readonly count: number;
  readonly onEdit: () => void;
  readonly onMove: (by: number) => void;
  readonly onWidth: (width: number) => void;
  readonly onCopy: () => void;
  readonly onRemove: () => void;
}

const PanelTools = ({ panel, place, count, onEdit, onMove, onWidth, onCopy, onRemove }: PanelToolsProps) => {
  const [narrower, wider] = [NARROWER[panel.width], WIDER[panel.width]];
  const button = (
    iconName: 'edit' | 'arrow-left' | 'arrow-right',
    words: string,
    act: () => void,
    off?: string | false,
  ) => (
    <Button iconName={iconName} variant="icon" ariaLabel={`${words} ${panel.title}`} {...offFor(off)} onClick={act} />
  );
  return (
    <div className="row-actions">
      {button('edit', 'Change', onEdit)}
      {button('arrow-left', 'Move earlier:', () => onMove(-1), place === 0 && FIRST)}
      {button('arrow-right', 'Move later:', () => onMove(1), place === count - 1 && LAST)}
      <ButtonDropdown
        variant="icon"
        expandToViewport
        ariaLabel={`More for ${panel.title}`}
        items={[
          { id: 'narrower', text: 'Narrower', ...offFor(narrower === undefined && 'It is as narrow as it can be.') },
          { id: 'wider', text: 'Wider', ...offFor(wider === undefined && 'It is as wide as the page.') },
          { id: 'copy', text: 'Copy' },
          { id: 'remove', text: 'Remove' },
        ]}
        onItemClick={({ detail: { id } }) => {
          if (id === 'narrower' && narrower !== undefined) onWidth(narrower);
          else if (id === 'wider' && wider !== undefined) onWidth(wider);
          else if (id === 'copy') onCopy();
          else if (id === 'remove') onRemove();
        }}
      />
    </div>
  );
};

const idsOf = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

interface TabEditorProps {
  readonly tab: Tab;
  readonly place: number;
  readonly count: number;
  readonly onRename: (title: string) => void;
  readonly onMove: (by: number) => void;
  readonly onRemove: () => void;
}

const TabEditor = ({ tab, place, count, onRename, onMove, onRemove }: TabEditorProps) => (
  <div className="tab-editor">
    <TextField
      label="Name of the tab"
      missing={tab.title.trim() === '' && 'Name the tab.'}
      value={tab.title}
      onChange={onRename}
    />
    <Button
      iconName="arrow-left"
      ariaLabel="Move the tab earlier"
      {...offFor(place === 0 && FIRST)}
      onClick={() => onMove(-1)}
    />
    <Button
      iconName="arrow-right"
      ariaLabel="Move the tab later"
      {...offFor(place === count - 1 && LAST)}
      onClick={() => onMove(1)}
    />
    <Button iconName="remove" {...offFor(count === 1 && 'A dashboard has at least one tab.')} onClick={onRemove}>
      Remove the tab
    </Button>
  </div>
);

const Editor = ({ present }: { readonly present: Dashboard }) => {
  const go = useGo();
  const navigate = useNavigate();
  const kept = useOpened(keptDraft(present.id));
  const opened = useOpened(kept?.opened ?? present);
  const [dashboard, setDashboard] = useState(kept?.dashboard ?? present);
  const [isRestored, setRestored] = useState(kept !== undefined);
  const [tabId, setTab] = useParam('tab', opened.tabs[0]?.id);
  const [edited, setEdited] = useState<Panel | 'new'>();
  const tab = dashboard.tabs.find(({ id }) => id === tabId) ?? dashboard.tabs[0];
  const isChanged = !isSame(opened, dashboard);
  useTitle(`Edit ${opened.title}`);
  const { data: series } = useSeries(
    (tab?.panels ?? []).filter((panel) => panel.kind === 'metric'),
    undefined,
  );
  useEffect(() => {
    if (isChanged) keepDraft({ opened, dashboard });
    else forgetDraft(opened.id);
  }, [isChanged, opened, dashboard]);

  const save = useAction({
    act: ({ isOnTop }: { readonly isOnTop: boolean }) => {
      const mine = { ...dashboard, title: dashboard.title.trim() };
      return changeDashboards((all) => {
        const theirs = all.items.find(({ id }) => id === opened.id);
        if (!isOnTop && !isSame(theirs, opened)) throw overtaken(all, theirs !== undefined);
        return theirs ? all.items.map((each) => (each.id === mine.id ? mine : each)) : [...all.items, mine];
      });
    },
    changes: [DASHBOARDS],
    done: () => 'The dashboard is saved.',
    then: () => {
      forgetDraft(opened.id);
      void navigate(`/dashboards/${opened.id}${tab ? `?tab=${tab.id}` : ''}`);
    },
    showsErrors: true,
  });
  const isOvertaken = save.error instanceof Refusal && save.error.code === 'dashboards.changed';

  const setTabs = (tabs: readonly Tab[]): void => setDashboard((before) => ({ ...before, tabs: [...tabs] }));
  const setPanels = (panels: readonly Panel[]): void =>
    setTabs(dashboard.tabs.map((each) => (each.id === tab?.id ? { ...each, panels: [...panels] } : each)));
  const added = (panel: Panel): Panel => ({
    ...panel,
    id: freeId(panel.title, idsOf(tab?.panels ?? []), 'panel'),
  });
  const addTab = (): void => {
    const id = freeId('tab', idsOf(dashboard.tabs), 'tab');
    setTabs([...dashboard.tabs, { id, title: 'New tab', panels: [] }]);
    setTab(id);
  };
  const leave = (): void => {
    forgetDraft(opened.id);
    void navigate(`/dashboards/${opened.id}`);
  };
  const submit = (): void => {
    const nameless = dashboard.tabs.find(({ title }) => title.trim() === '');
    // Its field is shown with its tab alone.
    if (nameless) setTab(nameless.id);
    else if (isChanged) save.mutate({ isOnTop: false });
    else sayUnchanged();
  };
  return (
    // Its draft is kept when the page is left, so nobody is asked.
    <SubmitForm isChanged={false} isBusy={save.isPending} onSubmit={submit}>
      <SpaceBetween size="m">
        <BreadcrumbGroup
          items={[
            { text: 'Dashboards', href: '/dashboards' },
            { text: opened.title, href: `/dashboards/${opened.id}` },
            { text: 'Edit', href: '' },
          ]}
          onFollow={go}
        />
        <Header
          variant="h1"
          actions={
            <div className="panel-actions">
              <Button variant="link" onClick={leave}>
                {isChanged ? 'Discard the changes' : 'Back'}
              </Button>
              <Submit loading={save.isPending}>Save</Submit>
            </div>
          }
        >
          Edit the dashboard
        </Header>
        {save.error && (
          <Alert
            type="error"
            action={isOvertaken && <Button onClick={() => save.mutate({ isOnTop: true })}>Save mine on top</Button>}
          >
            {sentenceOf(save.error)}
          </Alert>
        )}
        {isRestored && (
          <Alert type="info" dismissible dismissAriaLabel="Close" onDismiss={() => setRestored(false)}>
            These are the changes that you had not saved.
          </Alert>
        )}
        <TextField
          label="Name"
          missing={dashboard.title.trim() === '' && 'Name the dashboard.'}
          value={dashboard.title}
          onChange={(title) => setDashboard((before) => ({ ...before, title: title.slice(0, 128) }))}
        />
        <div className="tab-editor">
          <SegmentedControl
            label="Tab"
            selectedId={tab?.id ?? null}
            options={dashboard.tabs.map(({ id, title }) => ({ id, text: title.slice(0, 24) || '–' }))}
            onChange={({ detail }) => setTab(detail.selectedId)}
          />
          <Button
            iconName="add-plus"
            {...offFor(dashboard.tabs.length >= MOST_TABS && `A dashboard has at most ${MOST_TABS} tabs.`)}
            onClick={addTab}
          >
            Add a tab
          </Button>
        </div>
        {tab && (
          <SpaceBetween size="m">
            <TabEditor
              tab={tab}
              place={dashboard.tabs.indexOf(tab)}
              count={dashboard.tabs.length}
              onRename={(title) =>
                setTabs(dashboard.tabs.map((each) => (each === tab ? { ...each, title: title.slice(0, 128) } : each)))
              }
              onMove={(by) => setTabs(moved(dashboard.tabs, dashboard.tabs.indexOf(tab), by))}
              onRemove={() => {
                const rest = dashboard.tabs.filter((each) => each !== tab);
                setTabs(rest);
                setTab(rest[0]?.id ?? '');
              }}
            />
            {tab.panels.length === 0 && (
              <Box color="text-body-secondary" padding="l" textAlign="center">
                This tab has no panel yet.
              </Box>
            )}
            <div className="panels">
              {tab.panels.map((panel, place) => (
                <PanelFrame
                  key={panel.id}
                  panel={panel}
                  series={series?.get(panel.id)}
                  range={undefined}
                  actions={
                    <PanelTools
                      panel={panel}
                      place={place}
                      count={tab.panels.length}
                      onEdit={() => setEdited(panel)}
                      onMove={(by) => setPanels(moved(tab.panels, place, by))}
                      onWidth={(width) =>
                        setPanels(tab.panels.map((each) => (each === panel ? { ...each, width } : each)))
                      }
                      onCopy={() => {
                        const next = [...tab.panels];
                        next.splice(place + 1, 0, added({ ...panel, title: `${panel.title.slice(0, 120)}, copy` }));
                        setPanels(next);
                      }}
                      onRemove={() => setPanels(tab.panels.filter((each) => each !== panel))}
                    />
                  }
                />
              ))}
            </div>
            <Button
              iconName="add-plus"
              {...offFor(tab.panels.length >= MOST_PANELS && `A tab has at most ${MOST_PANELS} panels.`)}
              onClick={() => setEdited('new')}
            >
              Add a panel
            </Button>
            {edited && (
              <PanelForm
                {...(edited !== 'new' && { panel: edited })}
                onCancel={() => setEdited(undefined)}
                onDone={(panel) => {
                  setPanels(
                    edited === 'new'
                      ? [...tab.panels, added(panel)]
                      : tab.panels.map((each) => (each.id === panel.id ? panel : each)),
                  );
                  setEdited(undefined);
                }}
              />
            )}
          </SpaceBetween>
        )}
      </SpaceBetween>
    </SubmitForm>
  );
};

/** The form of a dashboard, which shows it as it will be. Nothing is lost when a save is refused or the page is left by mistake. */
export const EditDashboard = () => {
  const { id = '' } = useParams();
  const mayWrite = useCan()('monitoring.config.update');
  const { data, error, refetch } = useDashboards();
  if (!data) {
    return (
      <SpaceBetween size="m">
        <Header variant="h1">Edit the dashboard</Header>
        {error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />}
      </SpaceBetween>
    );
  }
  if (!mayWrite) {
    return (
      <SpaceBetween size="m">
        <Header variant="h1">Edit the dashboard</Header>
        <Alert type="warning">Your role shows dashboards. It does not change them.</Alert>
      </SpaceBetween>
    );
  }
  const present = data.items.find((each) => each.id === id) ?? keptDraft(id)?.opened;
  return present ? <Editor key={id} present={present} /> : <NoDashboard />;
};
