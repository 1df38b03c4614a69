import { expect, it } from 'vitest';
import { room } from '../testing/samples';
import { changes, creation, founding, NEW_ROOM, valuesOf } from './values';

it('makes a room of what was filled in', () => {
  expect(creation({ ...NEW_ROOM, name: ' 读书会 ', accessKey: 'ignored' })).toEqual({
    name: '读书会',
    description: '',
    is_private: false,
  });
  expect(creation({ ...NEW_ROOM, name: 'x', isPrivate: true, accessKey: 'sesame', maxMembers: '12' })).toMatchObject({
    access_key: 'sesame',
    max_members: 12,
  });
});

it('founds a community, and makes rooms in it', () => {
  expect(founding({ ...NEW_ROOM, name: 'Club', rules: ' Be kind. ', accessKey: 'ignored' })).toEqual({
    name: 'Club',
    description: '',
    is_private: false,
    rules: 'Be kind.',
  });
  expect(creation({ ...NEW_ROOM, name: 'Bar' }, 4)).toMatchObject({ name: 'Bar', community_id: 4 });
  const club = room({ kind: 'community', rules: 'Be kind.' });
  expect(changes(club, { ...valuesOf(club), rules: '' })).toEqual({ rules: '' });
});

it('changes only what differs', () => {
  const before = room({ max_members: 12, is_private: true, access_key: 'sesame' });
  expect(changes(before, valuesOf(before))).toEqual({});
  expect(changes(before, { ...valuesOf(before), name: 'New', maxMembers: '' })).toEqual({
    name: 'New',
    max_members: null,
  });
  expect(changes(before, { ...valuesOf(before), accessKey: 'other' })).toEqual({ access_key: 'other' });
});
