//! HTTP: the listener with its limits, the layers that every request passes, and what answers for the server itself.

pub use crate::kernel::client::ClientAddr;
