import Button from '@cloudscape-design/components/button';

interface RowActionsProps {
  readonly name: string;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

/** What can be done with the thing of a row, in little room. */
export const RowActions = ({ name, onEdit, onDelete }: RowActionsProps) => (
  <div className="row-actions">
    <Button formAction="none" iconName="edit" variant="icon" ariaLabel={`Edit ${name}`} onClick={onEdit} />
    <Button formAction="none" iconName="remove" variant="icon" ariaLabel={`Delete ${name}`} onClick={onDelete} />
  </div>
);
