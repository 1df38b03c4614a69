//! Commands read by a table: which fields a system's clients send for one, and how each is read.

use super::fields::Fields;
use crate::kernel::body::from_json;
use parlor_protocol::Problem;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Reads a field, or notes what is wrong with it; `None` where it is not there.
pub(super) type Reader = fn(&mut Fields, &str) -> Option<Value>;

/// The fields of a command, which have the same names here.
pub(super) type Table = &'static [(&'static str, Reader)];

/// A text that has to be there.
pub(super) fn needed(fields: &mut Fields, name: &str) -> Option<Value> {
    let text = fields.text(name);
    (!text.is_empty()).then(|| text.into())
}

/// A text.
pub(super) fn text(fields: &mut Fields, name: &str) -> Option<Value> {
    fields.optional_text(name).map(Value::from)
}

/// A number.
pub(super) fn number(fields: &mut Fields, name: &str) -> Option<Value> {
    fields.optional_number(name).map(Value::from)
}

/// Yes or no.
pub(super) fn flag(fields: &mut Fields, name: &str) -> Option<Value> {
    fields.optional_flag(name).map(Value::from)
}

/// The command that a body is, or all that is wrong with it.
pub(super) fn fill<T: DeserializeOwned>(body: &[u8], table: Table) -> Result<T, Problem> {
    let filled = Fields::read(body, |fields| {
        let given = table.iter().filter_map(|(name, read)| {
            let value = read(fields, name)?;
            Some(((*name).to_owned(), value))
        });
        given.collect::<Map<_, _>>()
    });
    from_json(Value::Object(filled?).to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_protocol::rooms::{ChangeRoom, CreateRoom};

    const ROOM: Table = &[
        ("name", needed),
        ("is_private", flag),
        ("max_members", number),
    ];

    #[test]
    fn what_the_table_names_is_read_and_nothing_else() {
        let body =
            br#"{"name": "Hall", "max_members": "12", "access_key": "guess", "is_private": null}"#;
        let room: CreateRoom = fill(body, ROOM).unwrap();
        let read = (room.name.as_str(), room.max_members, room.access_key);
        assert_eq!(read, ("Hall", Some(12), None));
        let change: ChangeRoom = fill(b"{}", &[("name", text)]).unwrap();
        assert_eq!((change.name, change.max_members), (None, None));
    }

    #[test]
    fn all_that_is_wrong_is_said_in_the_order_of_the_table() {
        let body = br#"{"max_members": "many", "is_private": "maybe"}"#;
        let problem = fill::<CreateRoom>(body, ROOM).unwrap_err();
        let fields: Vec<_> = problem.errors.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["name", "is_private", "max_members"]);
    }
}
