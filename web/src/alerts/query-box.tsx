import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { SubmitForm } from '../shell/submit-form.tsx';

interface QueryBoxProps {
  readonly typed: string;
  /** Why the query cannot be read. */
  readonly refusal: string | undefined;
  readonly onFind: (text: string) => void;
}

/** A query in words, which the backend looks for among all alerts. Enter finds. */
export const QueryBox = ({ typed, refusal, onFind }: QueryBoxProps) => {
  const [text, setText] = useState(typed);
  return (
    <SubmitForm isChanged={false} className="alert-query" onSubmit={() => onFind(text)}>
      <FormField
        label="Query"
        stretch
        errorText={refusal}
        constraintText="Fields: status, severity, service, team, source, assignee, title, label.name, created, seen, count. AND, OR, NOT. Enter finds."
      >
        <Input
          type="search"
          value={text}
          autoFocus={typed === ''}
          placeholder="severity>=error AND service:(shop OR cart) AND created>2h"
          clearAriaLabel="Clear the query"
          onChange={({ detail }) => {
            setText(detail.value);
            if (detail.value === '' && typed !== '') onFind('');
          }}
        />
      </FormField>
    </SubmitForm>
  );
};
