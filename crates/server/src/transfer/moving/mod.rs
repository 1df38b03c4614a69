//! From one database into another while people write.
//!
//! 1. Triggers in the old database note the key of every row that is written from then on ([`capture`]).
//! 2. All rows are copied, some at a time ([`copy`]); where that has come to is kept beside the rows themselves.
//! 3. What was noted meanwhile is carried over, again and again, until little is left.
//! 4. The notes are closed: whoever writes in the old database is refused from here on, and what was answered before is
//!    in the rows or in the notes. The last notes are carried over.
//! 5. All rows of both are counted, added up and compared. The old database then says that it was moved and is not served
//!    again; the new one says that it is whole.
//!
//! Killed at any point, the same command goes on where it was: every step is either in one transaction with the note that
//! it was done, or can be done twice. The logs keep their epoch: whatever anybody was ever told is in the new database
//! under the same number, so clients go on as after a restart.

pub mod capture;
mod copy;
#[cfg(test)]
mod tests;

use super::tables::{Table, tables};
use super::{TransferError, drop_tables, is_empty, rows, steps_of};
use crate::kernel::db::migrate::{self, Migration};
use crate::kernel::db::standing::{self, Role};
use crate::kernel::db::{Db, Sql, StorageError};
use crate::kernel::log::epoch;
use crate::kernel::progress::Progress;
use crate::kernel::secrets::random_token;
use copy::Carrier;
use std::time::{Duration, Instant};

/// Which move it is, on both sides.
const MOVE: &str = "move";
/// Where to, without the password.
const TO: &str = "to";
/// Set on the new database once its tables are there.
const PREPARED: &str = "prepared";
/// So many notes are carried over in the time in which everybody may be made to wait.
const FEW: u64 = 200;
/// How often it is tried to come down to few notes before everybody is made to wait for more of them.
const ROUNDS: usize = 20;

/// What was moved.
#[derive(Debug)]
pub struct Moved {
    /// How many tables.
    pub tables: usize,
    /// How many rows.
    pub rows: u64,
    /// How long nobody could write.
    pub pause: Duration,
}

/// Moves everything from `old` to `new`, whose address without a password is `name`.
pub async fn move_all(
    old: &Db,
    new: &Db,
    name: &str,
    list: &'static [Migration],
    progress: &Progress,
) -> Result<Moved, TransferError> {
    let steps = steps_of(old.read(), list).await?;
    if steps.len() != list.len() {
        let text = "the old database is not up to date: run `parlor migrate` first";
        return Err(TransferError::Refused(text.to_owned()));
    }
    let tables = tables(list)?;
    begin(old, new, name, list, progress).await?;
    prepare(new, list, &tables).await?;
    capture::start(old, &tables).await?;
    let mut carrier = Carrier::new(old, new, &tables);
    carrier.copy_all(progress).await?;
    carrier.catch_up(progress).await?;

    let began = Instant::now();
    progress.say("nobody can write from here on");
    let moved = finish(&mut carrier, list, progress).await;
    if moved.is_err() && standing::role(old.write()).await? == Some(Role::Moving) {
        // Everybody goes on where they were.
        capture::open(old).await?;
    }
    let rows = moved?;
    Ok(Moved {
        tables: tables.len(),
        rows,
        pause: began.elapsed(),
    })
}

/// Agrees with both databases on which move this is: a new one, or one that goes on.
async fn begin(
    old: &Db,
    new: &Db,
    name: &str,
    list: &'static [Migration],
    progress: &Progress,
) -> Result<(), TransferError> {
    let (here, there) = (old.write(), new.write());
    let refuse = |text: &str| Err(TransferError::Refused(text.to_owned()));
    match standing::role(here).await? {
        Some(Role::Moving | Role::Moved) => {}
        Some(Role::Restoring | Role::Receiving) => {
            return refuse("the old database is not whole: something is being put into it");
        }
        Some(Role::Abandoned) | None => {
            abandon(old, list).await?;
            if standing::role(there).await? != Some(Role::Receiving)
                && !is_empty(there, list).await?
            {
                return refuse("the new database is not empty");
            }
            standing::make_table(here).await?;
            standing::note(here, TO, name).await?;
            standing::note(here, MOVE, &random_token()?).await?;
            standing::take_role(here, Role::Moving).await?;
        }
    }
    let id = standing::fact(here, MOVE).await?;
    let is_moved = standing::role(here).await? == Some(Role::Moved);
    match standing::role(there).await? {
        Some(Role::Receiving) if standing::fact(there, MOVE).await? == id => {
            progress.say("going on where the last attempt ended");
            return Ok(());
        }
        None if is_moved => return refuse("everything was moved already"),
        _ if standing::fact(here, TO).await?.as_deref() != Some(name) || is_moved => {
            return refuse(
                "a move to another database is under way; finish it, or give it up by `parlor migrate --abandon`",
            );
        }
        Some(Role::Receiving) => {}
        None if is_empty(there, list).await? => {}
        _ => return refuse("the new database is not empty"),
    }
    // What is there was copied by a move that was given up, if it is anything.
    standing::clear(there).await?;
    standing::take_role(there, Role::Receiving).await?;
    drop_tables(there, list).await?;
    standing::note(there, MOVE, &id.unwrap_or_default()).await?;
    Ok(())
}

