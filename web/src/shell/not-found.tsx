import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useGo } from './go.ts';
import { useTitle } from './use-title.ts';

export const NotFound = () => {
  useTitle('No such page');
  return (
    <Box textAlign="center" padding="xxxl">
      <Box variant="h1">There is no such page</Box>
      <Box padding={{ vertical: 'm' }}>The address may be mistyped, or the page has another one.</Box>
      <Button href="/" onFollow={useGo()}>
        Open the overview
      </Button>
    </Box>
  );
};
