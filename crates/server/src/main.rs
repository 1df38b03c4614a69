//! Starts Parlor.
fn main() {}
