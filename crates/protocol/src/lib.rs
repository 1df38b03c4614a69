//! Parlor's wire: what clients send, what the server answers, and what it tells them unasked.
//!
//! The OpenAPI and AsyncAPI documents and the client's TypeScript types are all generated from these types, so
//! a field exists in one place only. Nothing here does I/O or knows a rule.
//!
//! - [`problem`]: the one error format and the closed list of its codes
//! - [`accounts`], [`factors`], [`identities`], [`friends`], [`rooms`], [`communities`], [`messages`], [`presence`],
//!   [`retention`], [`notifications`], [`archives`], [`announcements`], [`audit`], [`admin`]: commands and views, a module
//!   per capability
//! - [`events`]: what the server sends over the socket
//! - [`value`]: times, pages and fields that may be absent, null or set

pub mod accounts;
pub mod admin;
pub mod announcements;
pub mod archives;
pub mod audit;
pub mod communities;
pub mod events;
pub mod factors;
pub mod friends;
pub mod identities;
pub mod messages;
pub mod notifications;
pub mod presence;
pub mod problem;
pub mod retention;
pub mod rooms;
pub mod value;

pub use problem::{Code, Problem};
pub use value::{Page, Timestamp};

/// All ids and places are below this: JavaScript's numbers are exact up to here.
pub const ID_LIMIT: i64 = 1 << 53;

/// Identifies an account, a guest or a bot. Positive and below [`ID_LIMIT`], as are all ids.
pub type UserId = i64;
/// Identifies a room or a direct chat.
pub type RoomId = i64;
/// Identifies a message.
pub type MessageId = i64;
/// Identifies a signed-in session.
pub type SessionId = i64;
/// An entry's place in the log of its room: 1, 2, 3 … without gaps.
pub type Seq = i64;
