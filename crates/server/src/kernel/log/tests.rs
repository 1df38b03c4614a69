//! The log's promises, on a database of its own.

use super::{Lane, Log, NewEntry, Stream, Tx, read};
use crate::kernel::bus::Bus;
use crate::kernel::clock::Clock;
use crate::kernel::db::{Db, Sql, StorageError, args, migrate};
use crate::kernel::ids::Ids;
use crate::kernel::jobs::Jobs;
use crate::kernel::outbox::Tray;
use parlor_protocol::{Seq, Timestamp};
use std::time::Duration;

const ROOM: Stream = Stream::Room(7);

struct World {
    db: Db,
    log: Log,
    jobs: Jobs,
    _dir: tempfile::TempDir,
}

async fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("test.db").display());
    let db = Db::connect(&url, false).await.unwrap();
    migrate::run(&db, &[super::MIGRATION]).await.unwrap();
    let (bus, mut delivery) = Bus::new();
    let jobs = Jobs::default();
    jobs.spawn(async move { while delivery.recv().await.is_some() {} });
    let tray = Tray::new(Ids::new(db.clone()));
    let log = Log::start(
        db.clone(),
        Clock::manual(Timestamp(1_000)),
        bus,
        tray,
        &jobs,
    );
    World {
        db,
        log,
        jobs,
        _dir: dir,
    }
}

fn note(about: i64) -> NewEntry {
    NewEntry {
        kind: "note",
        actor: None,
        about,
        body: String::new(),
    }
}

async fn append(log: &Log, about: i64) -> Result<Seq, StorageError> {
    log.commit(move |tx| Box::pin(async move { tx.append(ROOM, note(about)).await }))
        .await
}

