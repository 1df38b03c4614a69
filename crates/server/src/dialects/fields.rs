//! Bodies and payloads read field by field: older systems ignore what they do not know, and each has its own way to
//! say what is missing.

use crate::kernel::body::from_json;
use parlor_protocol::problem::FieldError;
use parlor_protocol::{Code, Problem};
use serde_json::{Map, Value};

/// Said of a field that has to be there.
pub(super) const MISSING: &str = "Field required";

/// A number, or a text that is one.
pub(super) fn as_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The fields of an object, and what is wrong with those that were asked for.
#[derive(Debug, Default)]
pub(super) struct Fields {
    map: Map<String, Value>,
    faults: Vec<FieldError>,
}

impl Fields {
    /// Reads what `decode` asks for from an object, or says all that is wrong with it.
    pub(super) fn read<T>(bytes: &[u8], decode: impl FnOnce(&mut Self) -> T) -> Result<T, Problem> {
        let mut fields = Self {
            map: from_json(bytes)?,
            faults: Vec::new(),
        };
        let decoded = decode(&mut fields);
        fields.done().map(|()| decoded)
    }

    /// Whether a field is there and not `null`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(|value| !value.is_null())
    }

    /// A text that has to be there, with something in it.
    pub(super) fn text(&mut self, name: &str) -> String {
        let text = self.optional_text(name);
        if text.as_deref().unwrap_or_default().is_empty() && !self.is_faulty(name) {
            self.fault(name, MISSING);
        }
        text.unwrap_or_default()
    }

    /// A text.
    pub(super) fn optional_text(&mut self, name: &str) -> Option<String> {
        match self.map.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => {
                self.fault(name, "a text");
                None
            }
        }
    }

    /// A text of at most `most` characters that has to be there.
    pub(super) fn short_text(&mut self, name: &str, most: usize) -> String {
        let text = self.text(name);
        if text.chars().count() > most {
            self.fault(name, format!("at most {most} characters"));
        }
        text
    }

    /// A number, or a text that is one, as pages send it from a form.
    pub(super) fn optional_number(&mut self, name: &str) -> Option<i64> {
        if !self.has(name) {
            return None;
        }
        let number = self.map.get(name).and_then(as_number);
        if number.is_none() {
            self.fault(name, "a whole number");
        }
        number
    }

    /// An id that has to be there.
    pub(super) fn id(&mut self, name: &str) -> i64 {
        if !self.has(name) {
            self.fault(name, MISSING);
            return 0;
        }
        let number = self.optional_number(name);
        if number.is_some_and(|id| !(1..1 << 53).contains(&id)) {
            self.fault(name, "a whole number from 1 to 9007199254740991");
        }
        number.unwrap_or_default()
    }

    /// What a field says, whatever it is.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.map.get(name)
    }

    /// What a field of an object in a field says, whatever it is.
    pub(super) fn inner(&self, name: &str, inner: &str) -> Option<Value> {
        self.map.get(name)?.get(inner).cloned()
    }

    /// A number or a text, as a text: what names something by its id or by its name.
    pub(super) fn number_or_text(&self, name: &str) -> Option<String> {
        match self.map.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Yes or no.
    pub(super) fn optional_flag(&mut self, name: &str) -> Option<bool> {
        match self.map.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::Bool(flag)) => Some(*flag),
            Some(Value::Number(n)) if n.as_i64() == Some(0) => Some(false),
            Some(Value::Number(n)) if n.as_i64() == Some(1) => Some(true),
            Some(_) => {
                self.fault(name, "true or false");
                None
            }
        }
    }

    /// Notes what is wrong with a field.
    pub(super) fn fault(&mut self, name: &str, message: impl Into<String>) {
        self.faults.push(FieldError {
            field: name.to_owned(),
            code: Code::InvalidField,
            message: message.into(),
        });
    }

    /// Refuses where something was wrong.
    fn done(self) -> Result<(), Problem> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let mut problem = Problem::new(Code::InvalidField);
        problem.errors = self.faults;
        Err(problem)
    }

    fn is_faulty(&self, name: &str) -> bool {
        self.faults.iter().any(|fault| fault.field == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let read = Fields::read(br#"{"name": 7, "room": "x", "key": ""}"#, |fields| {
            fields.text("name");
            fields.id("room");
            fields.text("key");
            fields.id("other");
        });
        let problem = read.unwrap_err();
        let found = problem.errors.iter();
        let found: Vec<_> = found
            .map(|error| (error.field.as_str(), error.message.as_str()))
            .collect();
        let expected = [
            ("name", "a text"),
            ("room", "a whole number"),
            ("key", MISSING),
            ("other", MISSING),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let read = Fields::read(br#"{"id": "12", "flag": 1, "more": {}}"#, |fields| {
            (
                fields.id("id"),
                fields.optional_flag("flag"),
                fields.optional_text("none"),
            )
        });
        assert_eq!(read.unwrap(), (12, Some(true), None));
        for odd in [&b"[]"[..], b""] {
            assert!(Fields::read(odd, |_| ()).is_err());
        }
    }
}
