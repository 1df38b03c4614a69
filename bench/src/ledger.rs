//! The books. Each message gets its place in its room's order from whoever sees it first; a member to whom it comes at
//! another place got it out of order, who gets it again got it twice, and what never comes to a member is lost.

/// How a delivery fits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The one that was next for this member.
    InOrder,
    /// Another one.
    OutOfOrder,
    /// One that this member has had.
    Again,
    /// None that was sent, or of another room.
    Foreign,
}

/// What went wrong with deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) lost: u64,
    pub(crate) duplicated: u64,
    pub(crate) reordered: u64,
}

#[derive(Clone, Copy)]
struct Message {
    /// Where it stands in the order of its room.
    place: Option<usize>,
    /// How many members do not have it yet.
    missing: usize,
    acknowledged: bool,
    /// Nobody waits for it any more: it is done, or was given up.
    closed: bool,
    sent: u64,
}

#[derive(Default)]
struct Sender {
    room: usize,
    messages: Vec<Message>,
    /// All before this one are closed.
    oldest: usize,
    under_way: u32,
}

#[derive(Clone, Default)]
struct Member {
    /// Which place of the room's order comes next.
    next: usize,
    /// Which places were left out so far, in order.
    gaps: Vec<usize>,
}

/// Who is where, and who sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seating {
    /// The clients in each room.
    pub(crate) rooms: Vec<Vec<usize>>,
    /// The client behind each sender, and the room of that sender.
    pub(crate) senders: Vec<(usize, usize)>,
}

/// The books of one run.
pub(crate) struct Ledger {
    rooms: Vec<Room>,
    members: Vec<Member>,
    /// Where each client's books are, by room.
    places: Vec<Vec<(usize, usize)>>,
    senders: Vec<Sender>,
    by_acknowledgement: bool,
    duplicated: u64,
    reordered: u64,
    given_up: u64,
}

struct Room {
    size: usize,
    /// How many messages have a place.
    placed: usize,
}

impl Ledger {
    pub(crate) fn new(seating: &Seating, by_acknowledgement: bool) -> Self {
        let clients = seating
            .rooms
            .iter()
            .flatten()
            .max()
            .map_or(0, |last| last + 1);
        let mut places = vec![Vec::new(); clients];
        let seats = seating.rooms.iter().enumerate();
        let seats =
            seats.flat_map(|(room, clients)| clients.iter().map(move |client| (room, *client)));
        let mut members = Vec::new();
        for (room, client) in seats {
            places[client].push((room, members.len()));
            members.push(Member::default());
        }
        let room = |clients: &Vec<usize>| Room {
            size: clients.len(),
            placed: 0,
        };
        let sender = |(_, room): &(usize, usize)| Sender {
            room: *room,
            ..Sender::default()
        };
        Self {
            rooms: seating.rooms.iter().map(room).collect(),
            members,
            places,
            senders: seating.senders.iter().map(sender).collect(),
            by_acknowledgement,
            duplicated: 0,
            reordered: 0,
            given_up: 0,
        }
    }

    /// How many messages of a sender are neither done nor given up.
    pub(crate) fn under_way(&self, sender: usize) -> u32 {
        self.senders[sender].under_way
    }

    /// A message leaves; answers its number.
    pub(crate) fn send(&mut self, sender: usize, now: u64) -> usize {
        let sender = &mut self.senders[sender];
        let missing = self.rooms[sender.room].size;
        sender.messages.push(Message {
            place: None,
            missing,
            acknowledged: false,
            closed: false,
            sent: now,
        });
        sender.under_way += 1;
        sender.messages.len() - 1
    }

    /// A message comes to a client. Also answers whether it is done thereby.
    pub(crate) fn deliver(
        &mut self,
        client: usize,
        sender: usize,
        number: usize,
    ) -> (Arrival, bool) {
        let Some((member, room, message)) = self.find(client, sender, number) else {
            return (Arrival::Foreign, false);
        };
        let place = *message.place.get_or_insert_with(|| {
            room.placed += 1;
            room.placed - 1
        });
        let arrival = member.take(place);
        if arrival != Arrival::Again {
            message.missing -= 1;
        }
        let done = message.missing == 0 && !self.by_acknowledgement;
        match arrival {
            Arrival::Again => self.duplicated += 1,
            Arrival::OutOfOrder => self.reordered += 1,
            Arrival::InOrder | Arrival::Foreign => {}
        }
        (arrival, done && self.close(sender, number))
    }

