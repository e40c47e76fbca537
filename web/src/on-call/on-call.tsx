import './on-call.css';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCan } from '../session/use-session.ts';
import { useGo } from '../shell/go.ts';
import { useTitle } from '../shell/use-title.ts';
import { Now } from './now.tsx';
import { Swaps } from './swaps.tsx';

/** Who is on call, the reader's next shift, and swaps that wait. */
export const OnCall = () => {
  useTitle('On call');
  const can = useCan();
  const go = useGo();
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          can('oncall.schedule.write') && (
            <Button href="/on-call/new" onFollow={go}>
              Make a schedule
            </Button>
          )
        }
      >
        On call
      </Header>
      <Now />
      <Swaps />
    </SpaceBetween>
  );
};
