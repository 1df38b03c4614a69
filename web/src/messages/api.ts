/** What the REST interface offers for messages. */
import type { Http } from '../wire/http';
import type { Message, MessageId, Page, Receipt, RoomId } from '../wire/types';

export const loadMessage = (http: Http, id: MessageId): Promise<Message> => http.get(`messages/${id}`);

const reaction = (id: MessageId, emoji: string) => `messages/${id}/reactions/${encodeURIComponent(emoji)}`;

export const addReaction = (http: Http, id: MessageId, emoji: string): Promise<unknown> =>
  http.put(reaction(id, emoji));

export const removeReaction = (http: Http, id: MessageId, emoji: string): Promise<unknown> =>
  http.delete(reaction(id, emoji));

/** Takes one's own deletion back, while the server still has the message. */
export const restore = (http: Http, id: MessageId): Promise<Message> => http.post(`messages/${id}/restore`);

export const pin = (http: Http, id: MessageId): Promise<unknown> => http.put(`messages/${id}/pin`);

export const unpin = (http: Http, id: MessageId): Promise<unknown> => http.delete(`messages/${id}/pin`);

export const loadReceipts = (http: Http, id: MessageId): Promise<Page<Receipt>> => http.get(`messages/${id}/receipts`);

export const loadPins = (http: Http, room: RoomId): Promise<Page<Message>> => http.get(`rooms/${room}/pins`);
