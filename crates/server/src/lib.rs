//! Parlor: rooms to talk in. A self-hosted server for chat, calls and meetings.
//!
//! Data flows one way: transport → capability → store → delivery. `docs/architecture.md` is the map.

#[macro_use]
pub mod kernel;

pub mod accounts;
pub mod admin;
pub mod announcements;
pub mod apidocs;
pub mod app;
pub mod archives;
pub mod audit;
pub mod cli;
pub mod communities;
pub mod dialects;
pub mod friends;
pub mod holds;
pub mod http;
pub mod imports;
pub mod messages;
pub mod notifications;
pub mod presence;
pub mod realtime;
pub mod retention;
pub mod rooms;
pub mod transfer;
pub mod web;
