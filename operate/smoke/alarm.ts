import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { eventually } from '../eventually.ts';
import type { Check } from '../report.ts';
import { systemClock } from '../../shared/kernel/clock.ts';

/** Sets off an alarm of a stage, and looks in its history whether each topic took it. CloudWatch ends the alarm by itself. */
export const alarmChecks = (
  stage: string,
  withinMs: number,
  cloudwatch: Pick<CloudWatchClient, 'send'> = new CloudWatchClient(),
): readonly Check[] => [
  {
    name: 'an alarm of Tocsin itself reaches the operators',
    todo: 'In the first minutes of a stage no alarm has a state: run it again. Later the history of the alarm says which topic refused it',
    run: async () => {
      const { MetricAlarms = [] } = await cloudwatch.send(
        new DescribeAlarmsCommand({ AlarmNamePrefix: `Tocsin-${stage}-`, StateValue: 'OK', MaxRecords: 100 }),
      );
      const alarm = MetricAlarms.find(
        ({ ActionsEnabled, AlarmActions = [] }) => ActionsEnabled && AlarmActions.length > 0,
      );
      if (!alarm?.AlarmName) throw new Error(`no alarm of Tocsin-${stage} that is OK has an action`);
      const { AlarmName, AlarmActions = [] } = alarm;
      const StateReason = 'npm run smoke: nobody has to do anything';
      const StartDate = new Date(systemClock.now().getTime() - 60_000);
      await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason }));
      await eventually('the topics took it', { withinMs, everyMs: 1_000 }, async () => {
        const { AlarmHistoryItems = [] } = await cloudwatch.send(
          new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: 'Action', StartDate }),
        );
        const said = AlarmHistoryItems.map(({ HistorySummary = '' }) => HistorySummary);
        const missing = AlarmActions.filter(
          (arn) => !said.some((each) => each.startsWith('Successfully executed') && each.includes(arn)),
        );
        if (missing.length > 0)
          throw new Error(`${missing.join(', ')} has not; the history says ${said.join('; ') || 'nothing'}`);
      });
      return { verdict: 'ok', found: `${AlarmName}: look whether its e-mail has arrived` };
    },
  },
];