    /// What is concerned by a message to a client; none where the client is not in the sender's room, or no such message
    /// was sent.
    fn find(
        &mut self,
        client: usize,
        sender: usize,
        number: usize,
    ) -> Option<(&mut Member, &mut Room, &mut Message)> {
        let sender = self.senders.get_mut(sender)?;
        let message = sender.messages.get_mut(number)?;
        let mut places = self.places.get(client)?.iter();
        let (room, member) = places.find(|(room, _)| *room == sender.room)?;
        Some((&mut self.members[*member], &mut self.rooms[*room], message))
    }

    /// A message is acknowledged. Answers when it was sent, unless that was said before; also whether it is done.
    pub(crate) fn acknowledge(&mut self, sender: usize, number: usize) -> (Option<u64>, bool) {
        let message = self
            .senders
            .get_mut(sender)
            .and_then(|sender| sender.messages.get_mut(number))
            .filter(|message| !message.acknowledged);
        let Some(message) = message else {
            return (None, false);
        };
        message.acknowledged = true;
        let sent = message.sent;
        (
            Some(sent),
            self.by_acknowledgement && self.close(sender, number),
        )
    }

    fn close(&mut self, sender: usize, number: usize) -> bool {
        let sender = &mut self.senders[sender];
        if std::mem::replace(&mut sender.messages[number].closed, true) {
            return false;
        }
        sender.under_way -= 1;
        while sender
            .messages
            .get(sender.oldest)
            .is_some_and(|message| message.closed)
        {
            sender.oldest += 1;
        }
        true
    }

    /// Waits no longer for messages from before `since`; what is still missing of them may come yet. Answers whose.
    pub(crate) fn give_up(&mut self, since: u64) -> Vec<usize> {
        let mut whose = Vec::new();
        for sender in 0..self.senders.len() {
            let Sender {
                messages, oldest, ..
            } = &self.senders[sender];
            let old = (*oldest..messages.len())
                .take_while(|number| messages[*number].sent < since)
                .filter(|number| !messages[*number].closed);
            for number in old.collect::<Vec<_>>() {
                self.close(sender, number);
                self.given_up += 1;
                whose.push(sender);
            }
        }
        whose
    }

    /// How many messages were given up because they took too long.
    pub(crate) fn given_up(&self) -> u64 {
        self.given_up
    }

    /// True where every member has every message, and every acknowledgement that is waited for has come.
    pub(crate) fn is_complete(&self) -> bool {
        let messages = || self.senders.iter().flat_map(|sender| &sender.messages);
        messages().all(|message| message.missing == 0)
            && (!self.by_acknowledgement || messages().all(|message| message.acknowledged))
    }

    /// How many acknowledgements have not come.
    pub(crate) fn unacknowledged(&self) -> usize {
        let messages = self.senders.iter().flat_map(|sender| &sender.messages);
        messages.filter(|message| !message.acknowledged).count()
    }

    /// The balance.
    pub(crate) fn wrong(&self) -> Wrong {
        let messages = self.senders.iter().flat_map(|sender| &sender.messages);
        let lost: usize = messages.map(|message| message.missing).sum();
        Wrong {
            lost: lost as u64,
            duplicated: self.duplicated,
            reordered: self.reordered,
        }
    }
}

