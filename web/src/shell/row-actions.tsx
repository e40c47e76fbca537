import Button from '@cloudscape-design/components/button';

interface RowActionsProps {
  readonly name: string;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

/** What can be done with the thing of a row, in little room. */
export const RowActions = ({ name, onEdit, onDelete }: RowActionsProps) => (
  <div className="row-actions">
    <Button iconName="edit" variant="icon" ariaLabel={`Edit ${name}`} onClick={onEdit} />
    <Button iconName="remove" variant="icon" ariaLabel={`Delete ${name}`} onClick={onDelete} />
  </div>
);
