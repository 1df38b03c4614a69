//! Those who run the server, at their desk: the audit log, accounts, rooms from outside, the command line.

mod audit;
mod console;
mod figures;
mod resets;
mod rooms;

use parlor_testkit::{Value, Visitor};

/// The entries of the audit log, the oldest first.
async fn entries(admin: &Visitor, query: &str) -> Vec<Value> {
    let path = format!("/api/admin/audit?limit=200&{query}");
    let log = admin.get(&path).await.expect(200);
    let mut entries = log["items"].as_array().unwrap().clone();
    entries.reverse();
    entries
}

/// What was done, and to what.
fn acts(entries: &[Value]) -> Vec<(&str, Option<i64>)> {
    let entries = entries.iter();
    entries
        .map(|e| (e["action"].as_str().unwrap(), e["subject_id"].as_i64()))
        .collect()
}
