import { describe, expect, it, vi } from 'vitest';
import { createHttp } from './http';

const refused = () => new Response('{"code":"step_up_required","status":403}', { status: 403 });

describe('a request that needs a proof of who one is', () => {
  it('is sent again, once the proof was given', async () => {
    const answers = [refused(), new Response('{"done":true}')];
    const send = vi.fn(async () => answers.shift()!);
    const http = createHttp({ fetch: send, onStepUp: async () => true });
    expect(await http.put('auth/profile', { email: null })).toEqual({ done: true });
    const bodies = send.mock.calls.map((call: unknown[]) => (call[1] as RequestInit).body);
    expect(bodies).toEqual(['{"email":null}', '{"email":null}']);
  });

  it('fails where none was given', async () => {
    const send = vi.fn(async () => refused());
    const http = createHttp({ fetch: send, onStepUp: async () => false });
    await expect(http.delete('auth/me')).rejects.toMatchObject({ code: 'step_up_required' });
    expect(send).toHaveBeenCalledTimes(1);
  });
});
