//! Servers by turns, round by round.

use crate::outcome::Outcome;
use crate::scenario::Scenario;
use crate::servers::{self, Server, Servers};
use crate::{Compare, trial};
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Measures what was asked for. In each round every server of a scenario has its turn, another one first each time, so
/// that whatever else the machine does falls on all alike.
pub(crate) fn run(asked: &Compare) -> Result<(), Box<dyn Error>> {
    trial::raise_limit();
    let servers = servers::read(&asked.home.join("servers.toml"))?;
    let scenarios = chosen(asked)?;
    let results: PathBuf = asked.out.parent().unwrap_or(Path::new(".")).to_owned();
    fs::create_dir_all(&results)?;
    for round in 0..asked.rounds {
        for scenario in &scenarios {
            let mut names = taking_part(asked, scenario);
            if !names.is_empty() {
                let turn = round % names.len();
                names.rotate_left(turn);
            }
            for name in names {
                let server = find(&servers, &name)?;
                let mut outcome = measure(scenario, &name, server, &results);
                outcome.scenario.clone_from(&scenario.name);
                outcome.server = name;
                outcome.round = round;
                outcome.load_average = load_average();
                append(&asked.out, &outcome)?;
                tell(&outcome)?;
            }
        }
    }
    Ok(())
}

fn chosen(asked: &Compare) -> Result<Vec<Scenario>, Box<dyn Error>> {
    let mut scenarios = Scenario::read_all(&asked.home.join("scenarios"))?;
    for name in &asked.scenarios {
        if !scenarios.iter().any(|scenario| scenario.name == *name) {
            return Err(format!("there is no scenario {name:?}").into());
        }
    }
    if !asked.scenarios.is_empty() {
        scenarios.retain(|scenario| asked.scenarios.contains(&scenario.name));
    }
    for scenario in &mut scenarios {
        scenario.last(asked.seconds);
    }
    Ok(scenarios)
}

fn taking_part(asked: &Compare, scenario: &Scenario) -> Vec<String> {
    let mut names = scenario.servers.clone();
    if !asked.servers.is_empty() {
        names.retain(|name| asked.servers.contains(name));
    }
    names
}

fn find<'a>(servers: &'a Servers, name: &str) -> Result<&'a Server, String> {
    let server = servers.get(name);
    server.ok_or_else(|| format!("there is no server {name:?}"))
}

/// A server that cannot be started or gives up is a result, too.
fn measure(scenario: &Scenario, name: &str, server: &Server, results: &Path) -> Outcome {
    let log = results.join(format!("{}-{name}.log", scenario.name));
    let durable = scenario.load.as_ref().is_some_and(|load| load.durable);
    let measured = server
        .start(durable, &results.join("scratch"), &log)
        .map_err(Into::into)
        .and_then(|running| trial::run(scenario, running.target()));
    measured.unwrap_or_else(|error| Outcome {
        error: Some(error.to_string()),
        ..Outcome::default()
    })
}

fn append(path: &Path, outcome: &Outcome) -> Result<(), Box<dyn Error>> {
    let mut line = serde_json::to_string(outcome)?;
    line.push('\n');
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(line.as_bytes())?;
    Ok(())
}

fn tell(outcome: &Outcome) -> io::Result<()> {
    let mut out = io::stderr();
    let Outcome {
        round,
        scenario,
        server,
        ..
    } = outcome;
    write!(out, "{} {scenario:20} {server:13} ", round + 1)?;
    if let Some(error) = &outcome.error {
        return writeln!(out, "{error}");
    }
    writeln!(
        out,
        "{:>9.0}/s {:>10.0}/cpu-s  p50 {:>7.1} p99 {:>7.1} ms  {} lost {} twice {} out of order  {:.1} KiB each{}",
        outcome.per_second,
        outcome.per_cpu_second,
        outcome.p50_ms,
        outcome.p99_ms,
        outcome.lost,
        outcome.duplicated,
        outcome.reordered,
        outcome.kib_per_connection,
        outcome
            .trouble
            .as_ref()
            .map(|trouble| format!("  {trouble}"))
            .unwrap_or_default(),
    )
}

fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text
        .split_whitespace()
        .next()
        .and_then(|first| first.parse().ok());
    first.unwrap_or_default()
}
