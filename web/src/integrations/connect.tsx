import '../configuration/configuration.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { snippetsFor, type Vendor } from '../configuration/snippets.ts';
import { presetOf, usePresets } from './integration.ts';

const NO_KEY = 'KEY';

interface LinesProps {
  readonly label: string;
  readonly text: string;
}

/** Lines to copy into another program. */
export const Lines = ({ label, text }: LinesProps) => (
  <div className="snippet">
    <pre tabIndex={0} aria-label={label}>
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

const isVendor = (type: string): type is Vendor => type === 'pagerduty' || type === 'opsgenie';

interface ConnectProps {
  readonly type: string;
  /** The key, as long as it is known: when it was made a moment ago. */
  readonly keyText: string | undefined;
}

/** Where the other program sends, in its own words. */
export const Connect = ({ type, keyText }: ConnectProps) => {
  const preset = presetOf(usePresets().data?.items, type);
  const key = keyText ?? NO_KEY;
  const snippets = snippetsFor(window.location.origin, isVendor(type) ? { [type]: key } : { machine: key });
  const snippet = snippets.find(({ id }) => id === type);
  return (
    <SpaceBetween size="m">
      {keyText === undefined ? (
        <Box color="text-body-secondary">
          Put the key in place of <code>{NO_KEY}</code>. It was shown when it was made; rotate the key to get a new one.
        </Box>
      ) : (
        <Alert type="warning">The key is shown once. Copy it before you leave this page.</Alert>
      )}
      {snippet ? (
        <>
          <Box>{snippet.about}</Box>
          <Lines label={`Lines for ${snippet.client}`} text={snippet.text} />
          {isVendor(type) && keyText !== undefined && <Lines label="The key" text={keyText} />}
        </>
      ) : (
        <>
          <Box>{preset?.setUp ?? 'The program sends each message by POST to this address.'}</Box>
          <Lines label="Address" text={`${window.location.origin}/api/integrations/${key}/webhook`} />
        </>
      )}
      {preset && preset.body !== null && (
        <>
          <Box>And this is the body:</Box>
          <Lines label="Body" text={preset.body} />
        </>
      )}
    </SpaceBetween>
  );
};
