import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { LinesToCopy } from '../shell/lines-to-copy.tsx';
import { Modal } from '../shell/modal.tsx';
import type { Check } from './monitor.ts';

const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <SpaceBetween size="xxs">
    <Box variant="strong">{title}</Box>
    {children}
  </SpaceBetween>
);

/** How a job reports to an address: from a crontab, from a shell, and step by step. */
export const Snippets = ({ check, address }: { readonly check: Check; readonly address: string }) => {
  const schedule = check.type === 'heartbeat' && check.cron !== undefined ? check.cron : '*/5 * * * *';
  return (
    <SpaceBetween size="m">
      <Part title="In a crontab: reports the exit code of the job">
        <LinesToCopy
          label="the line of a crontab"
          text={`${schedule} /usr/local/bin/job; curl -fsS -m 10 --retry 5 -o /dev/null ${address}/$?`}
        />
      </Part>
      <Part title="With its duration and its output">
        <LinesToCopy
          label="commands of a shell"
          text={`curl -fsS -m 10 --retry 5 -o /dev/null ${address}/start\n/usr/local/bin/job >job.log 2>&1\ncurl -fsS -m 10 --retry 5 -o /dev/null --data-binary @job.log ${address}/$?`}
        />
      </Part>
    </SpaceBetween>
  );
};

interface PingKeyProps {
  readonly check: Check;
  readonly pingKey: string;
  readonly onClose: () => void;
}

/** The address of a new heartbeat, which is shown this once, as lines to copy. */
export const PingKey = ({ check, pingKey, onClose }: PingKeyProps) => (
  <Modal
    visible
    size="large"
    header="The address of the heartbeat"
    closeAriaLabel="Close"
    onDismiss={onClose}
    footer={
      <Box float="right">
        <Button variant="primary" onClick={onClose}>
          I have stored it
        </Button>
      </Box>
    }
  >
    <SpaceBetween size="m">
      <Alert type="warning">It is shown once. Copy it before you close this.</Alert>
      <Snippets check={check} address={`${window.location.origin}/beat/${pingKey}`} />
    </SpaceBetween>
  </Modal>
);
