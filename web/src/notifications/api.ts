/** What the REST interface offers for notifications. */
import type { Http } from '../wire/http';
import type {
  MakeReminder,
  NotificationId,
  Notifications,
  Page,
  Preferences,
  PreferencesChange,
  ReadNotifications,
  Reminder,
} from '../wire/types';

export const loadNotifications = (http: Http, cursor?: string): Promise<Notifications> =>
  http.get('notifications', { limit: 50, cursor });

export const markRead = (http: Http, which: ReadNotifications): Promise<void> => http.post('notifications/read', which);

export const loadPreferences = (http: Http): Promise<Preferences> => http.get('notifications/preferences');

export const prefer = (http: Http, change: PreferencesChange): Promise<Preferences> => http.put('notifications/preferences', change);

export const loadReminders = (http: Http): Promise<Page<Reminder>> => http.get('notifications/reminders', { limit: 200 });

export const remind = (http: Http, draft: MakeReminder): Promise<Reminder> => http.post('notifications/reminders', draft);

export const withdrawReminder = (http: Http, id: NotificationId): Promise<void> => http.delete(`notifications/reminders/${id}`);
