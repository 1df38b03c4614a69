/** What the REST interface offers for messages. */
import type { Http } from '../wire/http';
import type { Message, MessageId, Page, RoomId } from '../wire/types';

const reaction = (id: MessageId, emoji: string) => `messages/${id}/reactions/${encodeURIComponent(emoji)}`;

export const addReaction = (http: Http, id: MessageId, emoji: string): Promise<unknown> =>
  http.put(reaction(id, emoji));

export const removeReaction = (http: Http, id: MessageId, emoji: string): Promise<unknown> =>
  http.delete(reaction(id, emoji));

export const pin = (http: Http, id: MessageId): Promise<unknown> => http.put(`messages/${id}/pin`);

export const unpin = (http: Http, id: MessageId): Promise<unknown> => http.delete(`messages/${id}/pin`);

export const loadPins = (http: Http, room: RoomId): Promise<Page<Message>> => http.get(`rooms/${room}/pins`);
