//! `parlor admin`: what an operator does beside the server.

use super::Failed;
use super::archive::{self, ArchiveArgs};
use crate::accounts::AccountsError;
use crate::app::{App, StartError};
use crate::http::lock;
use crate::kernel::clock::Clock;
use crate::kernel::config::Config;
use clap::{Args, Subcommand};
use parlor_protocol::Problem;
use std::io::{Read as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

/// How long what was begun may take to end.
const LAST_COMMIT: Duration = Duration::from_secs(5);
/// More is no password.
const PASSWORD_INPUT: u64 = 4096;

#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Makes an account that runs the server
    Create(Create),
    /// Writes everything that is stored of a person into a file for them
    Archive(ArchiveArgs),
    /// Gives somebody another password, while the server does not run
    Password(GivePassword),
}

#[derive(Debug, Args)]
pub(super) struct GivePassword {
    /// The unique name, or the e-mail address
    #[arg(long)]
    username: String,
    /// Reads the password from standard input, up to the end of its first line
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The unique name
    #[arg(long)]
    username: String,
    /// The e-mail address
    #[arg(long)]
    email: String,
    /// Reads the password from standard input, up to the end of its first line
    #[arg(long, required = true)]
    password_stdin: bool,
}

/// Runs a command.
pub(super) async fn run(config: Config, command: AdminCommand) -> Result<ExitCode, Failed> {
    match command {
        AdminCommand::Create(create) => create_administrator(config, create).await,
        AdminCommand::Password(given) => give_password(config, given).await,
        AdminCommand::Archive(args) => archive::write(config, args).await,
    }
}

async fn create_administrator(config: Config, create: Create) -> Result<ExitCode, Failed> {
    let password = read_password()?;
    // A running server would not hear that its rooms have a new member.
    let lock = match lock::take(&config.data_dir) {
        Ok(lock) => Some(lock),
        Err(StartError::DataDirInUse(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let (app, delivery) = App::build(config, Clock::system()).await?;
    drop(delivery);
    let (username, email) = (create.username, create.email);
    let made = if lock.is_some() {
        app.accounts
            .create_administrator(username, email, password)
            .await
    } else {
        app.accounts
            .create_administrator_beside(username, email, password)
            .await
    };
    app.kernel.jobs.shut_down(LAST_COMMIT).await;
    match made {
        Ok(brief) => {
            let note = if lock.is_some() {
                ""
            } else {
                "; the server is running, so join its rooms by hand"
            };
            writeln!(
                std::io::stdout(),
                "{} is an administrator now{note}",
                brief.username
            )?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => refused(error),
    }
}

/// A running server would go on knowing the sessions that end.
async fn give_password(config: Config, given: GivePassword) -> Result<ExitCode, Failed> {
    let password = read_password()?;
    let lock = lock::take(&config.data_dir)?;
    let (app, delivery) = App::build(config, Clock::system()).await?;
    drop(delivery);
    let done = app.accounts.give_password(&given.username, password).await;
    app.kernel.jobs.shut_down(LAST_COMMIT).await;
    drop(lock);
    match done {
        Ok(brief) => {
            let name = &brief.username;
            writeln!(std::io::stdout(), "{name} has another password now")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => refused(error),
    }
}

fn refused(error: AccountsError) -> Result<ExitCode, Failed> {
    let problem = Problem::from(error);
    let why = problem.detail.unwrap_or(problem.title);
    let code = problem.code.as_str();
    writeln!(std::io::stderr(), "parlor: {why} ({code})")?;
    Ok(ExitCode::FAILURE)
}

fn read_password() -> std::io::Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .take(PASSWORD_INPUT)
        .read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    Ok(line.to_owned())
}