impl Member {
    fn take(&mut self, place: usize) -> Arrival {
        if place >= self.next {
            // Whoever skips something has not broken the order yet: it may never come, and then it is lost.
            self.gaps.extend(self.next..place);
            self.next = place + 1;
            return Arrival::InOrder;
        }
        match self.gaps.binary_search(&place) {
            Ok(gap) => {
                self.gaps.remove(gap);
                Arrival::OutOfOrder
            }
            Err(_) => Arrival::Again,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arrival::{Again, Foreign, InOrder, OutOfOrder};
    use super::*;

    fn room_of_three() -> Ledger {
        let seating = Seating {
            rooms: vec![vec![0, 1, 2]],
            senders: vec![(0, 0), (1, 0)],
        };
        Ledger::new(&seating, false)
    }

    /// Client 1 is in both rooms, and sends in the second.
    fn two_rooms(by_acknowledgement: bool) -> Ledger {
        let seating = Seating {
            rooms: vec![vec![0, 1], vec![1, 2]],
            senders: vec![(0, 0), (1, 1)],
        };
        Ledger::new(&seating, by_acknowledgement)
    }

    #[test]
    fn a_message_is_done_when_everybody_has_it() {
        let mut books = room_of_three();
        let first = books.send(0, 1);
        assert_eq!(books.under_way(0), 1);
        assert_eq!(books.deliver(0, 0, first), (InOrder, false));
        assert_eq!(books.deliver(1, 0, first), (InOrder, false));
        assert!(!books.is_complete());
        assert_eq!(books.deliver(2, 0, first), (InOrder, true));
        assert_eq!(books.under_way(0), 0);
        assert!(books.is_complete());
        assert_eq!(books.wrong(), Wrong::default());
    }

    #[test]
    fn who_sees_two_senders_in_another_order_than_the_first_viewer_is_noticed() {
        let mut books = room_of_three();
        let (one, two) = (books.send(0, 1), books.send(1, 1));
        for (sender, number) in [(0, one), (1, two)] {
            assert_eq!(books.deliver(0, sender, number).0, InOrder);
        }
        assert_eq!(
            books.deliver(1, 1, two).0,
            InOrder,
            "it skipped one: not yet wrong"
        );
        assert_eq!(books.deliver(1, 0, one).0, OutOfOrder);
        assert_eq!(books.deliver(2, 0, one).0, InOrder);
        assert_eq!(books.deliver(2, 1, two), (InOrder, true));
        let wrong = Wrong {
            reordered: 1,
            ..Wrong::default()
        };
        assert_eq!(books.wrong(), wrong);
    }

    #[test]
    fn what_comes_twice_counts_once() {
        let mut books = room_of_three();
        let first = books.send(0, 1);
        assert_eq!(books.deliver(0, 0, first).0, InOrder);
        assert_eq!(books.deliver(0, 0, first).0, Again);
        let wrong = Wrong {
            lost: 2,
            duplicated: 1,
            reordered: 0,
        };
        assert_eq!(books.wrong(), wrong, "two members have nothing yet");
    }

    #[test]
    fn what_never_comes_is_lost_and_what_comes_late_is_not() {
        let mut books = room_of_three();
        let (one, two) = (books.send(0, 1), books.send(0, 5));
        for member in 0..2 {
            books.deliver(member, 0, one);
        }
        for member in 0..3 {
            books.deliver(member, 0, two);
        }
        assert_eq!(books.wrong().lost, 1);
        assert_eq!(books.give_up(3), [0]);
        assert_eq!((books.given_up(), books.under_way(0)), (1, 0));
        assert_eq!(books.deliver(2, 0, one), (OutOfOrder, false));
        let wrong = Wrong {
            reordered: 1,
            ..Wrong::default()
        };
        assert_eq!(books.wrong(), wrong);
    }

    #[test]
    fn a_message_that_nobody_sees_is_lost_to_all() {
        let mut books = room_of_three();
        books.send(1, 1);
        assert_eq!(books.wrong().lost, 3);
    }

    #[test]
    fn what_was_never_sent_or_belongs_to_another_room_is_foreign() {
        let mut books = two_rooms(false);
        let (first, second) = (books.send(0, 1), books.send(1, 1));
        assert_eq!(books.deliver(2, 0, first).0, Foreign, "the other room");
        assert_eq!(books.deliver(0, 0, first + 1).0, Foreign);
        assert_eq!(books.deliver(0, 2, first).0, Foreign, "no sender");
        assert_eq!(books.deliver(3, 0, first).0, Foreign, "no client");
        for (client, sender, number) in
            [(1, 1, second), (1, 0, first), (0, 0, first), (2, 1, second)]
        {
            assert_eq!(books.deliver(client, sender, number).0, InOrder);
        }
        assert!(books.is_complete(), "rooms have orders of their own");
    }

    #[test]
    fn acknowledgements_count_once_and_say_how_long_it_took() {
        let mut books = two_rooms(true);
        let said = books.send(1, 40);
        for client in [1, 2] {
            assert_eq!(books.deliver(client, 1, said), (InOrder, false));
        }
        assert!(!books.is_complete());
        assert_eq!(books.unacknowledged(), 1);
        assert_eq!(books.acknowledge(1, said), (Some(40), true));
        assert_eq!(books.acknowledge(1, said), (None, false));
        assert_eq!(books.acknowledge(1, said + 1), (None, false));
        assert!(books.is_complete());
    }
}
