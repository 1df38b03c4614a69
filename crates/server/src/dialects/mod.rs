//! Dialects: clients of older systems work unchanged. Each folder translates one system's paths, events and errors
//! onto the actions of the capabilities: it decodes, calls, encodes, and has no rule and no query of its own. Who acts
//! comes from the token always; a payload that names somebody else is refused.
//!
//! - [`must`]: meeting rooms; [`awesome`]: communities; [`platform`]: four events; [`komunikator`]: rooms with keys.
//!   The fifth system, `chatroom`, is the native interface itself
//! - [`shared`]: paths that two systems have, told apart by the token
//! - [`fields`], [`form`], [`input`]: reading what clients send; [`refused`]: saying no over HTTP
//! - [`entry`]: signing in, [`by_others`] too; [`lists`]: long lists in one piece; [`later`]: what is not offered yet
//! - [`floor`]: hearing a room by an event; [`frames`]: hearing it by a plain WebSocket

mod awesome;
mod by_others;
mod entry;
mod fields;
mod floor;
mod form;
mod frames;
mod input;
pub(crate) mod komunikator;
mod later;
mod lists;
mod must;
pub(crate) mod platform;
mod refused;
mod shared;

pub(crate) use komunikator::Komunikator;

use crate::accounts::Accounts;
use crate::app::App;
use crate::communities::Communities;
use crate::friends::Friends;
use crate::kernel::Kernel;
use crate::kernel::dialect::Dialect;
use crate::kernel::socket::EventTable;
use crate::messages::Messages;
use crate::presence::Presence;
use crate::realtime::{Acquaintances, Outlet, Plane, Reception};
use crate::rooms::Rooms;
use awesome::Awesome;
use axum::Router;
use must::Must;
use parlor_protocol::Problem;
use parlor_transport::{Builder, Encoded, Hub};
use platform::Platform;
use serde::Serialize;
use std::sync::Arc;

/// What the dialects translate onto.
pub(crate) struct Actions {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    friends: Arc<Friends>,
    rooms: Arc<Rooms>,
    communities: Arc<Communities>,
    messages: Arc<Messages>,
    presence: Arc<Presence>,
    reception: Arc<Reception>,
}

impl Actions {
    /// Who is told that somebody comes and goes, among the connections of a plane.
    fn acquaintances(&self, hub: Hub, plane: Plane) -> Acquaintances {
        let (rooms, friends) = (self.rooms.clone(), self.friends.clone());
        Acquaintances::start((hub, plane), rooms, friends, &self.kernel.jobs)
    }
}

/// The dialects that the settings name.
pub struct Dialects {
    must: Option<Arc<Must>>,
    awesome: Option<Arc<Awesome>>,
    platform: Option<Arc<Platform>>,
    komunikator: Option<Arc<Komunikator>>,
}

impl Dialects {
    /// Over the capabilities; `builder` makes the namespaces in which some of them speak.
    pub(crate) fn new(app: &App, reception: &Arc<Reception>, builder: &mut Builder) -> Self {
        let actions = Arc::new(Actions {
            kernel: app.kernel.clone(),
            accounts: app.accounts.clone(),
            friends: app.friends.clone(),
            rooms: app.rooms.clone(),
            communities: app.communities.clone(),
            messages: app.messages.clone(),
            presence: app.presence.clone(),
            reception: reception.clone(),
        });
        let on = |dialect| app.kernel.config.speaks(dialect).then(|| actions.clone());
        let native = builder.hub("/");
        Self {
            must: on(Dialect::Must).map(|actions| Must::new(actions, builder)),
            awesome: on(Dialect::Awesome).map(Awesome::new),
            platform: on(Dialect::Platform).map(|actions| Platform::new(actions, native.clone())),
            komunikator: on(Dialect::Komunikator).map(|actions| Komunikator::new(actions, native)),
        }
    }

    /// Those who tell what is delivered in their own way.
    pub(crate) fn outlets(&self) -> Arc<[Arc<dyn Outlet>]> {
        let must = self.must.clone().map(|it| it as Arc<dyn Outlet>);
        let awesome = self.awesome.clone().map(|it| it as Arc<dyn Outlet>);
        let platform = self.platform.clone().map(|it| it as Arc<dyn Outlet>);
        let komunikator = self.komunikator.clone().map(|it| it as Arc<dyn Outlet>);
        let all = [must, awesome, platform, komunikator];
        all.into_iter().flatten().collect()
    }

    /// The events beside the native ones.
    pub(crate) fn events(&self, table: &mut EventTable) {
        if let Some(platform) = &self.platform {
            platform.events(table);
        }
    }

    /// What speaks in the namespace `/` with those who signed in that way.
    pub(crate) fn komunikator(&self) -> Option<Arc<Komunikator>> {
        self.komunikator.clone()
    }

    /// The namespaces beside the native one.
    pub(crate) fn namespaces(&self, builder: Builder) -> Builder {
        match &self.must {
            Some(must) => builder.namespace(must::NAMESPACE, must::Chat(must.clone())),
            None => builder,
        }
    }

    /// The paths of all dialects, from the root.
    pub fn routes(&self) -> Router {
        let must = self.must.clone().map(must::routes);
        let awesome = self.awesome.clone().map(awesome::routes);
        let komunikator = self.komunikator.clone().map(komunikator::routes);
        let routers = [must, awesome, komunikator].into_iter().flatten();
        routers.fold(Router::new(), Router::merge)
    }

    /// The native routes, where paths that another system has too speak to each client in its own way.
    pub fn share(&self, native: Router) -> Router {
        match &self.komunikator {
            Some(komunikator) => shared::layer(native, komunikator.clone()),
            None => native,
        }
    }
}

/// What went wrong, in a sentence, with the fields that are `renamed` from their native names.
fn sentence(problem: &Problem, renamed: &[(&str, &str)]) -> String {
    match problem.errors.first() {
        // What is wrong is the whole of it.
        Some(error) if error.field == "." => error.message.clone(),
        Some(error) => format!("{}: {}", rename(&error.field, renamed), error.message),
        None => problem.detail.as_ref().unwrap_or(&problem.title).clone(),
    }
}

/// The dialect's name of a field.
fn rename<'a>(field: &'a str, renamed: &[(&str, &'a str)]) -> &'a str {
    let found = renamed.iter().find(|(native, _)| *native == field);
    found.map_or(field, |(_, own)| own)
}

/// An event for the wire.
fn event(namespace: &str, name: &str, payload: &impl Serialize) -> Option<Encoded> {
    Encoded::event(namespace, name, payload)
        .inspect_err(|error| tracing::error!(%error, name, "could not be encoded"))
        .ok()
}
