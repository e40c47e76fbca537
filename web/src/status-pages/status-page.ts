import { useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';

export type StatusPage = Schemas['StatusPage'];
export type Component = StatusPage['components'][number];
export type Notice = Schemas['StatusNotice'];
export type Impact = Notice['impact'];
export type NoticeStatus = Notice['status'];
export type StatedState = Notice['components'][number]['state'];

export const STATUS_PAGES = ['status-pages'];
const EVERY_MS = 10_000;

/** The words that readers of a page see. */
export const STATES: Readonly<Record<StatedState, string>> = {
  operational: 'Operational',
  maintenance: 'Maintenance',
  degraded: 'Degraded performance',
  partial_outage: 'Partial outage',
  major_outage: 'Major outage',
};

export const STATUSES: Readonly<Record<NoticeStatus, string>> = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
  scheduled: 'Scheduled',
  in_progress: 'In progress',
  completed: 'Completed',
};

export const INCIDENT_STATUSES = ['investigating', 'identified', 'monitoring', 'resolved'] as const;
export const MAINTENANCE_STATUSES = ['in_progress', 'completed'] as const;

export const IMPACTS: Readonly<Record<Impact, string>> = {
  none: 'None: readers notice nothing',
  minor: 'Minor: something is slower or does not work',
  major: 'Major: much does not work',
  critical: 'Critical: nothing works',
};

export const optionsOf = <Value extends string>(words: Readonly<Record<Value, string>>, among?: readonly Value[]) =>
  (among ?? (Object.keys(words) as Value[])).map((value) => ({ value, label: words[value] }));

export const isOver = ({ status }: Pick<Notice, 'status'>): boolean => status === 'resolved' || status === 'completed';

/** The pages, which are few. Nothing is read for a person who may not see them. */
export const useStatusPages = () => {
  const isAllowed = useCan()('status.read');
  return useQuery({
    queryKey: STATUS_PAGES,
    queryFn: ({ signal }) => bodyOf(api.GET('/api/status/pages', { signal })),
    refetchInterval: EVERY_MS,
    enabled: isAllowed,
  });
};

export const useNotices = (page: string) =>
  useQuery({
    queryKey: [...STATUS_PAGES, page, 'notices'],
    queryFn: ({ signal }) =>
      allOf<Notice>((cursor) =>
        bodyOf(
          api.GET('/api/status/pages/{id}/notices', {
            params: { path: { id: page }, query: { limit: 100, ...cursor } },
            signal,
          }),
        ),
      ),
    refetchInterval: EVERY_MS,
  });

/** The id of a new page or component that follows from its name. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
