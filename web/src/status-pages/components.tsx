import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import { api, bodyOf } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { StateMark } from './marks.tsx';
import { optionsOf, STATES, STATUS_PAGES, type Component, type StatedState, type StatusPage } from './status-page.ts';

const AUTOMATIC = { value: 'automatic', label: 'By its monitors' };
const UNSTATED = { value: 'automatic', label: 'Not stated' };

const sourceOf = ({ service, monitor }: Component): string => {
  if (service !== null) return `Follows the monitors of ${service}`;
  return monitor === null ? 'Follows what people say' : 'Follows a monitor';
};

interface OneProps {
  readonly page: StatusPage;
  readonly component: Component;
}

const One = ({ page, component }: OneProps) => {
  const { id, name, stated, service, monitor } = component;
  const maySay = useCan()('status.publish');
  const say = useAction({
    act: (state: StatedState | 'automatic') =>
      bodyOf(
        api.PUT('/api/status/pages/{id}/components/{component}/state', {
          params: { path: { id: page.id, component: id } },
          body: { state },
        }),
      ),
    changes: [STATUS_PAGES],
    done: (_, state) =>
      state === 'automatic' ? `Nobody states how ${name} is any more.` : `Readers see of ${name}: ${STATES[state]}.`,
  });
  const automatic = service === null && monitor === null ? UNSTATED : AUTOMATIC;
  return (
    <li className="line">
      <div className="wrap">
        <b>{name}</b>
        <Box variant="small" display="block">
          {stated === null ? (
            sourceOf(component)
          ) : (
            <>
              {stated.by} said so <Instant at={stated.at} ago />
            </>
          )}
        </Box>
      </div>
      {maySay ? (
        <Select
          selectedOption={stated === null ? automatic : { value: stated.state, label: STATES[stated.state] }}
          options={[automatic, ...optionsOf(STATES)]}
          disabled={say.isPending}
          ariaLabel={`State of ${name}`}
          expandToViewport
          onChange={({ detail }) => say.mutate(detail.selectedOption.value as StatedState | 'automatic')}
        />
      ) : (
        <div>{stated === null ? automatic.label : <StateMark state={stated.state} />}</div>
      )}
    </li>
  );
};

/** The components of a page, each with what a person says of it. */
export const Components = ({ page }: { readonly page: StatusPage }) => {
  const groups = Map.groupBy(page.components, ({ group }) => group ?? '');
  return (
    <Container
      header={
        <Header variant="h2" description="What you say goes before what monitors find.">
          Components
        </Header>
      }
    >
      {page.components.length === 0 ? (
        <Box color="text-body-secondary">
          None yet. Edit the page, and add what your readers use: checkout, search, the API.
        </Box>
      ) : (
        [...groups].map(([group, components]) => (
          <section key={group} className="group" {...(group !== '' && { 'aria-label': group })}>
            {group !== '' && <Box variant="h4">{group}</Box>}
            <ul className="lines">
              {components.map((component) => (
                <One key={component.id} page={page} component={component} />
              ))}
            </ul>
          </section>
        ))
      )}
    </Container>
  );
};
