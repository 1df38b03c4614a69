//! The native Socket.IO namespace `/`: signs connections in, subscribes them to their rooms, replays what they missed,
//! runs their events, and delivers what the bus says.
//!
//! - [`admit`]: which pages may connect; [`connect`]: who; [`doorway`]: subscribing while memberships change
//! - [`resume`], [`replay`]: what a client missed, before it goes live; [`join`]: the event `join_room`
//! - [`events`]: running what clients send; [`conduct`]: what is too much of it
//! - [`guard`]: a second look at who is connected
//! - [`delivery`], [`acquaintances`]: the other direction, from the bus to the transport's [`groups`]

mod acquaintances;
mod admit;
mod conduct;
mod connect;
mod delivery;
mod doorway;
mod events;
mod groups;
mod guard;
mod join;
mod replay;
mod resume;
mod session;

use crate::accounts::Accounts;
use crate::app::App;
use crate::friends::Friends;
use crate::kernel::Kernel;
use crate::kernel::bus::Signal;
use crate::kernel::faulty::{self, Weakness};
use crate::kernel::socket::EventTable;
use crate::messages::Messages;
use crate::presence::Presence;
use crate::rooms::Rooms;
use acquaintances::Acquaintances;
use delivery::Delivery;
use doorway::Doorway;
use guard::{Guard, Registry};
use parlor_protocol::events::{Resync, ServerEvent};
use parlor_protocol::problem::SocketError;
use parlor_protocol::{Code, Problem};
use parlor_transport::{
    Config, DisconnectReason, Encoded, Event, Handler, Handshake, NewSocket, Refusal, Socket,
    Transport, Verdict,
};
use serde_json::value::RawValue;
use session::Session;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// How many connections are asked to come back in each millisecond after a shutdown.
const COMING_BACK_PER_MS: usize = 1;

/// The native namespace.
const NAMESPACE: &str = "/";

/// What is done with the connections of the native namespace.
struct Native {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    friends: Arc<Friends>,
    rooms: Arc<Rooms>,
    messages: Arc<Messages>,
    presence: Arc<Presence>,
    table: EventTable,
    doorway: Arc<Doorway>,
    registry: Arc<Registry>,
    connections: AtomicU64,
}

/// Starts real-time service: connections come in by the transport's router, and what `delivery` holds goes out to them.
/// At shutdown, [`farewell`] is the transport's last word.
pub fn mount(app: &App, delivery: mpsc::Receiver<Vec<Signal>>) -> Transport {
    let kernel = &app.kernel;
    let doorway = Arc::new(Doorway::default());
    let registry = Arc::new(Registry::default());
    let native = Native {
        kernel: kernel.clone(),
        accounts: app.accounts.clone(),
        friends: app.friends.clone(),
        rooms: app.rooms.clone(),
        messages: app.messages.clone(),
        presence: app.presence.clone(),
        table: app.events(),
        doorway: doorway.clone(),
        registry: registry.clone(),
        connections: AtomicU64::new(1),
    };
    let mut builder = Transport::builder(settings(kernel));
    let hub = builder.hub(NAMESPACE);
    let acquaintances = Acquaintances::start(
        hub.clone(),
        app.rooms.clone(),
        app.friends.clone(),
        &kernel.jobs,
    );
    let guard = Guard::start(app.accounts.clone(), registry, hub.clone(), &kernel.jobs);
    let out = Delivery {
        hub,
        doorway,
        acquaintances,
        guard,
    };
    kernel.jobs.spawn(out.run(delivery, kernel.jobs.stopping()));
    let config = kernel.config.clone();
    builder
        .admit(move |request| {
            let (origin, host) = (request.header("origin"), request.header("host"));
            admit::may_connect(origin, host, &config.allowed_origins)
        })
        .namespace(NAMESPACE, native)
        .build()
}

fn settings(kernel: &Kernel) -> Config {
    let config = &kernel.config;
    let max_connections = config.max_connections_per_address;
    let mut settings = Config {
        max_connections_per_address: config.limits_apply().then_some(max_connections),
        ..Config::default()
    };
    if faulty::has(Weakness::Boundless) {
        settings.outbox_events = usize::MAX;
        settings.outbox_bytes = usize::MAX;
        settings.max_payload = 1 << 30;
    }
    if faulty::has(Weakness::Trusting) {
        settings.ping_timeout = Duration::from_hours(1);
    }
    settings
}

/// What the `number`th connection is told when the server goes down: to reconnect, here or elsewhere, when its turn has
/// come, so that not all of them come back at the same moment.
#[must_use]
pub fn farewell(number: usize) -> Option<Encoded> {
    let turn = if faulty::has(Weakness::OneMoment) {
        0
    } else {
        number / COMING_BACK_PER_MS
    };
    let millis = u64::try_from(turn).unwrap_or(u64::MAX);
    let problem = Problem::new(Code::ShuttingDown).retry_after_ms(millis);
    Encoded::event(NAMESPACE, "error", &SocketError::from(problem)).ok()
}

impl Native {
    fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }
}

impl Handler for Native {
    type Session = Arc<Session>;

    async fn connect(
        &self,
        socket: &NewSocket,
        request: &Handshake,
        auth: Option<Box<RawValue>>,
    ) -> Result<Arc<Session>, Refusal> {
        self.let_in(socket, request, auth)
            .await
            .map_err(connect::refusal)
    }

    async fn connected(&self, socket: &Socket<Arc<Session>>) {
        replay::welcome(socket, &self.kernel.epoch);
        self.catch_up(socket).await;
    }

    async fn event(&self, socket: &Socket<Arc<Session>>, event: Event) -> Verdict {
        self.run(socket, event).await
    }

    async fn disconnected(&self, socket: &Socket<Arc<Session>>, _: DisconnectReason) {
        let session = socket.session();
        self.registry.remove(session);
        self.presence
            .depart(session.actor().user_id, session.connection());
    }

    fn overflow(&self) -> Option<Encoded> {
        delivery::encode(&ServerEvent::from(Resync {
            rooms: Vec::new(),
            reason: "slow_reader".to_owned(),
        }))
    }
}
