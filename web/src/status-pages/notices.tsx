import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { ConcernedFields } from './concerned.tsx';
import { NoticeMark, StateMark } from './marks.tsx';
import { Plan } from './plan.tsx';
import { Notify, Publish } from './publish.tsx';
import {
  INCIDENT_STATUSES,
  isOver,
  MAINTENANCE_STATUSES,
  optionsOf,
  STATUSES,
  STATUS_PAGES,
  useNotices,
  type Notice,
  type NoticeStatus,
  type StatusPage,
} from './status-page.ts';

interface OfNotice {
  readonly page: StatusPage;
  readonly notice: Notice;
  readonly onClose: () => void;
}

const AddUpdate = ({ page, notice: present, onClose }: OfNotice) => {
  const notice = useOpened(present);
  const allowed: readonly NoticeStatus[] = notice.kind === 'incident' ? INCIDENT_STATUSES : MAINTENANCE_STATUSES;
  const [status, setStatus] = useState<NoticeStatus>(
    allowed.includes(notice.status) ? notice.status : (allowed[0] ?? notice.status),
  );
  const [text, setText] = useState('');
  const [components, setComponents] = useState<Notice['components']>(notice.components);
  const [notifies, setNotifies] = useState(true);
  const add = useAction({
    act: (version: number) =>
      bodyOf(
        api.POST('/api/status/pages/{id}/notices/{notice}/updates', {
          params: { path: { id: page.id, notice: notice.id } },
          body: { status, text, components: [...components], version, notify: notifies },
        }),
      ),
    changes: [STATUS_PAGES],
    done: () => 'Readers of the page see the update within seconds.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Add a public update"
      submit="Publish"
      isBusy={add.isPending}
      error={add.error}
      onOverrule={() => add.mutate(present.version)}
      onSubmit={() => add.mutate(notice.version)}
      onCancel={onClose}
    >
      <Field label="State">
        <Select
          selectedOption={{ value: status, label: STATUSES[status] }}
          options={optionsOf(STATUSES, allowed)}
          onChange={({ detail }) => setStatus(detail.selectedOption.value as NoticeStatus)}
        />
      </Field>
      <Field label="Update" description="Everybody can read it." missing={text.trim() === '' && 'Write the update.'}>
        <Textarea
          value={text}
          autoFocus
          rows={3}
          placeholder="A payment provider is down. We route around it."
          onChange={({ detail }) => setText(detail.value)}
        />
      </Field>
      {status !== 'resolved' && status !== 'completed' && (
        <ConcernedFields page={page} value={components} onChange={setComponents} />
      )}
      <Notify value={notifies} onChange={setNotifies} />
    </FormModal>
  );
};

const Withdraw = ({ page, notice, onClose }: OfNotice) => {
  const withdraw = useAction({
    act: () =>
      bodyOf(
        api.DELETE('/api/status/pages/{id}/notices/{notice}', {
          params: { path: { id: page.id, notice: notice.id } },
        }),
      ),
    changes: [STATUS_PAGES],
    done: () => 'The page no longer shows it.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Take it off the page"
      submit="Take off"
      isBusy={withdraw.isPending}
      error={withdraw.error}
      onSubmit={() => withdraw.mutate()}
      onCancel={onClose}
    >
      <Box>
        For what was published by mistake: <b className="wrap">{notice.title}</b> disappears with all its updates, and
        subscribers hear nothing. To end it, add an update instead.
      </Box>
    </FormModal>
  );
};

interface OneProps {
  readonly page: StatusPage;
  readonly notice: Notice;
  readonly onUpdate?: () => void;
  readonly onWithdraw?: () => void;
}

const One = ({ page, notice, onUpdate, onWithdraw }: OneProps) => {
  const go = useGo();
  const { title, status, from, to, startedAt, incidentId, components, updates } = notice;
  const nameOf = (id: string): string => page.components.find((each) => each.id === id)?.name ?? id;
  return (
    <article className="notice" aria-label={title}>
      <div className="line">
        <div>
          <Box variant="h3">
            <span className="wrap">{title}</span>
          </Box>
          <Box variant="small" display="block">
            <NoticeMark status={status} /> ·{' '}
            {from !== null && to !== null ? (
              <>
                <Instant at={from} /> to <Instant at={to} />
              </>
            ) : (
              <Instant at={startedAt} ago />
            )}
            {incidentId !== null && (
              <>
                {' · '}
                <Link fontSize="inherit" href={`/incidents/${incidentId}`} onFollow={go}>
                  Its incident
                </Link>
              </>
            )}
          </Box>
        </div>
        <SpaceBetween direction="horizontal" size="xs">
          {onUpdate && (
            <Button ariaLabel={`Add an update to ${title}`} onClick={onUpdate}>
              Add an update
            </Button>
          )}
          {onWithdraw && (
            <Button iconName="remove" variant="icon" ariaLabel={`Take ${title} off the page`} onClick={onWithdraw} />
          )}
        </SpaceBetween>
      </div>
      {components.length > 0 && (
        <ul className="marks">
          {components.map(({ id, state }) => (
            <li key={id}>
              <span className="wrap">{nameOf(id)}</span> <StateMark state={state} />
            </li>
          ))}
        </ul>
      )}
      <ol className="updates">
        {updates.toReversed().map(({ number, at, status: then, text, by, notify }) => (
          <li key={number}>
            <Box variant="small">
              <b>{STATUSES[then]}</b> · <Instant at={at} /> · {by}
              {!notify && ' · without notification'}
            </Box>
            <div className="wrap">{text}</div>
          </li>
        ))}
      </ol>
    </article>
  );
};

type Form = 'publish' | 'plan' | { readonly update: Notice } | { readonly withdraw: Notice };

/** What a page tells its readers: incidents and maintenance, with their updates. */
export const Notices = ({ page }: { readonly page: StatusPage }) => {
  const [form, setForm] = useState<Form>();
  const mayPublish = useCan()('status.publish');
  const { data, error, refetch } = useNotices(page.id);
  const close = (): void => setForm(undefined);
  const current = (data?.items ?? []).filter((each) => !isOver(each));
  const past = (data?.items ?? []).filter(isOver);
  const one = (notice: Notice) => (
    <One
      key={notice.id}
      page={page}
      notice={notice}
      {...(mayPublish && {
        onUpdate: () => setForm({ update: notice }),
        onWithdraw: () => setForm({ withdraw: notice }),
      })}
    />
  );
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Readers see these texts and nothing of your incidents."
          actions={
            mayPublish && (
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => setForm('plan')}>Announce a maintenance</Button>
                <Button variant="primary" onClick={() => setForm('publish')}>
                  Make an incident public
                </Button>
              </SpaceBetween>
            )
          }
        >
          Published
        </Header>
      }
    >
      {error && !data ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading text="Loading incidents and maintenance" />
      ) : (
        <SpaceBetween size="l">
          {current.length === 0 && (
            <Box color="text-body-secondary">
              No incident is public and no maintenance is announced. Readers see the state of each component.
            </Box>
          )}
          {current.map(one)}
          {past.length > 0 && (
            <ExpandableSection headerText={`Over (${past.length})`}>
              <SpaceBetween size="l">{past.map(one)}</SpaceBetween>
            </ExpandableSection>
          )}
        </SpaceBetween>
      )}
      {form === 'publish' && <Publish pages={[page]} onClose={close} />}
      {form === 'plan' && <Plan page={page} onClose={close} />}
      {typeof form === 'object' && 'update' in form && (
        <AddUpdate
          page={page}
          notice={data?.items.find(({ id }) => id === form.update.id) ?? form.update}
          onClose={close}
        />
      )}
      {typeof form === 'object' && 'withdraw' in form && (
        <Withdraw page={page} notice={form.withdraw} onClose={close} />
      )}
    </Container>
  );
};
