//! Accepts connections, as many of an address as it may have.

use super::connection::{self, Refusal};
use super::front::{Front, Peer};
use crate::kernel::faulty::{self, Weakness};
use crate::kernel::jobs::Jobs;
use crate::kernel::limits::address_key;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The pause after the first failure to accept; doubled with each further one, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// Connections wait this long at most once there is room for them again.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// How long a client may take to agree on encryption.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The first byte of whoever encrypts (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 22;
/// How often the log says that connections cannot be accepted.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// What accepts.
pub(super) struct Listener {
    front: Arc<Front>,
    tls: Option<TlsAcceptor>,
    open: OpenConnections,
    jobs: Jobs,
}

impl Listener {
    /// Hands requests to `front`, on tasks of `jobs`, over at most `most` connections of an address, encrypted by `tls`.
    pub(super) fn new(
        front: Arc<Front>,
        tls: Option<TlsAcceptor>,
        most: Option<usize>,
        jobs: Jobs,
    ) -> Self {
        let open = OpenConnections {
            most: most.unwrap_or(usize::MAX),
            counts: Arc::default(),
        };
        Self {
            front,
            tls,
            open,
            jobs,
        }
    }

    /// Accepts until told to stop.
    pub(super) async fn run(self, listener: TcpListener) {
        let stop = self.jobs.stopping();
        let mut trouble = Trouble::default();
        while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
            match accepted {
                Ok((stream, address)) => {
                    trouble.is_over();
                    self.serve(stream, address);
                }
                // These concern one connection that has gone already.
                Err(error) if is_of_one_connection(error.kind()) => {}
                Err(error) => {
                    let pause = trouble.grows(&error);
                    if !faulty::has(Weakness::RestlessAccept) {
                        let _ = stop.run_until_cancelled(tokio::time::sleep(pause)).await;
                    }
                }
            }
        }
    }

    fn serve(&self, stream: TcpStream, address: SocketAddr) {
        // Small packets matter more here than full ones. A socket that refuses is gone already.
        let _ = stream.set_nodelay(true);
        let Some(place) = self.open.enter(address.ip()) else {
            self.jobs
                .spawn(connection::refuse(stream, Refusal::TooMany));
            return;
        };
        let (front, tls, stop) = (self.front.clone(), self.tls.clone(), self.jobs.stopping());
        let over_tls = tls.is_some();
        let peer = Peer { address, over_tls };
        self.jobs.spawn(async move {
            let _place = place;
            let Some(tls) = tls else {
                return connection::serve(stream, peer, front, stop).await;
            };
            if let Some(Some(stream)) = stop.run_until_cancelled(encrypt(stream, tls)).await {
                connection::serve(stream, peer, front, stop).await;
            }
        });
    }
}

/// `None`: the client did not manage in time, or does not encrypt.
async fn encrypt(stream: TcpStream, tls: TlsAcceptor) -> Option<TlsStream<TcpStream>> {
    let mut first = [0];
    let speaks = timeout(HANDSHAKE, stream.peek(&mut first)).await;
    if !matches!(speaks, Ok(Ok(1))) {
        return None;
    }
    if first != [TLS_HANDSHAKE] {
        connection::refuse(stream, Refusal::Plain).await;
        return None;
    }
    match timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a client could not encrypt");
            None
        }
        Err(_) => None,
    }
}

fn is_of_one_connection(kind: ErrorKind) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        kind,
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Failures to accept one after another, as when there are no file descriptors left.
#[derive(Default)]
struct Trouble {
    pause: Duration,
    logged: Option<Instant>,
}

impl Trouble {
    fn is_over(&mut self) {
        self.pause = Duration::ZERO;
    }

    /// How long to wait before accepting again.
    fn grows(&mut self, error: &std::io::Error) -> Duration {
        if self.logged.is_none_or(|at| at.elapsed() >= LOG_EVERY) {
            tracing::error!(%error, "cannot accept connections");
            self.logged = Some(Instant::now());
        }
        metrics::counter!("parlor_accept_errors_total").increment(1);
        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        self.pause
    }
}

/// Open connections by address.
#[derive(Clone)]
struct OpenConnections {
    most: usize,
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A connection's place among those of its address, given back when dropped.
struct Place {
    open: OpenConnections,
    key: IpAddr,
}

impl OpenConnections {
    fn enter(&self, address: IpAddr) -> Option<Place> {
        let key = address_key(address);
        let mut counts = self.counts();
        let count = counts.entry(key).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        drop(counts);
        Some(Place {
            open: self.clone(),
            key,
        })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.open.counts();
        let count = counts.entry(self.key).or_default();
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let open = OpenConnections {
            most: 2,
            counts: Arc::default(),
        };
        let enter = |address: &str| open.enter(address.parse().unwrap());
        let (first, _second) = (enter("2001:db8::1").unwrap(), enter("2001:db8::2").unwrap());
        assert!(enter("2001:db8::3").is_none());
        assert!(enter("2001:db8:0:1::1").is_some());
        drop(first);
        assert!(enter("2001:db8::3").is_some());
        assert_eq!(open.counts().len(), 1);
    }

    #[test]
    fn trouble_slows_the_loop_down_and_is_forgotten() {
        let mut trouble = Trouble::default();
        let error = std::io::Error::other("no file descriptors");
        let pauses: Vec<_> = (0..7).map(|_| trouble.grows(&error).as_millis()).collect();
        assert_eq!(pauses, [20, 40, 80, 160, 320, 500, 500]);
        trouble.is_over();
        assert_eq!(trouble.grows(&error), FIRST_PAUSE);
    }
}
