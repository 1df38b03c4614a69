import { describe, expect, it, vi } from 'vitest';
import { fakeHttp } from '../testing/fakes';
import { me } from '../testing/samples';
import { createHttp } from '../wire/http';
import { Session } from './session.svelte';

const login = { username: 'alice', password: 'correct horse battery', remember: true };

describe('a session', () => {
  it('is found again after a reload', async () => {
    const http = fakeHttp();
    const session = new Session(http);
    http.answer('GET auth/check', { authenticated: true, user: me });
    await session.check();
    expect([session.checked, session.me]).toEqual([true, me]);
  });

  it('says when the server cannot be reached, and asks again', async () => {
    const http = fakeHttp();
    const session = new Session(http);
    await session.check();
    expect([session.checked, session.problem?.code]).toEqual([false, 'unreachable']);
    http.answer('GET auth/check', { authenticated: false });
    await session.check();
    expect([session.checked, session.me, session.problem]).toEqual([true, null, null]);
  });

  it('starts by signing in, with the header that proves the page asked', async () => {
    const http = fakeHttp();
    const session = new Session(http);
    http.fail('POST auth/login', 'bad_credentials');
    await expect(session.signIn(login)).rejects.toMatchObject({ code: 'bad_credentials' });
    expect(session.me).toBeNull();
    http.answer('POST auth/login', { user: me });
    await session.signIn(login);
    expect(session.me).toEqual(me);
    expect(http.requests[1]).toMatchObject({ name: 'POST auth/login', body: login });
    expect(http.requests[1]?.headers.get('x-csrf')).toBe('1');
  });

  it('ends where the server no longer knows it', async () => {
    const http = createHttp({
      fetch: async (url) =>
        String(url).endsWith('auth/check')
          ? new Response('{"authenticated":false}')
          : new Response('{"code":"unauthorized"}', { status: 401 }),
      onUnauthorized: () => void session.check(),
    });
    const session = new Session(http);
    session.me = me;
    await expect(http.get('rooms')).rejects.toMatchObject({ code: 'unauthorized' });
    await vi.waitFor(() => expect([session.me, session.ending]).toEqual([null, 'expired']));
  });

  it('is not ended by what the server said to the cookie of before', async () => {
    const http = fakeHttp();
    const onEnded = vi.fn();
    const session = new Session(http, { onEnded });
    session.me = { ...me, is_guest: true };
    const sayBefore = http.hold('GET auth/check');
    const checkedBefore = session.check();
    await vi.waitFor(() => expect(http.requests).toHaveLength(1));
    const letIn = http.hold('POST auth/guest/upgrade');
    const account = { username: 'alice', email: 'a@example.org', password: 'correct horse battery', privacy_policy_accepted: true };
    const upgraded = session.upgrade(account);
    const checkedMeanwhile = session.check();
    sayBefore({ authenticated: false });
    http.answer('GET auth/check', { authenticated: true, user: me });
    http.answer('GET auth/check', { authenticated: true, user: me });
    letIn({ user: me });
    await Promise.all([checkedBefore, upgraded, checkedMeanwhile]);
    expect([session.me, session.ending]).toEqual([me, null]);
    expect(onEnded).not.toHaveBeenCalled();
    expect(http.requests.map(({ name }) => name)).toEqual([
      'GET auth/check',
      'POST auth/guest/upgrade',
      'GET auth/check',
      'GET auth/check',
    ]);
  });

  it('goes on as it was while the server is out of reach, until the server says otherwise', async () => {
    const http = fakeHttp();
    const onEnded = vi.fn();
    const session = new Session(http, { onEnded });
    session.assume(me);
    await session.check();
    expect([session.me, session.problem, session.assumed]).toEqual([me, null, true]);
    http.answer('GET auth/check', { authenticated: false });
    await session.check();
    expect([session.me, session.assumed]).toEqual([null, false]);
    expect(onEnded).toHaveBeenCalledWith('expired', me);
  });
});
