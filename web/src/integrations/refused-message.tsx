import ExpandableSection from '@cloudscape-design/components/expandable-section';

/** A message that was refused, to be opened. */
export const RefusedMessage = ({ at, body }: { readonly at: string; readonly body: string }) => (
  <ExpandableSection headerText="The message">
    <pre className="sample" tabIndex={0} aria-label={`The message of ${at}`}>
      {body}
    </pre>
  </ExpandableSection>
);
