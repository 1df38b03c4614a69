//! Weaknesses that show that the fault tests can fail. A build has none unless it was made with the feature `faulty`, as
//! the self-check of those tests does; a release cannot be.

#[cfg(all(feature = "faulty", not(debug_assertions)))]
compile_error!("the feature `faulty` does things wrong on purpose: it is no part of a release");

/// One thing done wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "faulty", derive(clap::ValueEnum))]
pub enum Weakness {
    /// Messages are acknowledged before their commit, which comes later.
    EarlyAnswer,
    /// Told to end, the process just ends.
    HastyEnd,
    /// SQLite leaves it to the system when to sync.
    LazySync,
    /// A full disk is taken for a broken one.
    FullIsBroken,
    /// After a failed sync writing goes on.
    SyncAgain,
    /// Without file descriptors it is tried again at once to accept a connection.
    RestlessAccept,
    /// What waits for a connection, and what a client may send at once, has no bounds.
    Boundless,
    /// Connections that have fallen silent are kept.
    Trusting,
    /// The ids that clients give to their messages are forgotten.
    Forgetful,
    /// All clients are told to come back at the same moment.
    OneMoment,
    /// Steps that change the schema are no transactions.
    BareSteps,
    /// A backup reads each table at a moment of its own.
    TornCopy,
    /// A restored database tells of the past that it was copied from.
    SamePast,
    /// A move takes no notice of rows that are changed.
    HalfDeaf,
    /// What is to follow a commit is crossed off before it is done.
    Careless,
    /// A message with the text `panic` makes its handler panic.
    Fragile,
}

#[cfg(feature = "faulty")]
static CHOSEN: std::sync::OnceLock<Vec<Weakness>> = std::sync::OnceLock::new();

/// Chooses the weaknesses of this process, once.
#[cfg(feature = "faulty")]
pub fn choose(weaknesses: Vec<Weakness>) {
    let _ = CHOSEN.set(weaknesses);
}

/// Whether this process has a weakness.
#[must_use]
#[cfg(feature = "faulty")]
pub fn has(weakness: Weakness) -> bool {
    CHOSEN.get().is_some_and(|all| all.contains(&weakness))
}

/// Whether this process has a weakness: it has none.
#[must_use]
#[cfg(not(feature = "faulty"))]
pub const fn has(_: Weakness) -> bool {
    false
}
