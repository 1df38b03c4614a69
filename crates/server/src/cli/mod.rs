//! The command line.
//!
//! - [`admin`]: what those who run the server do without a browser; [`archive`]: what is stored of a person, out and in
//! - [`documents`]: the API's description; [`import`]: what older systems have stored
//! - [`migrate`], [`moving`], [`backup`], [`restore`], [`restored`]: the database alone
//! - [`serve`]: the server itself, until it is told to end
//! - [`settings`]: the flags that stand for settings

mod admin;
mod archive;
mod backup;
mod documents;
mod import;
mod migrate;
mod moving;
mod restore;
mod restored;
mod serve;
mod settings;

use crate::accounts::AccountsError;
use crate::app::StartError;
use crate::archives::{self, ArchivesError};
use crate::imports::ImportError;
use crate::kernel::config::{ConfigError, Loaded};
use crate::kernel::logging::LogError;
use crate::transfer::TransferError;
use clap::{Parser, Subcommand};
use settings::SettingArgs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit code for what the caller has to put right: flags, variables, the settings file.
const USAGE: u8 = 2;

/// Rooms to talk in: a self-hosted server for chat, calls and meetings.
#[derive(Debug, Parser)]
#[command(name = "parlor", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// The settings file [default: parlor.toml in the working directory, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
    /// Does something wrong on purpose
    #[cfg(feature = "faulty")]
    #[arg(long, global = true, value_name = "NAME", value_delimiter = ',')]
    weakness: Vec<crate::kernel::faulty::Weakness>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server (the default)
    Serve,
    /// Manages accounts and everything else that administrators do, whether the server runs or not
    Admin(admin::AdminArgs),
    /// Brings the database up to date without serving, or moves everything to another one
    Migrate(migrate::MigrateArgs),
    /// Writes everything in the database to a new file, while the server runs
    Backup(backup::BackupArgs),
    /// Brings a backup back, into an empty database of any kind
    Restore {
        /// The backup
        file: PathBuf,
    },
    /// Says that the database was brought back from a copy, before the server is started again: clients that have seen
    /// more than the copy holds then read everything again
    Restored,
    /// Brings over what an older system has stored, or goes on doing so
    Import(import::Import),
    /// Brings in a person's archive or the export of a room, while no server runs. What is here already stays as it is
    ImportArchive(archive::ImportArgs),
    /// Prints the OpenAPI document
    Openapi,
    /// Prints the AsyncAPI document
    Asyncapi,
    /// Prints every setting in force and where it came from
    Config,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Archives(#[from] ArchivesError),
    #[error(transparent)]
    BringIn(#[from] archives::import::ImportError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Transfer(#[from] TransferError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    // Bad flags end here, with clap's explanation and exit code 2.
    let cli = Cli::parse();
    match execute(cli) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "parlor: {error}");
            match error {
                Failed::Config(_) => ExitCode::from(USAGE),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn execute(cli: Cli) -> Result<ExitCode, Failed> {
    #[cfg(feature = "faulty")]
    crate::kernel::faulty::choose(cli.weakness);
    let loaded = Loaded::from_all(&cli.settings.given, cli.config.as_deref())?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Openapi => runtime()?.block_on(documents::openapi()),
        Command::Asyncapi => documents::asyncapi(),
        Command::Serve => runtime()?.block_on(serve::serve(loaded.config)),
        Command::Admin(args) => runtime()?.block_on(admin::run(loaded.config, args)),
        Command::Migrate(args) => runtime()?.block_on(migrate::run(loaded.config, args)),
        Command::Backup(args) => runtime()?.block_on(backup::backup(loaded.config, args)),
        Command::Restore { file } => runtime()?.block_on(restore::restore(loaded.config, &file)),
        Command::ImportArchive(args) => runtime()?.block_on(archive::import(loaded.config, args)),
        Command::Restored => runtime()?.block_on(restored::restored(loaded.config)),
        Command::Import(import) => runtime()?.block_on(import::import(loaded.config, import)),
        Command::Config => print_settings(&loaded),
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

fn print_settings(loaded: &Loaded) -> Result<ExitCode, Failed> {
    let mut out = std::io::stdout().lock();
    for (key, value, origin) in loaded.describe() {
        writeln!(out, "{key} = {value:?}  # {origin}")?;
    }
    Ok(ExitCode::SUCCESS)
}
