//! The native Socket.IO namespace `/`: signs connections in, subscribes them to their rooms, replays what they missed,
//! runs their events, and delivers what the bus says.
//!
//! - [`admit`]: which pages may connect; [`connect`]: who; [`doorway`]: subscribing while memberships change
//! - [`resume`], [`replay`]: what a client missed, before it goes live; [`join`]: the event `join_room`
//! - [`events`]: running what clients send; [`conduct`]: what is too much of it
//! - [`reception`]: letting connections in, of whatever kind; [`outlet`]: telling them in other ways than the native one
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
mod outlet;
mod reception;
mod replay;
mod resume;
mod session;

pub(crate) use acquaintances::{Acquaintances, Reach};
pub(crate) use admit::may_connect;
pub(crate) use groups::{Plane, session as session_group};
pub(crate) use outlet::{Outlet, sign_out};
pub(crate) use reception::{Proof, Reception};
pub(crate) use session::Session;

use crate::announcements::Announcements;
use crate::app::App;
use crate::dialects::{Dialects, Komunikator};
use crate::friends::Friends;
use crate::kernel::Kernel;
use crate::kernel::bus::Signal;
use crate::kernel::dialect::Dialect;
use crate::kernel::faulty::{self, Weakness};
use crate::kernel::socket::EventTable;
use crate::messages::Messages;
use crate::notifications::Notifications;
use crate::rooms::Rooms;
use delivery::Delivery;
use doorway::Doorway;
use guard::Guard;
use parlor_protocol::events::{Resync, ServerEvent};
use parlor_protocol::problem::SocketError;
use parlor_protocol::{Code, Problem};
use parlor_transport::{
    Config, DisconnectReason, Encoded, Event, Handler, Handshake, NewSocket, Refusal, Socket,
    Transport, Verdict,
};
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// How many connections are asked to come back in each millisecond after a shutdown.
const COMING_BACK_PER_MS: usize = 1;

/// The native namespace.
const NAMESPACE: &str = "/";

/// What is done with the connections of the native namespace.
struct Native {
    kernel: Kernel,
    friends: Arc<Friends>,
    rooms: Arc<Rooms>,
    messages: Arc<Messages>,
    notifications: Arc<Notifications>,
    announcements: Arc<Announcements>,
    table: EventTable,
    doorway: Arc<Doorway>,
    reception: Arc<Reception>,
    komunikator: Option<Arc<Komunikator>>,
    /// The events of `platform` are told to those who want them.
    platform: bool,
}

/// Real-time service.
pub struct Service {
    /// The way in for Socket.IO connections.
    pub transport: Transport,
    /// What serves the clients of older systems.
    pub dialects: Arc<Dialects>,
}

/// Starts real-time service: connections come in by the transport's router and by those of the dialects, and what
/// `delivery` holds goes out to them. At shutdown, [`farewell`] is the transport's last word.
pub fn mount(app: &App, delivery: mpsc::Receiver<Vec<Signal>>) -> Service {
    let kernel = &app.kernel;
    let doorway = Arc::new(Doorway::default());
    let reception = Arc::new(Reception::new(app));
    let mut builder = Transport::builder(settings(kernel));
    let hub = builder.hub(NAMESPACE);
    let dialects = Arc::new(Dialects::new(app, &reception, &mut builder));
    let jobs = &kernel.jobs;
    let (rooms, friends) = (app.rooms.clone(), app.friends.clone());
    let plane = (hub.clone(), Plane::NATIVE);
    let acquaintances = Acquaintances::start(plane, rooms, friends, jobs);
    let (registry, outlets) = (reception.registry.clone(), dialects.outlets());
    let reached = (hub.clone(), outlets.clone());
    let guard = Guard::start(app.accounts.clone(), registry, reached, jobs);
    let out = Delivery {
        hub,
        doorway: doorway.clone(),
        acquaintances,
        guard,
        outlets,
        clock: kernel.clock.clone(),
        admin: app.admin.clone(),
    };
    jobs.spawn(out.run(delivery, jobs.stopping()));
    let mut table = app.events();
    dialects.events(&mut table);
    let native = Native {
        kernel: kernel.clone(),
        friends: app.friends.clone(),
        rooms: app.rooms.clone(),
        messages: app.messages.clone(),
        notifications: app.notifications.clone(),
        announcements: app.announcements.clone(),
        table,
        doorway,
        reception,
        komunikator: dialects.komunikator(),
        platform: kernel.config.speaks(Dialect::Platform),
    };
    let config = kernel.config.clone();
    let builder = builder
        .admit(move |request| {
            let (origin, host) = (request.header("origin"), request.header("host"));
            may_connect(origin, host, &config.allowed_origins)
        })
        .namespace(NAMESPACE, native);
    let transport = dialects.namespaces(builder).build();
    Service {
        transport,
        dialects,
    }
}

/// Shorter messages gain nothing from compression, in bytes.
const WORTH_COMPRESSING: usize = 128;

fn settings(kernel: &Kernel) -> Config {
    let config = &kernel.config;
    let max_connections = config.max_connections_per_address;
    let mut settings = Config {
        compress: config.compression.then_some(WORTH_COMPRESSING),
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
        if self.komunikator_for(&socket.session().actor()).is_none() {
            replay::welcome(socket, &self.kernel.epoch);
            self.catch_up(socket).await;
        }
    }

    async fn event(&self, socket: &Socket<Arc<Session>>, event: Event) -> Verdict {
        self.run(socket, event).await
    }

    async fn disconnected(&self, socket: &Socket<Arc<Session>>, _: DisconnectReason) {
        self.reception.part(socket.session());
    }

    fn overflow(&self) -> Option<Encoded> {
        delivery::encode(&ServerEvent::from(Resync {
            rooms: Vec::new(),
            reason: "slow_reader".to_owned(),
        }))
    }
}
