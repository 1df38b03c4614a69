//! An import from beginning to end, and on from wherever it was interrupted.

use super::bring::{GONE, Known, Page};
use super::plan::{Brings, Step, System};
use super::report::{Report, StepReport};
use super::source::Source;
use super::store::{self, Which};
use super::{ImportError, Target};
use crate::app::App;
use crate::kernel::db::Sql;
use crate::kernel::log::Tx;
use chrono::FixedOffset;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many rows are brought over in one transaction.
const PAGE: usize = 200;
/// How many are counted at a time.
const MANY: i64 = 5_000;

/// What is brought over, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address of the older system's database.
    pub address: String,
    /// Tells several databases of one system apart.
    pub label: String,
    /// In which zone the older system told its times.
    pub zone: FixedOffset,
    /// Only says what would come of it.
    pub dry: bool,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The table that is being read.
    pub table: &'static str,
    /// How many rows of all tables have been read.
    pub done: i64,
    /// How many there are.
    pub total: i64,
}

struct Run {
    target: Target,
    source: Source,
    system: &'static System,
    label: String,
    /// How many rows there are, step by step.
    counts: Vec<i64>,
}

impl System {
    /// Brings a database of this system over, or goes on doing so. `tell` hears after each page how far it is.
    pub async fn import(
        &'static self,
        app: &App,
        options: Options,
        tell: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Result<Report, ImportError> {
        let source = Source::open(&options.address, options.zone, self).await?;
        let mut counts = Vec::new();
        for step in self.steps {
            counts.push(source.count(step.table.name).await?);
        }
        let run = Arc::new(Run {
            target: Target::of(app),
            source,
            system: self,
            label: options.label,
            counts,
        });
        let known = run.load_known().await?;
        if options.dry {
            return run.dry(known, tell).await;
        }
        run.for_good(known, tell).await
    }
}

impl Run {
    fn which(&self) -> Which<'_> {
        Which {
            system: self.system.name,
            label: &self.label,
        }
    }

    /// What earlier runs have brought over.
    async fn load_known(&self) -> Result<Known, ImportError> {
        let sql = self.target.kernel.db.read();
        let mut known = Known::default();
        let people = self.system.steps.iter();
        let people = people.filter(|step| matches!(step.brings, Brings::People(_)));
        for step in people.map(|step| step.table.name).chain([GONE]) {
            let ids = store::ids(sql, self.which(), step).await?;
            let all: Vec<_> = ids.values().copied().collect();
            let briefs = self.target.accounts.briefs(&all).await?;
            for (old, id) in ids {
                if let Some(user) = briefs.get(&id) {
                    known.add_person(old, user.clone());
                }
            }
        }
        for step in self.system.steps {
            if matches!(step.brings, Brings::Rooms(_)) {
                let name = step.table.name;
                for (old, room) in store::ids(sql, self.which(), name).await? {
                    known.add_room(name, old, room);
                }
            }
        }
        Ok(known)
    }

    async fn for_good(
        self: Arc<Self>,
        mut known: Known,
        tell: impl Fn(Progress),
    ) -> Result<Report, ImportError> {
        let log = &self.target.kernel.log;
        let run = self.clone();
        log.commit(move |tx| Box::pin(async move { run.begin(tx).await }))
            .await?;
        let mut before = 0;
        for (step, count) in self.system.steps.iter().zip(&self.counts) {
            loop {
                let run = self.clone();
                let page = log.commit(move |tx| {
                    Box::pin(async move {
                        let done = run.page(tx, step, &mut known).await?;
                        Ok::<_, ImportError>((known, done))
                    })
                });
                let done;
                (known, done) = page.await?;
                let Some(done) = done else {
                    break;
                };
                tell(self.progress(step, before, done));
            }
            before += count;
        }
        let report = self.report(self.target.kernel.db.read(), false).await?;
        self.check(&report).await?;
        Ok(report)
    }

