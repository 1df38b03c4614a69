//! One scenario on one server.

use crate::crowd::Crowd;
use crate::dialect::Dialect;
use crate::load;
use crate::outcome::Outcome;
use crate::people::People;
use crate::scenario::Scenario;
use crate::servers::Target;
use crate::usage::Usage;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::error::Error;
use std::time::Duration;

/// How long a server may settle after everybody has come in.
const SETTLE: Duration = Duration::from_secs(2);
/// Descriptors that are needed for other things than connections, by a server too.
const SPARE: u64 = 500;

/// Allows this process, and those it starts, as many descriptors as it may; answers for how many connections that is.
pub(crate) fn raise_limit() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is not allowed, fewer clients connect, which the results show.
    let _ = setrlimit(Resource::Nofile, limit);
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(limit.saturating_sub(SPARE)).unwrap_or(usize::MAX)
}

/// Runs it.
pub(crate) fn run(scenario: &Scenario, target: Target) -> Result<Outcome, Box<dyn Error>> {
    let mut scenario = scenario.clone();
    scenario.limit_connections(raise_limit());
    let started = Usage::of(target.pid);
    let people = match target.dialect {
        Dialect::Parlor => People::settle(target.address, &scenario)?,
        Dialect::Plain => People::unknown(&scenario),
    };
    let entry = |number| target.dialect.entry(&scenario, &people, number);
    let entries = (0..scenario.connections).map(entry).collect();

    std::thread::sleep(SETTLE / 2);
    let before = Usage::of(target.pid);
    let mut crowd = Crowd::connect(target.address, entries)?;
    let after = Usage::of(target.pid);
    crowd.rest(SETTLE)?;
    let settled = Usage::of(target.pid);

    let connections = scenario.connections as f64;
    let mut outcome = Outcome {
        scenario: scenario.name.clone(),
        connections: scenario.connections,
        rss_started_mib: started.resident / 1024.0,
        rss_before_mib: before.resident / 1024.0,
        rss_connected_mib: settled.resident / 1024.0,
        kib_per_connection: (settled.resident - before.resident) / connections,
        cpu_per_connect_us: (after.cpu() - before.cpu()) * 1e6 / connections,
        ..Outcome::default()
    };
    if let Some(load) = &scenario.load {
        load::run(&scenario, load, target, &people, &mut crowd, &mut outcome)?;
    } else {
        crowd.rest(scenario.duration())?;
        outcome.seconds = scenario.duration().as_secs_f64();
        outcome.server_cpu = Usage::of(target.pid).cpu() - settled.cpu();
    }
    outcome.rss_end_mib = Usage::of(target.pid).resident / 1024.0;
    let (gone, why) = crowd.gone();
    outcome.disconnected = gone;
    if outcome.trouble.is_none() {
        outcome.trouble = why.map(ToOwned::to_owned);
    }
    Ok(outcome)
}
