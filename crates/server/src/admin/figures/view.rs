//! Figures as administrators see them.

use super::histogram::Counts;
use super::store::{self, DayRow, HourRow};
use super::{DAY, HOUR, floor};
use crate::accounts::rules::may_administer;
use crate::admin::Admin;
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use parlor_protocol::admin::{
    FigureDay, FigurePoint, FigureRange, Figures, FiguresNow, Storage, StorageFamily,
};
use parlor_protocol::{Problem, Timestamp};

impl Admin {
    /// `GET admin/figures`: the time up to now, in steps.
    pub async fn figures(&self, actor: &Actor, range: FigureRange) -> Result<Figures, Problem> {
        may_administer(actor)?;
        let now = self.kernel.clock.now();
        let (step, steps) = match range {
            FigureRange::Day => (HOUR, 24),
            FigureRange::Week => (HOUR, 7 * 24),
            FigureRange::Month => (DAY, 30),
            FigureRange::Year => (DAY, 365),
        };
        let since = floor(now.0, step) - (steps - 1) * step;
        let sql = self.kernel.db.read();
        let hours = store::hours(sql, since).await?;
        let days = store::days(sql, floor(since, DAY)).await?;
        let mut delivery = Counts::default();
        for hour in &hours {
            delivery.add(&Counts::read(&hour.delivery));
        }
        Ok(Figures {
            range,
            since: Timestamp(since),
            until: now,
            step_seconds: step / 1000,
            points: points(&hours, since, step, steps),
            delivery: delivery.latency(),
            now: self.now(days.last()).await?,
            days: days.into_iter().map(day).collect(),
            storage: self.storage().await?,
        })
    }

    async fn now(&self, today: Option<&DayRow>) -> Result<FiguresNow, StorageError> {
        let kernel = &self.kernel;
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let today = today.copied().unwrap_or_default();
        Ok(FiguresNow {
            accounts: today.accounts,
            rooms: today.rooms,
            communities: today.communities,
            people_online: whole(kernel.online.count()),
            connections: self.figures.connections(),
            waiting_commits: whole(kernel.log.waiting()),
            waiting_deliveries: whole(kernel.bus.waiting()),
            waiting_outbox: store::outbox(kernel.db.read()).await?,
        })
    }

    async fn storage(&self) -> Result<Storage, StorageError> {
        let rows = store::storage(self.kernel.db.read()).await?;
        let total = rows.iter().find(|row| row.family == store::TOTAL);
        let parts = rows.iter().filter(|row| row.family != store::TOTAL);
        let part = |row: &store::StorageRow| StorageFamily {
            name: row.family.clone(),
            bytes: row.bytes,
        };
        Ok(Storage {
            measured_at: total.map(|row| Timestamp(row.measured_at)),
            bytes: total.map_or(0, |row| row.bytes),
            families: parts.map(part).collect(),
        })
    }
}

/// A point for each step, also for those in which nothing happened.
fn points(hours: &[HourRow], since: i64, step: i64, steps: i64) -> Vec<FigurePoint> {
    let point = |n: i64| {
        let begins = since + n * step;
        let own = hours
            .iter()
            .filter(|row| (begins..begins + step).contains(&row.hour));
        let mut delivery = Counts::default();
        let (mut messages, mut people, mut connections) = (0, 0, 0);
        for hour in own {
            messages += hour.messages;
            people = people.max(hour.people);
            connections = connections.max(hour.connections);
            delivery.add(&Counts::read(&hour.delivery));
        }
        FigurePoint {
            at: Timestamp(begins),
            messages,
            people_online: people,
            connections,
            delivery: delivery.latency(),
        }
    };
    (0..steps).map(point).collect()
}

fn day(row: DayRow) -> FigureDay {
    FigureDay {
        day: Timestamp(row.day),
        active_people: row.active,
        accounts: row.accounts,
        rooms: row.rooms,
        communities: row.communities,
        bytes: row.bytes,
    }
}
