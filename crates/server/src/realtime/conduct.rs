//! How much misuse a connection is forgiven before it is closed.

use parlor_protocol::Code;
use std::time::Duration;
use tokio::time::Instant;

/// This many events that do not exist within [`UNKNOWN_WINDOW`] are too many.
const UNKNOWN: u32 = 20;
const UNKNOWN_WINDOW: Duration = Duration::from_mins(1);
/// This many refusals for haste within [`HASTE_WINDOW`] are too many: with the 20 messages that are let through, ten
/// times what is allowed.
const HASTE: u32 = 180;
const HASTE_WINDOW: Duration = Duration::from_secs(10);

/// What a connection has been refused lately.
#[derive(Debug, Default)]
pub(super) struct Conduct {
    unknown: Count,
    haste: Count,
}

#[derive(Debug, Default)]
struct Count {
    since: Option<Instant>,
    number: u32,
}

impl Conduct {
    /// Notes that an event was refused. False: that was once too often.
    pub(super) fn bear(&mut self, refused: Code, now: Instant) -> bool {
        match refused {
            Code::UnknownEvent => self.unknown.add(now, UNKNOWN_WINDOW) < UNKNOWN,
            Code::RateLimited => self.haste.add(now, HASTE_WINDOW) < HASTE,
            _ => true,
        }
    }
}

impl Count {
    /// One more; how many there are since the window opened.
    fn add(&mut self, now: Instant, window: Duration) -> u32 {
        if self.since.is_none_or(|since| now - since >= window) {
            *self = Self {
                since: Some(now),
                number: 0,
            };
        }
        self.number += 1;
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_unknown_events_in_a_minute_are_too_many() {
        let (mut conduct, start) = (Conduct::default(), Instant::now());
        for _ in 1..20 {
            assert!(conduct.bear(Code::UnknownEvent, start));
        }
        assert!(!conduct.bear(Code::UnknownEvent, start));
    }

    #[test]
    fn a_slow_stream_of_them_is_borne() {
        let (mut conduct, start) = (Conduct::default(), Instant::now());
        for n in 0..200 {
            assert!(conduct.bear(Code::UnknownEvent, start + n * Duration::from_secs(4)));
        }
    }

    #[test]
    fn ten_times_the_allowed_haste_is_too_much_and_honest_mistakes_never_are() {
        let (mut conduct, start) = (Conduct::default(), Instant::now());
        for n in 1..180 {
            assert!(conduct.bear(Code::RateLimited, start), "{n}");
            assert!(conduct.bear(Code::InvalidField, start), "{n}");
        }
        assert!(!conduct.bear(Code::RateLimited, start));
    }
}
