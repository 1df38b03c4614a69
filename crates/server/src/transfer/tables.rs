//! Which tables there are, read from the migrations themselves: what a capability adds there is carried along without
//! anybody having to think of it.

use crate::kernel::db::migrate::Migration;
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// Text.
    Text,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Which of them are its primary key, in order.
    pub key: Vec<usize>,
    /// Its other unique indexes.
    #[serde(skip)]
    pub unique: Vec<Index>,
}

/// A unique index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// The statement that makes it.
    pub create: String,
}

/// A statement of a migration that cannot be carried over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}: {statement}")]
pub struct SchemaError {
    /// What is wrong with it.
    pub why: &'static str,
    /// The statement.
    pub statement: String,
}

impl Table {
    /// The columns of its primary key.
    pub fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.key.iter().filter_map(|at| self.columns.get(*at))
    }
}

/// The tables that these steps leave behind, in the order in which they were made.
pub fn tables(steps: &[Migration]) -> Result<Vec<Table>, SchemaError> {
    let mut tables = Vec::new();
    for text in steps.iter().flat_map(Migration::statements) {
        apply(&mut tables, text).map_err(|why| SchemaError {
            why,
            statement: text.to_owned(),
        })?;
    }
    Ok(tables)
}

fn apply(tables: &mut Vec<Table>, text: &str) -> Result<(), &'static str> {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [
            "CREATE",
            "TABLE",
            "IF",
            "NOT",
            "EXISTS",
            name,
            "(",
            items @ ..,
            ")",
        ] => {
            tables.push(created(name, items)?);
        }
        ["CREATE", "TABLE", ..] => return Err("it is not IF NOT EXISTS"),
        ["ALTER", "TABLE", table, "ADD", "COLUMN", column @ ..] => {
            let (column, is_key) = read_column(column)?;
            if is_key {
                return Err("a key cannot be added");
            }
            table_named(tables, table)?.columns.push(column);
        }
        ["ALTER", "TABLE", table, "DROP", "COLUMN", column] => drop_column(tables, table, column)?,
        ["CREATE", "UNIQUE", "INDEX", name, "ON", table, ..] => {
            let (name, create) = ((*name).to_owned(), text.to_owned());
            table_named(tables, table)?
                .unique
                .push(Index { name, create });
        }
        ["CREATE", "INDEX", ..] | ["INSERT" | "UPDATE" | "DELETE", ..] => {}
        ["DROP", "INDEX", rest @ ..] => {
            for table in tables {
                table
                    .unique
                    .retain(|index| !rest.contains(&index.name.as_str()));
            }
        }
        ["DROP", "TABLE", .., name] => tables.retain(|table| table.name != *name),
        _ => return Err("it is not known what it does to the tables"),
    }
    Ok(())
}

fn created(name: &str, items: &[&str]) -> Result<Table, &'static str> {
    let mut table = Table {
        name: name.to_owned(),
        columns: Vec::new(),
        key: Vec::new(),
        unique: Vec::new(),
    };
    for item in items_of(items) {
        if let ["PRIMARY", "KEY", "(", names @ .., ")"] = item {
            for name in names.iter().filter(|name| **name != ",") {
                let at = table.columns.iter().position(|column| column.name == *name);
                table.key.push(at.ok_or("its key is no column")?);
            }
            continue;
        }
        let (column, is_key) = read_column(item)?;
        if is_key {
            table.key.push(table.columns.len());
        }
        table.columns.push(column);
    }
    if table.key.is_empty() {
        return Err("it has no primary key, by which rows are told apart");
    }
    Ok(table)
}

/// A column, and whether it is the primary key.
fn read_column(words: &[&str]) -> Result<(Column, bool), &'static str> {
    let [name, form, rest @ ..] = words else {
        return Err("a column has no type");
    };
    let kind = match *form {
        "BIGINT" | "SMALLINT" | "INTEGER" => Kind::Integer,
        "BOOLEAN" => Kind::Boolean,
        "TEXT" | "VARCHAR" | "CHAR" => Kind::Text,
        _ => return Err("a column is of a type that is not carried over"),
    };
    // What the database does by itself would not be noticed, or not be the same in another one.
    let own_ways = [
        "UNIQUE",
        "REFERENCES",
        "AUTO_INCREMENT",
        "AUTOINCREMENT",
        "GENERATED",
    ];
    if rest.iter().any(|word| own_ways.contains(word)) {
        return Err("a column is unique by itself, refers to others or numbers itself");
    }
    let is_key = rest.windows(2).any(|pair| pair == ["PRIMARY", "KEY"]);
    let name = (*name).to_owned();
    Ok((Column { name, kind }, is_key))
}

fn drop_column(tables: &mut [Table], table: &str, column: &str) -> Result<(), &'static str> {
    let table = table_named(tables, table)?;
    let at = table.columns.iter().position(|known| known.name == column);
    let at = at.ok_or("there is no such column")?;
    if table.key.contains(&at) {
        return Err("a key cannot be dropped");
    }
    table.columns.remove(at);
    for key in &mut table.key {
        *key -= usize::from(*key > at);
    }
    Ok(())
}

fn table_named<'t>(tables: &'t mut [Table], name: &str) -> Result<&'t mut Table, &'static str> {
    tables
        .iter_mut()
        .find(|table| table.name == name)
        .ok_or("there is no such table")
}

/// What stands between commas that are in no brackets.
fn items_of<'w, 't>(words: &'w [&'t str]) -> Vec<&'w [&'t str]> {
    let mut depth = 0;
    let mut items = Vec::new();
    let mut start = 0;
    for (at, word) in words.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 0 => {
                items.push(&words[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&words[start..]);
    items
}

/// Words, brackets and commas; comments left out.
fn words(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join(" ");
    let mut spaced = String::with_capacity(code.len() + 16);
    for c in code.chars() {
        if matches!(c, '(' | ')' | ',') {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}
