//! When something is due on a connection: pings, and the ends of patience.

/// A moment, counted in ticks of the [wheel](crate::wheel).
pub(crate) type Tick = u32;

const NEVER: Tick = Tick::MAX;

/// How many ticks things may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) ping_interval: Tick,
    pub(crate) ping_timeout: Tick,
    pub(crate) connect: Tick,
    pub(crate) completion: Tick,
    pub(crate) leaving: Tick,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Nothing,
    /// A ping must be sent.
    Ping,
    /// The client answered no ping.
    Silent,
    /// The client connected to no namespace, or did not complete a message.
    Late,
    /// The closing handshake has taken long enough.
    Closed,
}

/// The deadlines of one connection.
#[derive(Debug)]
pub(crate) struct Deadlines {
    ping: Tick,
    pong: Tick,
    connect: Tick,
    message: Tick,
    close: Tick,
}

impl Deadlines {
    /// Those of a connection that opens now.
    pub(crate) fn new(now: Tick, rules: &Rules) -> Self {
        Self {
            ping: now + rules.ping_interval,
            pong: NEVER,
            connect: now + rules.connect,
            message: NEVER,
            close: NEVER,
        }
    }

    /// When [`Deadlines::check`] is next to be called.
    pub(crate) fn next(&self) -> Tick {
        match self.close {
            NEVER => self.ping.min(self.pong).min(self.connect).min(self.message),
            close => close,
        }
    }

    /// What is due now. `heard`: something came from the client since the last check.
    pub(crate) fn check(&mut self, now: Tick, heard: bool, rules: &Rules) -> Due {
        if self.close != NEVER {
            return if now >= self.close {
                Due::Closed
            } else {
                Due::Nothing
            };
        }
        if heard {
            self.pong = NEVER;
        }
        if now >= self.pong {
            return Due::Silent;
        }
        if now >= self.connect || now >= self.message {
            return Due::Late;
        }
        if now < self.ping {
            return Due::Nothing;
        }
        self.ping = now + rules.ping_interval;
        self.pong = self.pong.min(now + rules.ping_timeout);
        Due::Ping
    }

    /// The client is connected to a namespace (or no longer to any).
    pub(crate) fn connected(&mut self, connected: bool, now: Tick, rules: &Rules) {
        self.connect = if connected {
            NEVER
        } else {
            now + rules.connect
        };
    }

    /// A message has begun (or ended). One that has begun already gets no new deadline.
    pub(crate) fn amid_message(&mut self, amid: bool, now: Tick, rules: &Rules) {
        self.message = if amid {
            self.message.min(now + rules.completion)
        } else {
            NEVER
        };
    }

    /// The connection is being closed; nothing else matters any more.
    pub(crate) fn closing(&mut self, now: Tick, rules: &Rules) {
        self.close = self.close.min(now + rules.completion);
    }

    /// The same where nothing is accepted any more, so that a client that does not ask soon hardly can.
    pub(crate) fn leaving(&mut self, now: Tick, rules: &Rules) {
        self.close = self.close.min(now + rules.leaving);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules {
        ping_interval: 50,
        ping_timeout: 40,
        connect: 20,
        completion: 10,
        leaving: 2,
    };

    fn connected() -> Deadlines {
        let mut deadlines = Deadlines::new(0, &RULES);
        deadlines.connected(true, 1, &RULES);
        deadlines
    }

    #[test]
    fn a_client_that_answers_is_pinged_for_ever() {
        let mut deadlines = connected();
        for round in 1..100 {
            let now = deadlines.next();
            assert_eq!(now, round * 50);
            assert_eq!(deadlines.check(now, false, &RULES), Due::Ping);
            let asked = deadlines.next();
            assert_eq!(deadlines.check(asked, true, &RULES), Due::Nothing);
        }
    }

    #[test]
    fn a_silent_client_is_found_out_after_interval_and_timeout() {
        let mut deadlines = connected();
        assert_eq!(deadlines.check(50, true, &RULES), Due::Ping);
        assert_eq!(deadlines.check(89, false, &RULES), Due::Nothing);
        assert_eq!(deadlines.next(), 90);
        assert_eq!(deadlines.check(90, false, &RULES), Due::Silent);
    }

    #[test]
    fn a_timeout_longer_than_the_interval_is_not_put_off_by_the_next_ping() {
        let rules = Rules {
            ping_interval: 10,
            ping_timeout: 35,
            ..RULES
        };
        let mut deadlines = Deadlines::new(0, &rules);
        deadlines.connected(true, 0, &rules);
        for now in [10, 20, 30, 40] {
            assert_eq!(deadlines.check(now, false, &rules), Due::Ping);
        }
        assert_eq!(deadlines.check(45, false, &rules), Due::Silent);
    }

    #[test]
    fn a_client_that_joins_no_namespace_is_late() {
        let mut deadlines = Deadlines::new(5, &RULES);
        assert_eq!(deadlines.next(), 25);
        assert_eq!(deadlines.check(25, true, &RULES), Due::Late);
        let mut left = connected();
        left.connected(false, 30, &RULES);
        assert_eq!(left.check(50, true, &RULES), Due::Late);
    }

    #[test]
    fn a_message_that_is_never_completed_is_late_however_much_of_it_comes() {
        let mut deadlines = connected();
        deadlines.amid_message(true, 3, &RULES);
        deadlines.amid_message(true, 9, &RULES);
        assert_eq!(deadlines.check(13, true, &RULES), Due::Late);
        deadlines.amid_message(false, 13, &RULES);
        assert_eq!(deadlines.check(13, true, &RULES), Due::Nothing);
    }

    #[test]
    fn once_closing_only_the_end_of_that_is_due() {
        let mut deadlines = connected();
        deadlines.closing(45, &RULES);
        deadlines.closing(54, &RULES);
        assert_eq!(deadlines.check(50, false, &RULES), Due::Nothing);
        assert_eq!(deadlines.next(), 55);
        assert_eq!(deadlines.check(55, true, &RULES), Due::Closed);
    }
}