/// Makes the tables, without the unique indexes: on the way rows of different moments lie side by side.
async fn prepare(
    new: &Db,
    list: &'static [Migration],
    tables: &[Table],
) -> Result<(), TransferError> {
    let sql = new.write();
    if standing::fact(sql, PREPARED).await?.is_some() {
        return Ok(());
    }
    migrate::apply(new, list.to_vec()).await?;
    capture::drop_indexes(sql, tables).await?;
    Ok(standing::note(sql, PREPARED, "yes").await?)
}

/// Closes the old database, carries over the last of it, compares, and hands over.
async fn finish(
    carrier: &mut Carrier<'_>,
    list: &'static [Migration],
    progress: &Progress,
) -> Result<u64, TransferError> {
    let (old, new) = (carrier.old, carrier.new);
    capture::close(old).await?;
    while carrier.carry_some().await? > 0 {}
    let steps = steps_of(old.read(), list).await?;
    if steps.len() != list.len() {
        let text = "the tables of the old database have changed meanwhile";
        return Err(TransferError::Differs(text.to_owned()));
    }
    capture::make_indexes(new.write(), carrier.tables).await?;
    let rows = compare(carrier, progress).await?;
    // First this, so that never both are served.
    standing::take_role(old.write(), Role::Moved).await?;
    standing::clear(new.write()).await?;
    Ok(rows)
}

/// Counts and adds up all rows of both, which have to be the same.
async fn compare(carrier: &Carrier<'_>, progress: &Progress) -> Result<u64, TransferError> {
    let mut rows = 0;
    for table in carrier.tables {
        let all = rows::count(carrier.old.read(), table).await?;
        let show = |done| progress.at(&table.name, done, all);
        let (here, there) = tokio::join!(
            rows::tally(carrier.old.read(), table, show),
            rows::tally(carrier.new.read(), table, |_| ()),
        );
        let (here, there) = (here?, there?);
        if here != there {
            let text = format!(
                "the table {} is not the same in both: {} rows and {}",
                table.name, here.rows, there.rows
            );
            return Err(TransferError::Differs(text));
        }
        progress.say(&format!(
            "{}: {} rows, the same in both ({})",
            table.name,
            here.rows,
            &here.sha256[..16]
        ));
        rows += here.rows;
    }
    Ok(rows)
}

/// Whether everything is in another database.
pub async fn is_over(old: &Db) -> Result<bool, TransferError> {
    Ok(standing::role(old.read()).await? == Some(Role::Moved))
}

/// Gives a move up: the old database is as if there had been none. Where it was over already, no server may run: what was
/// said in the new database since is lost, so the past is named anew. Says whether that was so.
pub async fn abandon(old: &Db, list: &'static [Migration]) -> Result<bool, TransferError> {
    let sql = old.write();
    let was_over = match standing::role(sql).await? {
        None => return Ok(false),
        Some(Role::Restoring | Role::Receiving) => {
            let text = "this database is the new one of a move, or of a restore: the old one gives up a move";
            return Err(TransferError::Refused(text.to_owned()));
        }
        Some(role) => role == Role::Moved,
    };
    if was_over {
        capture::open(old).await?;
        epoch::renew(old, random_token()?).await?;
    }
    // From here on the notes are not complete, so that no move can go on by them.
    standing::take_role(sql, Role::Abandoned).await?;
    capture::stop(old, &tables(list)?).await?;
    standing::clear(sql).await?;
    Ok(was_over)
}

/// How many rows were written since they were last carried over.
async fn noted(old: &Db) -> Result<u64, StorageError> {
    let query = format!("SELECT COUNT(*) FROM {}", capture::NOTES);
    let count: Option<i64> = old.read().scalar(&query, []).await?;
    Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
}