    /// Does all of it in one transaction, and undoes it.
    async fn dry(
        self: Arc<Self>,
        mut known: Known,
        tell: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Result<Report, ImportError> {
        let run = self.clone();
        let trial = self.target.kernel.log.commit(move |tx| {
            Box::pin(async move {
                run.begin(tx).await?;
                let mut before = 0;
                for (step, count) in run.system.steps.iter().zip(&run.counts) {
                    while let Some(done) = run.page(tx, step, &mut known).await? {
                        tell(run.progress(step, before, done));
                    }
                    before += count;
                }
                let report = run.report(tx.sql(), true).await?;
                Err::<Report, _>(ImportError::Dry(Box::new(report)))
            })
        });
        match trial.await {
            Err(ImportError::Dry(report)) => Ok(*report),
            other => other,
        }
    }

    fn progress(&self, step: &Step, before: i64, done: i64) -> Progress {
        Progress {
            table: step.table.name,
            done: before + done,
            total: self.counts.iter().sum(),
        }
    }

    /// Notes whose database this is, or refuses where it is another one than before.
    async fn begin(&self, tx: &mut Tx<'_>) -> Result<(), ImportError> {
        let fingerprint = self.source.fingerprint(self.system).await?;
        match store::fingerprint(tx.sql(), self.which()).await? {
            Some(before) if before == fingerprint => Ok(()),
            Some(_) => Err(ImportError::OtherSource {
                system: self.system.name,
            }),
            None => {
                let now = tx.now().0;
                Ok(store::begin(tx.sql(), self.which(), &fingerprint, now).await?)
            }
        }
    }

    /// Brings the next page of a table over, and answers how many rows of it have been read; `None`: there are no more.
    async fn page(
        &self,
        tx: &mut Tx<'_>,
        step: &'static Step,
        known: &mut Known,
    ) -> Result<Option<i64>, ImportError> {
        let mark = store::mark(tx.sql(), self.which(), step.table.name).await?;
        let place: Option<Vec<String>> = serde_json::from_str(&mark.place).ok();
        let rows = self.source.rows(&step.table, place.as_deref(), PAGE);
        let rows = rows.await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let done = mark.done + i64::try_from(rows.len()).unwrap_or_default();
        let page = Page::new(&self.target, tx, self.which(), step, known);
        page.bring(&rows, mark).await?;
        Ok(Some(done))
    }

    async fn report(&self, sql: &impl Sql, dry: bool) -> Result<Report, ImportError> {
        let mut steps = Vec::new();
        for (step, there) in self.system.steps.iter().zip(&self.counts) {
            let mark = store::mark(sql, self.which(), step.table.name).await?;
            steps.push(StepReport {
                table: step.table.name,
                there: *there,
                read: mark.done,
                kept: mark.kept,
            });
        }
        let mut left = Vec::new();
        for (table, why) in self.system.left {
            let count = self.source.count(table).await?;
            left.push((*table, count, *why));
        }
        Ok(Report {
            dry,
            steps,
            left,
            notes: store::notes(sql, self.which()).await?,
        })
    }

    /// Compares what was there with what was read, and what was kept with what is here.
    async fn check(&self, report: &Report) -> Result<(), ImportError> {
        for (step, made) in self.system.steps.iter().zip(&report.steps) {
            let disagree = |what: String| {
                let table = step.table.name;
                Err(ImportError::Disagrees(format!("{table}: {what}")))
            };
            if made.there != made.read {
                let (there, read) = (made.there, made.read);
                return disagree(format!("{there} rows are there, {read} were read"));
            }
            let Some((noted, missing)) = self.count(step).await? else {
                continue;
            };
            if noted != made.kept || missing > 0 {
                let kept = made.kept;
                return disagree(format!(
                    "{kept} were kept, {noted} noted, {missing} of them are not here"
                ));
            }
        }
        Ok(())
    }

    /// How many rows of a step are noted as brought over, and how many of those are not here; `None` where what became
    /// of its rows has no ids.
    async fn count(&self, step: &Step) -> Result<Option<(i64, i64)>, ImportError> {
        let (sql, target) = (self.target.kernel.db.read(), &self.target);
        if matches!(
            step.brings,
            Brings::Profiles(_) | Brings::Members(..) | Brings::Friends(_)
        ) {
            return Ok(None);
        }
        let (mut noted, mut missing, mut after) = (0, 0, String::new());
        loop {
            let place = (after.as_str(), MANY);
            let page = store::ids_after(sql, self.which(), step.table.name, place).await?;
            let Some((last, _)) = page.last() else {
                return Ok(Some((noted, missing)));
            };
            after.clone_from(last);
            let new: BTreeSet<i64> = page.iter().map(|(_, new)| *new).collect();
            let new = Vec::from_iter(new);
            let here = match step.brings {
                Brings::People(_) => target.accounts.count_among(&new).await?,
                Brings::Rooms(_) => target.rooms.count_among(&new).await?,
                _ => target.messages.count_among(&new).await?,
            };
            noted += i64::try_from(page.len()).unwrap_or(i64::MAX);
            missing += i64::try_from(new.len()).unwrap_or(i64::MAX) - here;
        }
    }
}
