import type { ChannelName } from '../../shared/channels/channel.ts';
import type { Notifications } from '../health/port.ts';

/** Whether the configuration allows a channel. Settings that were stored before the channel existed do not name it: it is on. */
export const isOn = (settings: Notifications, channel: ChannelName): boolean => {
  const channels: Readonly<Partial<Record<ChannelName, boolean>>> = settings.channels;
  return channels[channel] ?? true;
};
