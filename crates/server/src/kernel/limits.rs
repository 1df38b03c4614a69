//! How often somebody may do what is costly: a token bucket per kind of action and per person or address.

use super::jobs::Jobs;
use governor::clock::{Clock as _, MonotonicClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use parlor_protocol::{Code, Problem};
use std::fmt::Display;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// How often buckets that are full again are forgotten, so that memory holds only those who were busy lately.
const SWEEP: Duration = Duration::from_secs(30);

/// Declares [`Limit`]: how many at once, and the time in which as many more are granted.
macro_rules! limits {
    ($($(#[doc = $doc:literal])* $name:ident = $count:literal / $seconds:expr;)*) => {
        /// A kind of action that is limited. The comment says whose actions are counted together.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Limit {
            $($(#[doc = $doc])* $name,)*
        }

        impl Limit {
            /// All limits, in the order of the enum.
            pub const ALL: &[Limit] = &[$(Limit::$name,)*];

            /// How many at once, and the time in which as many more are granted.
            #[must_use]
            pub fn allowance(self) -> (u32, Duration) {
                match self { $(Limit::$name => ($count, Duration::from_secs($seconds)),)* }
            }
        }
    };
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

limits! {
    /// Signing in: per account and address.
    Login = 10 / 15 * MINUTE;
    /// Signing in: per address.
    LoginAddress = 100 / HOUR;
    /// Showing a second factor: per account.
    Factor = 10 / 15 * MINUTE;
    /// The same, over a day.
    FactorDay = 50 / DAY;
    /// Going out to sign in by others, and coming back new: per address.
    Provider = 60 / 15 * MINUTE;
    /// Signing up: per address.
    Register = 5 / HOUR;
    /// Visiting as a guest: per address.
    Guest = 20 / HOUR;
    /// Exchanging a refresh token: per address.
    Refresh = 120 / MINUTE;
    /// Trying a setup code: per address.
    Setup = 10 / 15 * MINUTE;
    /// Sending messages: per person.
    Send = 20 / 10;
    /// Editing, deleting, restoring, pinning, reacting: per person.
    Edit = 60 / MINUTE;
    /// Reading what may be long: history, what was missed, receipts, pins, members, rooms, who is here: per person.
    Read = 300 / MINUTE;
    /// Saying how far one has read: per person.
    Mark = 300 / MINUTE;
    /// Taking the whole history of a room along: per person.
    Export = 30 / HOUR;
    /// Joining and leaving rooms: per person.
    Join = 30 / MINUTE;
    /// Trying access keys: per person.
    AccessKey = 20 / 10 * MINUTE;
    /// Making rooms: per person.
    CreateRoom = 30 / HOUR;
    /// Asking people to be friends: per person.
    FriendRequest = 30 / HOUR;
    /// Changing rooms, their members' standing, friends, one's own profile: per person.
    Change = 60 / MINUTE;
    /// Having one's archive written: per person.
    Archive = 5 / DAY;
    /// Searching: per person.
    Search = 30 / MINUTE;
    /// Being written down for what was refused: per person.
    Note = 5 / MINUTE;
    /// Trying the codes of links for a new password: per address.
    Reset = 10 / 15 * MINUTE;
    /// Saying that one types: per person and room.
    Typing = 5 / 10;
}

type Buckets = RateLimiter<String, DashMapStateStore<String>, MonotonicClock>;

/// All buckets of a process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Limits(Option<Arc<[Buckets]>>);

impl Limits {
    /// Limits that hold, and are swept by a job; or, where `apply` is false, none.
    #[must_use]
    pub fn new(apply: bool, jobs: &Jobs) -> Self {
        if !apply {
            return Self(None);
        }
        let buckets: Arc<[Buckets]> = Limit::ALL.iter().map(|limit| bucket(*limit)).collect();
        let swept = buckets.clone();
        jobs.every(SWEEP, move || {
            for buckets in swept.iter() {
                buckets.retain_recent();
                buckets.shrink_to_fit();
            }
            std::future::ready(())
        });
        Self(Some(buckets))
    }

    /// Takes a token of whoever `key` names; where there is none left, says when there will be.
    pub fn check(&self, limit: Limit, key: impl Display) -> Result<(), Problem> {
        let Some(buckets) = self.0.as_ref().and_then(|all| all.get(limit as usize)) else {
            return Ok(());
        };
        buckets.check_key(&key.to_string()).map_err(|refused| {
            let wait = refused.wait_time_from(MonotonicClock.now());
            let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            Problem::new(Code::RateLimited).retry_after_ms(millis.max(1))
        })
    }
}

fn bucket(limit: Limit) -> Buckets {
    let (count, time) = limit.allowance();
    let count = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    let each = time / count.get();
    let quota = Quota::with_period(each).unwrap_or(Quota::per_second(count));
    RateLimiter::dashmap_with_clock(quota.allow_burst(count), MonotonicClock)
}

/// What stands for an address in a key: an IPv6 client has a whole /64 to choose from, so that counts as one.
#[must_use]
pub fn address_key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_key_has_a_burst_and_then_waits() {
        let limits = Limits::new(true, &Jobs::default());
        for _ in 0..20 {
            limits.check(Limit::Send, 1).unwrap();
        }
        let problem = limits.check(Limit::Send, 1).unwrap_err();
        assert_eq!(problem.code, Code::RateLimited);
        let wait = problem.retry_after_ms.unwrap();
        assert!((1..=500).contains(&wait), "{wait}");
        limits.check(Limit::Send, 2).unwrap();
        limits.check(Limit::Join, 1).unwrap();
    }

    #[tokio::test]
    async fn where_limits_do_not_apply_nothing_is_counted() {
        let limits = Limits::new(false, &Jobs::default());
        for _ in 0..1000 {
            limits.check(Limit::Register, "127.0.0.1").unwrap();
        }
    }

    #[test]
    fn neighbours_in_ipv6_count_as_one() {
        let key = |text: &str| address_key(text.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
