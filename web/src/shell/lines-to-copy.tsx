import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

interface LinesProps {
  /** What they are, such as `Lines for curl`. */
  readonly label: string;
  readonly text: string;
}

/** Lines to copy into another program. They are folded where there is no room, and copied as they are. */
export const LinesToCopy = ({ label, text }: LinesProps) => (
  <div className="snippet">
    <pre role="group" aria-label={label}>
      {text}
    </pre>
    <CopyToClipboard
      variant="icon"
      textToCopy={text}
      copyButtonAriaLabel={`Copy: ${label}`}
      copySuccessText="Copied"
      copyErrorText="The browser did not copy it. Mark it and copy it by hand."
    />
  </div>
);
