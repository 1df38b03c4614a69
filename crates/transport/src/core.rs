//! What all connections of a transport share.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::Notify;

use crate::conn::Conn;
use crate::cork::Corks;
use crate::proto::session::Namespace;
use crate::sid::Sid;
use crate::spawn::Spawner;
use crate::stats::Counters;
use crate::wheel::Wheel;
use crate::{Config, Encoded, SocketId};

/// Locks; a panic elsewhere does not make the data unusable.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What all connections of a transport share.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) spawner: Spawner,
    pub(crate) wheel: Wheel,
    pub(crate) counters: Counters,
    /// Connections that poll, by the secret they name in each request.
    pub(crate) polling: Mutex<HashMap<Sid, Arc<Conn>>>,
    /// What is sent in place of dropped events, by namespace.
    pub(crate) overflow: OnceLock<Box<[Option<Encoded>]>>,
    /// Told when a connection has ended.
    pub(crate) ended: Notify,
    pub(crate) shutting_down: AtomicBool,
    /// Numbers broadcasts in the order of their calls.
    stamps: AtomicU64,
    /// How many groups have events that some members may not have yet.
    pub(crate) gathering: AtomicUsize,
    pub(crate) corks: Corks,
    sockets: AtomicU64,
    names: RandomState,
    addresses: Mutex<HashMap<IpAddr, usize>>,
}

impl Core {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            spawner: Spawner::default(),
            wheel: Wheel::new(&config),
            counters: Counters::default(),
            polling: Mutex::default(),
            overflow: OnceLock::new(),
            ended: Notify::new(),
            shutting_down: AtomicBool::new(false),
            stamps: AtomicU64::new(0),
            gathering: AtomicUsize::new(0),
            corks: Corks::default(),
            sockets: AtomicU64::new(0),
            names: RandomState::new(),
            addresses: Mutex::default(),
            config,
        }
    }

    /// The number of the next broadcast.
    pub(crate) fn next_stamp(&self) -> u64 {
        self.stamps.fetch_add(1, Ordering::AcqRel)
    }

    /// Greater than the numbers of all broadcasts so far.
    pub(crate) fn stamps(&self) -> u64 {
        self.stamps.load(Ordering::Acquire)
    }

    pub(crate) fn next_socket(&self) -> SocketId {
        SocketId(self.sockets.fetch_add(1, Ordering::Relaxed))
    }

    /// The name under which clients know a socket: unique also among the nodes of a cluster.
    pub(crate) fn socket_name(&self, socket: SocketId) -> String {
        let mut name = self.names.hash_one(socket).to_be_bytes().to_vec();
        name.extend(socket.0.to_be_bytes());
        URL_SAFE_NO_PAD.encode(name)
    }

    pub(crate) fn overflow(&self, namespace: Namespace) -> Option<Encoded> {
        self.overflow.get()?.get(usize::from(namespace))?.clone()
    }

    /// A place for one more connection from an address. `None`: there are enough.
    pub(crate) fn place(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = neighbourhood(address);
        if let Some(limit) = self.config.max_connections_per_address {
            let mut addresses = lock(&self.addresses);
            let count = addresses.entry(address).or_default();
            if *count >= limit {
                return None;
            }
            *count += 1;
        }
        Some(Place {
            core: self.clone(),
            address,
        })
    }
}

/// What counts as one address: an IPv6 /64, which commonly belongs to one subscriber.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// One connection's place among those of its address. Dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Place {
    core: Arc<Core>,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.core.config.max_connections_per_address.is_none() {
            return;
        }
        let mut addresses = lock(&self.core.addresses);
        if let Some(count) = addresses.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                addresses.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(limit: usize) -> Arc<Core> {
        let max_connections_per_address = Some(limit);
        Arc::new(Core::new(Config {
            max_connections_per_address,
            ..Config::default()
        }))
    }

    #[test]
    fn an_address_has_so_many_places_and_no_more() {
        let core = core(2);
        let here: IpAddr = [192, 0, 2, 1].into();
        let first = core.place(here).unwrap();
        let _second = core.place("::ffff:192.0.2.1".parse().unwrap()).unwrap();
        assert!(core.place(here).is_none());
        assert!(core.place([192, 0, 2, 2].into()).is_some());
        drop(first);
        let again = core.place(here);
        assert!(again.is_some());
    }

    #[test]
    fn an_ipv6_subscriber_is_one_address() {
        let core = core(1);
        let _place = core.place("2001:db8:1:2::1".parse().unwrap()).unwrap();
        assert!(
            core.place("2001:db8:1:2:ffff::9".parse().unwrap())
                .is_none()
        );
        assert!(core.place("2001:db8:1:3::1".parse().unwrap()).is_some());
    }

    #[test]
    fn addresses_without_connections_are_forgotten() {
        let core = core(1);
        drop(core.place([192, 0, 2, 1].into()));
        assert!(lock(&core.addresses).is_empty());
    }
}
