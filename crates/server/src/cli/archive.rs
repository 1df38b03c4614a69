//! `parlor admin archive` and `parlor import-archive`: what is stored of a person, out and in.

use super::Failed;
use crate::app::App;
use crate::archives::import::{Destination, Import};
use crate::http::lock;
use crate::kernel::actor::Actor;
use crate::kernel::clock::Clock;
use crate::kernel::config::Config;
use crate::kernel::progress::Progress;
use clap::Args;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How long what was begun may take to end.
const LAST_COMMIT: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct ArchiveArgs {
    /// Whose: their user name, or their id
    #[arg(long)]
    user: String,
    /// The file to write
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// A person's archive (ZIP), or the export of a room (JSON Lines)
    file: PathBuf,
    /// The room that an export goes into, by name; a private one is made where there is none
    #[arg(long, value_name = "NAME")]
    room: Option<String>,
    /// Only checks the file, and says what would be done
    #[arg(long)]
    dry_run: bool,
}

/// Writes a person's archive, also while a server runs.
pub(super) async fn write(config: Config, args: ArchiveArgs) -> Result<ExitCode, Failed> {
    let (app, delivery) = App::build(config, Clock::system()).await?;
    drop(delivery);
    let progress = Progress::shown();
    let note = |done: i64, total: i64| {
        progress.at("records", done.unsigned_abs(), total.unsigned_abs());
    };
    let (by, user, file) = (Actor::console(), &args.user, &args.file);
    let written = app.archives.write_for(&by, user, file, &note).await;
    app.kernel.jobs.shut_down(LAST_COMMIT).await;
    drop(progress);
    let written = written?;
    let (records, bytes) = (written.records, written.bytes);
    let file = args.file.display();
    writeln!(
        std::io::stdout(),
        "{file}: {records} records, {bytes} bytes"
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Brings a file in. Not while a server runs: those who are connected to it would not hear of it.
pub(super) async fn import(config: Config, args: ImportArgs) -> Result<ExitCode, Failed> {
    let lock = lock::take(&config.data_dir)?;
    let (app, mut delivery) = App::build(config, Clock::system()).await?;
    // Nobody is connected: what is said to them is let go.
    let stop = app.kernel.jobs.stopping();
    app.kernel.jobs.spawn(async move {
        let let_go = async { while delivery.recv().await.is_some() {} };
        stop.run_until_cancelled(let_go).await;
    });
    let is_dry_run = args.dry_run;
    let import = Import {
        path: args.file,
        room: args.room.map(Destination::Named),
        is_dry_run,
    };
    let progress = Progress::shown();
    let note = move |done, total| progress.at("messages", done, total);
    let report = app.archives.import(import, note).await;
    app.kernel.jobs.shut_down(LAST_COMMIT).await;
    drop(lock);
    let report = report?;
    let mut out = std::io::stdout().lock();
    let would = if is_dry_run { "would be " } else { "" };
    writeln!(
        out,
        "{} messages: {} {would}new, {} here before, {} deleted, {} refused",
        report.messages, report.new, report.known, report.deleted, report.refused
    )?;
    writeln!(
        out,
        "{} people, {} of them {would}placeholders now; {} reactions of people whom the file does not name",
        report.people, report.strangers, report.lost_reactions
    )?;
    if !is_dry_run {
        writeln!(
            out,
            "What was stored is what the file says: SHA-256 {}",
            report.sha256
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
