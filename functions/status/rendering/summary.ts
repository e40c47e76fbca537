import { headlineOf } from './words.ts';
import type { ShownNotice, View } from './view.ts';

/** Version of the JSON of a page. A change that breaks a reader gets a new one. */
const SUMMARY_SCHEMA = 'tocsin.status/1';

const MAX_PAST = 50;

const noticeOf = ({
  id,
  kind,
  title,
  status,
  impact,
  from,
  to,
  startedAt,
  endedAt,
  components,
  updates,
}: ShownNotice) => ({
  id,
  kind,
  title,
  status,
  impact,
  from,
  to,
  startedAt,
  endedAt,
  components,
  updates,
});

/** The same as the page, for programs. */
export const summaryJson = (view: View, url: string): string =>
  `${JSON.stringify({
    schema: SUMMARY_SCHEMA,
    page: { id: view.id, name: view.name, url },
    status: { state: view.overall, description: headlineOf(view) },
    components: view.groups.flatMap(({ name: group, components }) =>
      components.map(({ id, name, state, uptimePercent, days }) => ({ id, name, group, state, uptimePercent, days })),
    ),
    active: view.active.map(noticeOf),
    planned: view.planned.map(noticeOf),
    past: view.past.slice(0, MAX_PAST).map(noticeOf),
    at: view.at,
  })}\n`;
