//! Who people are: signing up and in, sessions, profiles, and those who run the server.

mod administration;
mod browser;
mod factors;
mod guests;
mod identities;
mod profile;
mod sessions;
mod sign_in;
mod sign_up;

use parlor_testkit::{Value, json};

/// A form that signs somebody up.
fn form(username: &str) -> Value {
    json!({
        "username": username,
        "email": format!("{username}@example.org"),
        "password": "a long walk by the river",
        "privacy_policy_accepted": true,
    })
}

/// The same form with one field changed.
fn with(mut form: Value, field: &str, value: Value) -> Value {
    form[field] = value;
    form
}
