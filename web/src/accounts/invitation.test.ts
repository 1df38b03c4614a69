import { afterEach, expect, it, vi } from 'vitest';
import { memoryStorage } from '../testing/fakes';
import { Invitation } from './invitation';

afterEach(() => void vi.unstubAllGlobals());

function openAt(pathname: string, hash = '', storage = memoryStorage()) {
  const replaced: string[] = [];
  vi.stubGlobal('location', { pathname, hash });
  vi.stubGlobal('history', { replaceState: (_state: unknown, _title: string, path: string) => replaced.push(path) });
  return { invitation: new Invitation(storage), storage, replaced };
}

it('a key leaves the address bar and is kept until it was used', () => {
  const { invitation, storage, replaced } = openAt('/app/join', '#open%20sesame');
  expect(replaced).toEqual(['/app/join']);
  expect(invitation.key).toBe('open sesame');
  expect(openAt('/app/sign-in', '', storage).invitation.path).toBe('/app/join');
  invitation.forget();
  expect(invitation.path).toBeNull();
});

it('a code leads where it was opened, once one is in', () => {
  const { invitation, storage } = openAt('/app/invite/7F3K-99ZQ');
  expect(invitation.key).toBeNull();
  expect(openAt('/app', '', storage).invitation.path).toBe('/app/invite/7F3K-99ZQ');
  invitation.forget();
  expect(openAt('/app', '', storage).invitation.path).toBeNull();
});
