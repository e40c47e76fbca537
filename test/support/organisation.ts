import { nameKey, userKey, USERS } from '../../functions/auth/table.ts';
import { createTeam } from '../../functions/oncall/catalogue/create-team.ts';
import { CreateTeam } from '../../functions/oncall/catalogue/team.ts';
import { savePolicy } from '../../functions/oncall/policies/save-policy.ts';
import { createSchedule } from '../../functions/oncall/rota/create-schedule.ts';
import { CreateSchedule } from '../../functions/oncall/rota/schedule.ts';
import type { StoredContact } from '../../shared/contacts/contact.ts';
import { INSIDE } from '../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../shared/kernel/caller.ts';
import type { Ingest } from './ingest.ts';

const PEOPLE = ['ana@example.com', 'ben', 'carla'].map((username, at) => ({
  id: `usr_01jd3v8m2k7q4xh2g8vq0p1m9${at}`,
  username,
  displayName: username.slice(0, 3),
  status: at === 2 ? 'disabled' : 'active',
}));
export const [ana, ben, carla] = PEOPLE.map(({ id }) => id) as [string, string, string];

/**
 * Three users: carla is disabled, and the others are reached by text; the schedule `First line/ä` in which ana and ben take turns;
 * the team `ops` of both; and the policy `default`, which pages the schedule and then ben.
 */
export const anOrganisation = async ({ auth, clock, contacts, rota, catalogue, policies }: Ingest) => {
  const request = { caller: systemCaller('test'), origin: INSIDE };
  for (const person of PEOPLE) {
    await auth.put({ ...userKey(person.id), ...person, passwordHash: 'secret', listing: USERS });
    await auth.put({ ...nameKey(person.username), userId: person.id });
  }
  for (const userId of [ana, ben]) {
    const id = userId.replace('usr_', 'con_');
    const contact = { id, userId, channel: 'sms', to: '+4915100000001', verified: true, guesses: 0 };
    await contacts.add(contact as unknown as StoredContact);
  }
  const anybody = () => Promise.resolve(true);
  const layer = {
    name: 'Weeks',
    users: [ana, ben],
    rotation: { type: 'daily' },
    handOff: '09:00',
    start: '2026-01-05',
  };
  const { id: scheduleId } = await createSchedule(
    { store: rota, clock, isUser: anybody },
    request,
    CreateSchedule.parse({ name: 'First line/ä', timeZone: 'Europe/Berlin', layers: [layer] }),
  );
  const { id: teamId } = await createTeam(
    { store: catalogue, clock, isUser: anybody, policies: { exists: anybody } } as never,
    request,
    CreateTeam.parse({ name: 'ops', members: [{ userId: ana, role: 'lead' }, { userId: ben }] }),
  );
  await savePolicy(
    { policies, clock, isThere: { user: anybody, schedule: anybody, team: anybody, contact: anybody } } as never,
    request,
    {
      id: 'default',
      version: 0,
      name: 'Everyone',
      repeat: 1,
      acknowledgementTimeoutMinutes: null,
      steps: [
        { targets: [{ type: 'schedule', id: scheduleId }], escalateAfterMinutes: 5 },
        { targets: [{ type: 'user', id: ben }], escalateAfterMinutes: 5 },
      ],
    },
  );
  return { scheduleId, teamId };
};
