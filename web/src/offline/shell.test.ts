import { expect, it } from 'vitest';
import { sourceOf } from './shell';

const HOME = 'https://chat.example.org';
const source = (path: string, mode: RequestMode = 'cors', method = 'GET') =>
  sourceOf({ method, mode, url: new URL(path, HOME).href }, HOME);

it('answers for the client’s page and files', () => {
  for (const path of ['/', '/app', '/app/rooms/7', '/app/join']) expect(source(path, 'navigate'), path).toBe('page');
  expect(source('/assets/index-1.js')).toBe('asset');
  expect(source('/favicon.svg')).toBe('asset');
});

it('never for what the server says, other pages, other servers, or anything that changes something', () => {
  for (const path of ['/api/auth/me', '/api/rooms', '/socket.io/?EIO=4', '/api/users/1/avatar']) {
    expect(source(path), path).toBeNull();
    expect(source(path, 'navigate'), path).toBeNull();
  }
  for (const path of ['/api/docs', '/m/abc', '/s/token', '/application']) expect(source(path, 'navigate'), path).toBeNull();
  expect(source('https://other.example/assets/a.js')).toBeNull();
  expect(source('/assets/a.js', 'cors', 'POST')).toBeNull();
});
