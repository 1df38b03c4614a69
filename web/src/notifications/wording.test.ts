import { expect, it } from 'vitest';
import { translate } from '../i18n/translate';
import { bob } from '../testing/samples';
import type { Notification } from '../wire/types';
import { placeOf, wordingOf } from './wording';

const one = (fields: Partial<Notification>): Notification => ({
  id: 1,
  notification_type: 'mention',
  is_read: false,
  timestamp: '2026-11-21T08:00:00.000Z',
  by: { ...bob, nickname: 'Bob' },
  room_id: 7,
  message: { id: 3, seq: 12, excerpt: 'hello', message_type: 'text' },
  request: null,
  change: null,
  ...fields,
});

const said = (fields: Partial<Notification>) => {
  const { key, values } = wordingOf(one(fields), 'Attic');
  return translate('en', key, values);
};

it('says who did what where', () => {
  expect(said({})).toBe('Bob mentioned you in Attic');
  expect(said({ notification_type: 'reply' })).toBe('Bob replied to you in Attic');
  const friend = { notification_type: 'friend', room_id: null, message: null } as const;
  expect(said({ ...friend, request: { id: 4, accepted: false } })).toBe('Bob would like to be friends');
  expect(said({ ...friend, request: { id: 4, accepted: true } })).toBe('Bob and you are friends now');
  const system = { notification_type: 'system', message: null } as const;
  expect(said({ ...system, change: { type: 'role', user_id: 1, role: 'admin' } })).toBe('Bob made you an admin of Attic');
  expect(said({ ...system, change: { type: 'mute', user_id: 1, muted_until: null } })).toBe('Bob lets you write in Attic again');
});

it('leads to the message, the room or the people', () => {
  expect(placeOf(one({}))).toBe('/app/rooms/7/messages/12');
  expect(placeOf(one({ message: null }))).toBe('/app/rooms/7');
  expect(placeOf(one({ room_id: null, message: null }))).toBe('/app/people');
});
