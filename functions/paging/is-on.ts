import type { Notifications } from '../health/port.ts';

/** Whether the configuration has anything sent by a channel. */
export const isOn = ({ channels }: Notifications, channel: string): boolean =>
  (channels as Readonly<Record<string, boolean>>)[channel] ?? true;
