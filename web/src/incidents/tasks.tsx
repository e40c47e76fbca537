import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import DatePicker from '@cloudscape-design/components/date-picker';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { useNames } from '../people/people.ts';
import { PersonSelect } from '../people/person-select.tsx';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import type { Task, WholeIncident } from './incident.ts';

const AddTask = ({ id, onClose }: { readonly id: string; readonly onClose: () => void }) => {
  const [title, setTitle] = useState('');
  const [kind, setKind] = useState<Task['kind']>('task');
  const [assignee, setAssignee] = useState<string | null>(null);
  const [due, setDue] = useState('');
  const add = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/monitoring/incidents/{id}/tasks', {
          params: { path: { id } },
          body: { title, kind, assignee, dueAt: due === '' ? null : new Date(`${due}T12:00:00`).toISOString() },
        }),
      ),
    changes: [['incidents', id]],
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Add a task"
      submit="Add"
      isBusy={add.isPending}
      error={add.error}
      onSubmit={() => add.mutate()}
      onCancel={onClose}
    >
      <Field label="What is to be done" missing={title.trim() === '' && 'Say what is to be done.'}>
        <Input value={title} autoFocus onChange={({ detail }) => setTitle(detail.value)} />
      </Field>
      <Field label="Kind">
        <RadioGroup
          value={kind}
          items={[
            { value: 'task', label: 'Task', description: 'Done while the incident lasts.' },
            { value: 'action_item', label: 'Action item', description: 'Follows from the incident, for the review.' },
          ]}
          onChange={({ detail }) => setKind(detail.value as Task['kind'])}
        />
      </Field>
      <Field label="Assignee">
        <PersonSelect value={assignee} onChange={setAssignee} nobody="Nobody yet" />
      </Field>
      <Field label="Due">
        <DatePicker
          value={due}
          placeholder="YYYY/MM/DD"
          openCalendarAriaLabel={() => 'Choose a date'}
          onChange={({ detail }) => setDue(detail.value)}
        />
      </Field>
    </FormModal>
  );
};

interface TasksProps {
  readonly incident: WholeIncident;
  readonly mayChange: boolean;
}

/** Tasks and action items, with those that are done last. */
export const Tasks = ({ incident: { id, tasks }, mayChange }: TasksProps) => {
  const nameOf = useNames();
  const [isOpen, setOpen] = useState(false);
  const check = useAction({
    act: ({ task, done }: { readonly task: Task; readonly done: boolean }) =>
      bodyOf(
        api.PATCH('/api/monitoring/incidents/{id}/tasks/{taskId}', {
          params: { path: { id, taskId: task.id } },
          body: { version: task.version, done },
        }),
      ),
    changes: [['incidents', id]],
  });
  const open = tasks.filter(({ done }) => !done).length;
  return (
    <Container
      header={
        <Header
          variant="h2"
          {...(tasks.length > 0 && { counter: `(${open} of ${tasks.length} open)` })}
          actions={mayChange && <Button onClick={() => setOpen(true)}>Add a task</Button>}
        >
          Tasks
        </Header>
      }
    >
      {tasks.length === 0 ? (
        <Box color="text-body-secondary">No task yet. Add what must not be forgotten.</Box>
      ) : (
        <ul className="lines">
          {[...tasks]
            .sort((one, other) => Number(one.done) - Number(other.done))
            .map((task) => (
              <li key={task.id} className="line">
                <Checkbox
                  checked={check.isPending && check.variables.task.id === task.id ? check.variables.done : task.done}
                  disabled={!mayChange}
                  onChange={({ detail }) => check.mutate({ task, done: detail.checked })}
                >
                  <span className={task.done ? 'wrap done' : 'wrap'}>{task.title}</span>
                  <Box variant="small" display="block">
                    {task.assignee === null ? 'Nobody has it' : nameOf(task.assignee)}
                    {task.dueAt !== null && (
                      <>
                        {' · due '}
                        <Instant at={task.dueAt} ago />
                      </>
                    )}
                  </Box>
                </Checkbox>
                {task.kind === 'action_item' && <Badge>Action item</Badge>}
              </li>
            ))}
        </ul>
      )}
      {isOpen && <AddTask id={id} onClose={() => setOpen(false)} />}
    </Container>
  );
};
