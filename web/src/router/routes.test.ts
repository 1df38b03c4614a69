import { expect, it } from 'vitest';
import {
  adminPath,
  communityPath,
  invitationLink,
  invitedPath,
  isOpenToAll,
  keyOf,
  messagePath,
  newRoomPath,
  roomPath,
  routeOf,
} from './routes';

it('finds the screen for an address', () => {
  expect(routeOf('/')).toEqual({ name: 'home' });
  expect(routeOf('/app/')).toEqual({ name: 'home' });
  expect(routeOf('/app/sign-in')).toEqual({ name: 'sign_in' });
  expect(routeOf(roomPath(7))).toEqual({ name: 'room', id: 7, panel: null, at: null });
  expect(routeOf(roomPath(7, 'pins'))).toEqual({ name: 'room', id: 7, panel: 'pins', at: null });
  expect(routeOf(messagePath(7, 120))).toEqual({ name: 'room', id: 7, panel: null, at: 120 });
});

it('knows addresses that lead nowhere', () => {
  for (const path of ['/app/rooms', '/app/rooms/0', '/app/rooms/x', '/app/rooms/7/none', '/app/rooms/7/messages', '/app/rooms/7/messages/0', '/app/toString', '/nowhere']) {
    expect(routeOf(path), path).toEqual({ name: 'not_found' });
  }
});

it('leads to communities, invitations and the administrators’ desk', () => {
  expect(routeOf(communityPath(7))).toEqual({ name: 'community', id: 7 });
  expect(routeOf(newRoomPath(7))).toEqual({ name: 'new_room_in', id: 7 });
  expect(routeOf('/app/communities/new')).toEqual({ name: 'new_community' });
  expect(routeOf(invitedPath('7F3K-99ZQ'))).toEqual({ name: 'invited', code: '7F3K-99ZQ' });
  expect(routeOf('/app/admin')).toEqual({ name: 'admin', section: 'figures', id: null });
  expect(routeOf(adminPath('users', 7))).toEqual({ name: 'admin', section: 'users', id: 7 });
  for (const path of ['/app/invite', '/app/invite/a/b', '/app/admin/nothing', '/app/admin/users/0', '/app/communities/x']) {
    expect(routeOf(path), path).toEqual({ name: 'not_found' });
  }
});

it('shows only the way in to strangers', () => {
  expect(isOpenToAll(routeOf('/app/setup'))).toBe(true);
  expect(isOpenToAll(routeOf('/app/account'))).toBe(false);
});

it('a key travels in the fragment of an invitation', () => {
  const link = new URL(invitationLink('https://chat.example.org', 'a b#é'));
  expect(routeOf(link.pathname)).toEqual({ name: 'join' });
  expect(link.search).toBe('');
  expect(keyOf(link.hash)).toBe('a b#é');
  for (const hash of ['', '#', '#%E0%A4%A', '# ']) expect(keyOf(hash), hash).toBeNull();
});
