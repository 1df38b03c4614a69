/** What the REST interface offers for second factors. */
import type { Http } from '../wire/http';
import type { Factors, RecoveryCodes, StepUp, TotpEnrolment } from '../wire/types';

export const loadFactors = (http: Http): Promise<Factors> => http.get('auth/factors');

/** Whether somebody has any. */
export const hasFactor = (factors: Pick<Factors, 'totp_since'>): boolean => factors.totp_since !== null;

export const beginTotp = (http: Http): Promise<TotpEnrolment> => http.post('auth/factors/totp');

export const confirmTotp = (http: Http, code: string): Promise<RecoveryCodes> =>
  http.post('auth/factors/totp/confirm', { code });

export const disableTotp = (http: Http): Promise<void> => http.delete('auth/factors/totp');

export const renewRecoveryCodes = (http: Http): Promise<RecoveryCodes> => http.post('auth/factors/recovery-codes');

export const proveAgain = (http: Http, proof: StepUp): Promise<void> => http.post('auth/step-up', proof);
