//! A load generator for Socket.IO servers, and the comparison of Parlor with its peers.
//!
//! - [`scenario`]: what is done to a server, from a file; [`servers`]: which servers there are, from a file
//! - [`frame`], [`client`], [`crowd`]: WebSocket frames, one client, all clients on one thread
//! - [`dialect`]: what a server wants to be told; [`people`]: accounts and rooms, made over HTTP before the load
//! - [`stamp`], [`ledger`]: which message this is, and the books of what came, twice, late, or never
//! - [`load`]: sends, and measures; [`usage`]: processor time and memory of a server, from `/proc`
//! - [`compare`]: servers by turns, round by round; [`outcome`]: one measurement, a line of JSON
//! - [`report`]: tables and plots of many
//! - [`bare`]: the least that a server can do, for the floor

#![expect(
    clippy::cast_precision_loss,
    reason = "figures for people need no 53 bits"
)]

mod bare;
mod client;
mod compare;
mod crowd;
mod dialect;
mod frame;
mod ledger;
mod load;
mod outcome;
mod people;
mod report;
mod scenario;
mod servers;
mod stamp;
#[cfg(test)]
mod story;
mod trial;
mod usage;

use clap::{Args, Parser, Subcommand};
use dialect::Dialect;
use scenario::Scenario;
use servers::Target;
use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures chat servers.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the servers by turns, puts each scenario on them, and appends a line of JSON per measurement
    Compare(Compare),
    /// Puts one scenario on a server that runs already
    Load(Load),
    /// Writes the tables and plots of the measurements
    Report(Report),
    /// Runs the least that a server can do: one write per member and message
    Bare {
        /// Where it listens, on loopback
        port: u16,
    },
}

/// What `compare` measures.
#[derive(Args)]
pub(crate) struct Compare {
    /// The folder with `scenarios/` and `servers.toml`
    #[arg(long, default_value = "bench")]
    home: PathBuf,
    /// Scenarios by the names of their files; all where none is named
    #[arg(long, value_delimiter = ',')]
    scenarios: Vec<String>,
    /// Servers; those of the scenario where none is named
    #[arg(long, value_delimiter = ',')]
    servers: Vec<String>,
    /// How often each server is measured
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds that each measurement lasts, instead of what the scenario says
    #[arg(long)]
    seconds: Option<f64>,
    /// Where the measurements go
    #[arg(long, default_value = "bench/results/measured.jsonl")]
    out: PathBuf,
}

#[derive(Args)]
struct Load {
    /// The scenario's file
    scenario: PathBuf,
    /// The server's address, on loopback
    address: SocketAddr,
    /// What it speaks
    #[arg(long, default_value = "parlor")]
    speaks: Dialect,
    /// Its process, whose processor time and memory are measured
    #[arg(long)]
    pid: u32,
    /// Seconds, instead of what the scenario says
    #[arg(long)]
    seconds: Option<f64>,
}

#[derive(Args)]
pub(crate) struct Report {
    /// The folder with `scenarios/` and `servers.toml`
    #[arg(long, default_value = "bench")]
    home: PathBuf,
    /// Measurements
    #[arg(long, default_value = "bench/results/measured.jsonl")]
    results: PathBuf,
    /// The page whose marked part is written anew; the plots go into a folder of its name
    #[arg(long, default_value = "docs/performance.md")]
    page: PathBuf,
}

fn load(asked: &Load) -> Result<(), Box<dyn Error>> {
    let mut scenario = Scenario::read(&asked.scenario)?;
    scenario.last(asked.seconds);
    let target = Target {
        address: asked.address,
        dialect: asked.speaks,
        pid: asked.pid,
    };
    let outcome = trial::run(&scenario, target)?;
    writeln!(
        std::io::stdout(),
        "{}",
        serde_json::to_string_pretty(&outcome)?
    )?;
    Ok(())
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Compare(asked) => compare::run(&asked),
        Command::Load(asked) => load(&asked),
        Command::Report(asked) => report::write(&asked),
        Command::Bare { port } => bare::serve(port).map_err(Into::into),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told where standard error is closed.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
