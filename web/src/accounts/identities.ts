/** What the REST interface offers for signing in by others. */
import { t } from '../i18n/locale.svelte';
import type { Http } from '../wire/http';
import type { Identity, Newcomer, Page, ProviderPage, SignInProvider } from '../wire/types';

export const loadProviders = async (http: Http): Promise<SignInProvider[]> =>
  (await http.get<Page<SignInProvider>>('auth/oauth')).items;

export const loadIdentities = async (http: Http): Promise<Identity[]> =>
  (await http.get<Page<Identity>>('auth/identities')).items;

export const unlink = (http: Http, id: number): Promise<void> => http.delete(`auth/identities/${id}`);

/** Where the browser goes to link a sign-in elsewhere. */
export const beginLink = async (http: Http, provider: string): Promise<string> =>
  (await http.post<ProviderPage>(`auth/oauth/${provider}/link`)).url;

/** Where it goes to prove again who one is, to come back to a page of the client. */
export const beginProof = async (http: Http, provider: string, path: string): Promise<string> =>
  (await http.post<ProviderPage>(`auth/oauth/${provider}/proof?${new URLSearchParams({ return_to: path })}`)).url;

export const loadNewcomer = (http: Http, pending_token: string): Promise<Newcomer> =>
  http.post('auth/oauth/newcomer', { pending_token });

/** Where a browser goes to sign in by a provider, to come back to a page of the client. */
export const entryOf = (provider: string, path: string, remember: boolean): string =>
  `/api/auth/oauth/${provider}?${new URLSearchParams({ return_to: path, remember: String(remember) })}`;

/** What people call a provider, which for some depends on their language. */
export const nameOf = ({ label }: Pick<SignInProvider, 'label'>): string =>
  label === 'WeChat' ? t('identities.wechat') : label;
