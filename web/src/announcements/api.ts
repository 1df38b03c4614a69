/** What the REST interface offers for announcements. */
import type { Http } from '../wire/http';
import type { Announcement, AnnouncementId, AnnouncementRecord, Announcements, MakeAnnouncement, Page } from '../wire/types';

/** Those that hold and that one has not dismissed. */
export const loadOpen = (http: Http): Promise<Announcements> => http.get('announcements');

export const dismiss = (http: Http, id: AnnouncementId): Promise<void> => http.put(`announcements/${id}/dismissal`);

/** All that there have been, for administrators. */
export const loadRecords = (http: Http, cursor?: string): Promise<Page<AnnouncementRecord>> =>
  http.get('admin/announcements', { limit: 20, cursor });

export const announce = (http: Http, draft: MakeAnnouncement): Promise<Announcement> => http.post('admin/announcements', draft);

export const withdraw = (http: Http, id: AnnouncementId): Promise<void> => http.delete(`admin/announcements/${id}`);
