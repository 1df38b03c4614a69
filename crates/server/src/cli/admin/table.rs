//! Showing lists: a line an item, columns by tabs, under a line of their names. As JSON, the items as they came.

use super::Refused;
use super::console::Console;
use serde_json::Value;
use std::io::Write as _;

/// A column: its name, and where in an item it is (RFC 6901).
pub(super) type Column = (&'static str, &'static str);

/// Prints a list.
pub(super) fn print(console: &Console, columns: &[Column], items: &[Value]) -> Result<(), Refused> {
    let mut out = std::io::stdout().lock();
    if console.json {
        for item in items {
            writeln!(out, "{item}")?;
        }
        return Ok(());
    }
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    writeln!(out, "{}", names.join("\t"))?;
    for item in items {
        let cells = columns.iter().map(|(_, place)| cell(item.pointer(place)));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("\t"))?;
    }
    Ok(())
}

/// Prints one thing: a sentence, or as JSON the thing itself.
pub(super) fn say(console: &Console, sentence: &str, item: &Value) -> Result<(), Refused> {
    let mut out = std::io::stdout().lock();
    if console.json {
        writeln!(out, "{item}")?;
    } else {
        writeln!(out, "{sentence}")?;
    }
    Ok(())
}

/// A value as a terminal may show it: on one line, and without what would steer the terminal.
fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(true)) => "yes".to_owned(),
        Some(Value::Bool(false)) => "no".to_owned(),
        Some(Value::Object(fields)) => {
            let pairs = fields.iter().map(|(k, v)| format!("{k}={}", cell(Some(v))));
            pairs.collect::<Vec<_>>().join(" ")
        }
        Some(other) => other.to_string(),
    };
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cell_cannot_steer_the_terminal() {
        assert_eq!(cell(Some(&json!("a\u{1b}[2Jb\tc\nd"))), "a [2Jb c d");
        assert_eq!(
            cell(Some(&json!({ "from": "user", "to": "admin" }))),
            "from=user to=admin"
        );
        assert_eq!(cell(None), "-");
        assert_eq!(cell(Some(&json!(true))), "yes");
    }
}
