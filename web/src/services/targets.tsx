import Multiselect from '@cloudscape-design/components/multiselect';
import { useQuery } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { useSchedules } from '../on-call/schedule.ts';
import { usePeople } from '../people/people.ts';
import { useCan } from '../session/use-session.ts';
import { useTeams } from './catalogue.ts';

export type Target = Schemas['PolicyTarget'];

const useSharedContacts = () => {
  const isAllowed = useCan()('oncall.policy.write');
  return useQuery({
    queryKey: ['shared-contacts'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/oncall/contacts', { signal })),
    enabled: isAllowed,
  });
};

/** Everybody and everything that a policy can page, by type, each with its name. */
export const useTargets = () => {
  const people = usePeople();
  const { data: schedules, isLoading: hasNoSchedules } = useSchedules();
  const { data: teams, isLoading: hasNoTeams } = useTeams();
  const { data: contacts, isLoading: hasNoContacts } = useSharedContacts();
  const groups = [
    {
      label: 'The people on call by a schedule',
      type: 'schedule' as const,
      items: (schedules?.items ?? []).map(({ id, name }) => ({ id, name })),
    },
    {
      label: 'The responders of a team',
      type: 'team' as const,
      items: (teams?.items ?? []).map(({ id, name }) => ({ id, name })),
    },
    {
      label: 'A person',
      type: 'user' as const,
      items: people
        .filter(({ status }) => status === 'active')
        .map(({ id, displayName }) => ({ id, name: displayName })),
    },
    {
      label: 'A shared contact',
      type: 'contact' as const,
      items: (contacts?.items ?? []).map(({ id, channel, to }) => ({ id, name: `${channel} ${to}` })),
    },
  ];
  const names = new Map(groups.flatMap(({ items }) => items.map(({ id, name }) => [id, name])));
  return {
    groups,
    isLoading: hasNoSchedules || hasNoTeams || hasNoContacts,
    nameOf: ({ id }: Target): string => names.get(id) ?? id,
  };
};

const KINDS: Readonly<Record<Target['type'], string>> = {
  schedule: 'On call: ',
  team: 'Team ',
  user: '',
  contact: '',
};

/** A target as a reader knows it: `On call: First line`. */
export const targetText = (target: Target, nameOf: (target: Target) => string): string =>
  `${KINDS[target.type]}${nameOf(target)}`;

interface TargetsFieldProps {
  readonly value: readonly Target[];
  readonly label: string;
  readonly onChange: (targets: Target[]) => void;
}

export const TargetsSelect = ({ value, label, onChange }: TargetsFieldProps) => {
  const { groups, isLoading, nameOf } = useTargets();
  // Options that come one after the other would move under the finger.
  const shown = isLoading ? [] : groups;
  return (
    <Multiselect
      selectedOptions={value.map((target) => ({
        value: `${target.type} ${target.id}`,
        label: targetText(target, nameOf),
      }))}
      options={shown
        .filter(({ items }) => items.length > 0)
        .map(({ label: group, type, items }) => ({
          label: group,
          options: items.map(({ id, name }) => ({ value: `${type} ${id}`, label: name })),
        }))}
      filteringType="auto"
      statusType={isLoading ? 'loading' : 'finished'}
      loadingText="Loading"
      ariaLabel={label}
      placeholder="Choose schedules, teams or people"
      empty="There is nobody yet."
      deselectAriaLabel={({ label: name }) => `Remove ${name}`}
      onChange={({ detail }) =>
        onChange(
          detail.selectedOptions.map(({ value: chosen = '' }) => {
            const [type, id] = chosen.split(' ');
            return { type, id } as Target;
          }),
        )
      }
    />
  );
};
