//! Stories of people who use the server through its public interfaces, a file per capability.

mod accounts;
mod operations;
