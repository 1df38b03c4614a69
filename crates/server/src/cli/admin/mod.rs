//! `parlor admin`: what those who run the server do without a browser, whether it runs or not.
//!
//! - [`console`]: asking the server; [`table`]: showing what it answers
//! - [`accounts`], [`desk`], [`keeping`]: the commands

mod accounts;
mod console;
mod desk;
mod keeping;
mod table;

use super::Failed;
use super::archive::{self, ArchiveArgs};
use crate::kernel::config::Config;
use clap::{Args, Subcommand};
use console::Console;
use parlor_protocol::Problem;
use std::io::Write as _;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct AdminArgs {
    /// Prints what the server answers as JSON, an item a line
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Writes everything that is stored of a person into a file for them
    Archive(ArchiveArgs),
    #[command(flatten)]
    Asked(Request),
}

/// What the server is asked to do.
#[derive(Debug, Subcommand)]
enum Request {
    /// Makes an account that runs the server
    Create(accounts::Create),
    /// Gives somebody another password and signs them out everywhere
    Password(accounts::GivePassword),
    /// Lists accounts
    ListUsers(accounts::ListUsers),
    /// Gives an account other rights
    SetRole(accounts::SetRole),
    /// Makes an account inactive and signs it out everywhere
    Deactivate(accounts::Whom),
    /// Makes an account active again
    Activate(accounts::Whom),
    /// Signs somebody out everywhere
    SignOut(accounts::Whom),
    /// Prints a link with which somebody can choose another password, once and within an hour
    ResetPassword(accounts::Whom),
    /// Takes somebody's second factors away, who has lost them, and signs them out everywhere
    ResetFactors(accounts::Whom),
    /// Lists attempts to sign in
    Logins(accounts::Logins),
    /// Lists rooms from outside
    Rooms(desk::Rooms),
    /// Lists communities from outside
    Communities(desk::Rooms),
    /// Lists what was done with rights over others
    Audit(desk::Audit),
    /// Announces something to everybody
    Announce(desk::Announce),
    /// Lists announcements
    Announcements(desk::Listed),
    /// Withdraws an announcement
    Withdraw(desk::Withdraw),
    /// Shows figures of use
    Figures(desk::Figures),
    /// Shows or sets for how many days the server keeps what is said
    Retention(keeping::Terms),
    /// Lists legal holds
    Holds(keeping::Holds),
    /// Puts a person or a room under a legal hold
    Hold(keeping::Place),
    /// Lifts a legal hold
    LiftHold(keeping::Lift),
}

/// Why a command could not do what it was told.
#[derive(Debug, thiserror::Error)]
enum Refused {
    /// The server says why.
    #[error("{}", sentence(.0))]
    Problem(Problem),
    /// It could not be asked.
    #[error("{0}")]
    Unreachable(String),
    /// Standard input or output.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

fn sentence(problem: &Problem) -> String {
    let field = problem.errors.first();
    let field = field.map(|error| format!("{}: {}", error.field, error.message));
    let detail = problem.detail.clone().or(field);
    let why = detail.unwrap_or_else(|| problem.title.clone());
    format!("{why} ({})", problem.code.as_str())
}

/// Runs a command.
pub(super) async fn run(config: Config, args: AdminArgs) -> Result<ExitCode, Failed> {
    let request = match args.command {
        AdminCommand::Archive(args) => return archive::write(config, args).await,
        AdminCommand::Asked(request) => request,
    };
    let console = Console::open(config, args.json).await?;
    let done = dispatch(&console, request).await;
    console.close().await;
    match done {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(refused) => {
            writeln!(std::io::stderr(), "parlor: {refused}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn dispatch(console: &Console, request: Request) -> Result<(), Refused> {
    use Request as C;
    match request {
        C::Create(create) => accounts::create(console, create).await,
        C::Password(given) => accounts::give_password(console, given).await,
        C::ListUsers(list) => accounts::list(console, list).await,
        C::SetRole(set) => accounts::set_role(console, &set).await,
        C::Deactivate(whom) => accounts::set_status(console, &whom, "inactive").await,
        C::Activate(whom) => accounts::set_status(console, &whom, "active").await,
        C::SignOut(whom) => accounts::sign_out(console, &whom).await,
        C::ResetPassword(whom) => accounts::reset_password(console, &whom).await,
        C::ResetFactors(whom) => accounts::reset_factors(console, &whom).await,
        C::Logins(list) => accounts::logins(console, list).await,
        C::Rooms(list) => desk::rooms(console, "rooms", list).await,
        C::Communities(list) => desk::rooms(console, "communities", list).await,
        C::Audit(list) => desk::audit(console, list).await,
        C::Announce(announce) => desk::announce(console, announce).await,
        C::Announcements(list) => desk::announcements(console, list).await,
        C::Withdraw(withdraw) => desk::withdraw(console, &withdraw).await,
        C::Figures(figures) => desk::figures(console, &figures).await,
        C::Retention(terms) => keeping::terms(console, &terms).await,
        C::Holds(list) => keeping::holds(console, list).await,
        C::Hold(hold) => keeping::place(console, hold).await,
        C::LiftHold(lift) => keeping::lift(console, &lift).await,
    }
}
