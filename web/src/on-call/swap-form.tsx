import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { PersonSelect } from '../people/person-select.tsx';
import { useMe } from '../session/use-session.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useNow } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { addDays, dayOf, instantText, ON_CALL, spanText, useShifts } from './schedule.ts';

const LOOKS_AHEAD_DAYS = 60;

/** Asks somebody to take a shift of the reader, perhaps for one of theirs. */
export const SwapForm = ({ scheduleId, onClose }: { readonly scheduleId: string; readonly onClose: () => void }) => {
  const me = useMe();
  const now = useNow();
  const [give, setGive] = useState('');
  const [toUserId, setToUserId] = useState<string | null>(null);
  const [take, setTake] = useState('');
  const [note, setNote] = useState('');
  const today = dayOf(now);
  const { data } = useShifts(scheduleId, instantText(today), instantText(addDays(today, LOOKS_AHEAD_DAYS)));
  const shiftsOf = (userId: string) =>
    (data?.shifts ?? [])
      .filter(({ users, to }) => users.includes(userId) && Date.parse(to) > now)
      .map(({ from, to }) => {
        const begin = instantText(Math.max(Date.parse(from), Math.ceil(now / 60_000) * 60_000));
        return { value: `${begin}|${instantText(Date.parse(to))}`, label: spanText(begin, to) };
      });
  const spanIn = (text: string) => {
    const [from = '', to = ''] = text.split('|');
    return { from, to };
  };
  const mine = shiftsOf(me.id);
  const theirs = toUserId === null ? [] : shiftsOf(toUserId);
  const nothing = { value: '', label: 'Nothing in return' };
  const ask = useAction({
    act: (person: string) =>
      bodyOf(
        api.POST('/api/oncall/swaps', {
          body: { scheduleId, toUserId: person, give: spanIn(give), take: take === '' ? null : spanIn(take), note },
        }),
      ),
    changes: [ON_CALL],
    done: () => 'The request is on its way. The schedule changes when it is accepted.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Ask for a swap"
      submit="Ask"
      isBusy={ask.isPending}
      error={ask.error}
      onSubmit={() => toUserId !== null && ask.mutate(toUserId)}
      onCancel={onClose}
    >
      <Field label="The shift that you give away" missing={give === '' && 'Choose a shift.'}>
        <Select
          selectedOption={mine.find(({ value }) => value === give) ?? null}
          options={mine}
          placeholder="Choose a shift"
          empty="You have no shift in this schedule in the next two months."
          onChange={({ detail }) => setGive(detail.selectedOption.value ?? '')}
        />
      </Field>
      <Field label="Who takes it" missing={toUserId === null && 'Choose a person.'}>
        <PersonSelect
          value={toUserId}
          onChange={(person) => {
            setToUserId(person);
            setTake('');
          }}
        />
      </Field>
      <Field label="The shift that you take in return">
        <Select
          selectedOption={[nothing, ...theirs].find(({ value }) => value === take) ?? nothing}
          options={[nothing, ...theirs]}
          onChange={({ detail }) => setTake(detail.selectedOption.value ?? '')}
        />
      </Field>
      <Field label="Note">
        <Input value={note} placeholder="Could you?" onChange={({ detail }) => setNote(detail.value)} />
      </Field>
    </FormModal>
  );
};