#[tokio::test]
async fn concurrent_writers_share_one_dense_order() {
    let world = world().await;
    let writers = (0..8).map(|writer| {
        let log = world.log.clone();
        async move {
            let mut seqs = Vec::new();
            for n in 0..50 {
                seqs.push(append(&log, writer * 100 + n).await.unwrap());
            }
            assert!(seqs.is_sorted(), "a writer's own entries are in its order");
            seqs
        }
    });
    let mut all: Vec<Seq> = futures_util::future::join_all(writers).await.concat();
    all.sort_unstable();
    assert_eq!(all, (1..=400).collect::<Vec<_>>());
    assert_eq!(read::head(&world.db, ROOM).await.unwrap(), 400);
    let stored = read::after(&world.db, ROOM, 390, 100).await.unwrap();
    assert_eq!(
        stored.iter().map(|e| e.seq).collect::<Vec<_>>(),
        (391..=400).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_unit_that_fails_leaves_no_gap() {
    let world = world().await;
    append(&world.log, 1).await.unwrap();
    let failed: Result<(), StorageError> = world
        .log
        .commit(|tx| {
            Box::pin(async move {
                tx.append(ROOM, note(2)).await?;
                tx.sql()
                    .run("INSERT INTO nowhere (x) VALUES (?)", args![1])
                    .await?;
                Ok(())
            })
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(append(&world.log, 3).await.unwrap(), 2);
}

/// A lane that appends a note for each item.
fn notes(log: &Log) -> Lane<i64, Seq, StorageError> {
    Lane::new(log.clone(), |tx: &mut Tx<'_>, items: Vec<i64>| {
        Box::pin(async move {
            let count = i64::try_from(items.len()).unwrap();
            let first = tx.reserve(ROOM, count).await?;
            let entries: Vec<_> = items
                .iter()
                .zip(first..)
                .map(|(item, seq)| (ROOM, seq, note(*item)))
                .collect();
            tx.insert(&entries).await?;
            Ok(entries.iter().map(|(_, seq, _)| Ok(*seq)).collect())
        })
    })
}

#[tokio::test]
async fn a_lane_answers_each_item_in_order() {
    let world = world().await;
    let lane = notes(&world.log);
    let pushed: Vec<_> = (0..300).map(|item| lane.push(item)).collect();
    let seqs: Vec<Seq> = futures_util::future::try_join_all(pushed).await.unwrap();
    assert_eq!(seqs, (1..=300).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_database_that_refuses_a_transaction_leaves_nobody_waiting_in_a_lane() {
    let world = world().await;
    let lane = notes(&world.log);
    world.db.write().close().await;
    for item in 0..3 {
        assert!(lane.push(item).await.is_err());
    }
}

#[tokio::test]
async fn a_unit_that_panics_is_undone_and_the_writer_goes_on() {
    let world = world().await;
    let panicked: Result<Seq, StorageError> = world
        .log
        .commit(|tx| {
            Box::pin(async move {
                tx.append(ROOM, note(1)).await?;
                panic!("a mistake of ours")
            })
        })
        .await;
    assert!(matches!(panicked, Err(StorageError::Unanswered)));
    assert_eq!(append(&world.log, 2).await.unwrap(), 1);
    assert_eq!(notes(&world.log).push(3).await.unwrap(), 2);
}

#[tokio::test]
async fn a_full_disk_refuses_and_nothing_is_acknowledged_without_a_commit() {
    let world = world().await;
    append(&world.log, 0).await.unwrap();
    // The database may not grow: to SQLite that is a full disk. It undoes the whole transaction by itself.
    let pages: Option<i64> = world
        .db
        .write()
        .scalar("PRAGMA page_count", [])
        .await
        .unwrap();
    let limit = format!("PRAGMA max_page_count = {}", pages.unwrap());
    let _: Option<i64> = world.db.write().scalar(&limit, []).await.unwrap();
    let much = NewEntry {
        body: "x".repeat(100_000),
        ..note(1)
    };
    let refused: Result<Seq, StorageError> = world
        .log
        .commit(move |tx| Box::pin(async move { tx.append(ROOM, much).await }))
        .await;
    assert!(refused.is_err());
    let mut acknowledged = vec![1];
    for n in 2..10 {
        acknowledged.extend(append(&world.log, n).await);
    }
    assert!(acknowledged.len() > 1, "it heals");
    let stored = read::after(&world.db, ROOM, 0, 100).await.unwrap();
    let stored: Vec<Seq> = stored.iter().map(|entry| entry.seq).collect();
    assert_eq!(stored, acknowledged);
}

#[tokio::test]
async fn what_was_accepted_before_the_end_is_committed_and_what_comes_later_refused() {
    let world = world().await;
    let pending = append(&world.log, 1);
    assert_eq!(pending.await.unwrap(), 1);
    assert!(world.jobs.shut_down(Duration::from_secs(5)).await);
    assert!(matches!(
        append(&world.log, 2).await,
        Err(StorageError::Stopped)
    ));
}

#[tokio::test]
async fn several_logs_are_locked_and_moved_at_once() {
    let world = world().await;
    append(&world.log, 1).await.unwrap();
    world
        .log
        .commit(|tx| {
            Box::pin(async move {
                let heads = tx.lock_rooms(&[9, 7]).await?;
                assert_eq!(heads, [(7, 1), (9, 0)].into());
                tx.advance_rooms(&[(7, 3), (9, 1)].into()).await?;
                let entries = [(7, 2), (7, 3), (9, 1)];
                let entries = entries.map(|(room, seq)| (Stream::Room(room), seq, note(seq)));
                tx.insert(&entries).await
            })
        })
        .await
        .unwrap();
    assert_eq!(append(&world.log, 4).await.unwrap(), 4);
    assert_eq!(read::head(&world.db, Stream::Room(9)).await.unwrap(), 1);
}

#[tokio::test]
async fn one_entry_goes_to_the_logs_of_many_people() {
    let world = world().await;
    let tell = async |people: Vec<i64>| {
        let commit = world
            .log
            .commit(move |tx| Box::pin(async move { tx.append_to_each(&people, &note(7)).await }));
        commit.await.unwrap()
    };
    assert_eq!(tell(vec![3, 900]).await, [(3, 1), (900, 1)].into());
    let everybody: Vec<i64> = (1..=1_200).collect();
    let places = tell(everybody.clone()).await;
    let place = |id: i64| if id == 3 || id == 900 { 2 } else { 1 };
    assert_eq!(
        places,
        everybody.iter().map(|id| (*id, place(*id))).collect()
    );
    let log = Stream::User(900);
    assert_eq!(read::after(&world.db, log, 0, 10).await.unwrap().len(), 2);
    let forgotten: Result<(), StorageError> = world
        .log
        .commit(move |tx| Box::pin(async move { tx.forget(log).await }))
        .await;
    forgotten.unwrap();
    assert_eq!(read::head(&world.db, log).await.unwrap(), 0);
    assert!(read::after(&world.db, log, 0, 10).await.unwrap().is_empty());
    assert_eq!(tell(Vec::new()).await, [].into());
}

#[tokio::test]
async fn a_unit_knows_what_earlier_ones_of_its_transaction_have_written() {
    let world = world().await;
    let look = |stream| {
        let log = world.log.clone();
        async move {
            let behind = log.commit(move |tx| {
                Box::pin(async move {
                    let behind = tx.is_behind(stream);
                    Ok::<_, StorageError>(behind)
                })
            });
            behind.await.unwrap()
        }
    };
    // Queued together while nothing runs yet, so that they share one transaction.
    let (first, same, other) =
        tokio::join!(append(&world.log, 1), look(ROOM), look(Stream::Room(8)));
    assert_eq!((first.unwrap(), same, other), (1, true, false));
    assert!(!look(ROOM).await);
}

#[tokio::test]
async fn numbers_come_from_memory_or_from_the_transaction_and_never_twice() {
    use crate::kernel::ids::{Ids, Kind};
    let world = world().await;
    let ids = Ids::new(world.db.clone());
    let mut all = Vec::new();
    for round in 0..3 {
        let taken = ids.clone();
        let take = world.log.commit(move |tx| {
            Box::pin(async move { taken.take(tx.sql(), Kind::Message, 1500).await })
        });
        all.extend(take.await.unwrap());
        all.push(ids.next(Kind::Message).await.unwrap());
        assert!(round < 2 || ids.is_low(Kind::Message));
        ids.top_up(Kind::Message).await.unwrap();
        assert!(!ids.is_low(Kind::Message));
    }
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
    assert!(all.iter().all(|id| *id > 0));
}
