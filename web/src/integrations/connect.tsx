import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { snippetsFor, type Vendor } from '../configuration/snippets.ts';
import { LinesToCopy } from '../shell/lines-to-copy.tsx';
import { presetOf, usePresets } from './integration.ts';

const NO_KEY = 'KEY';

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
          <LinesToCopy label={`Lines for ${snippet.client}`} text={snippet.text} />
          {isVendor(type) && keyText !== undefined && <LinesToCopy label="The key" text={keyText} />}
        </>
      ) : (
        <>
          <Box>{preset?.setUp ?? 'The program sends each message by POST to this address.'}</Box>
          <LinesToCopy label="Address" text={`${window.location.origin}/api/integrations/${key}/webhook`} />
        </>
      )}
      {preset && preset.body !== null && (
        <>
          <Box>And this is the body:</Box>
          <LinesToCopy label="Body" text={preset.body} />
        </>
      )}
    </SpaceBetween>
  );
};
