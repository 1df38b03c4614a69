//! Rows of any of the databases, and what is read from them.

use super::StorageError;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use sqlx::mysql::MySqlRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex as _, Row as _};
use std::fmt::Display;
use std::slice::Iter;

/// A row.
pub enum Row {
    /// SQLite's.
    Sqlite(SqliteRow),
    /// PostgreSQL's.
    Postgres(PgRow),
    /// MySQL's or MariaDB's.
    MySql(MySqlRow),
}

/// What a column holds, read as Rust knows it.
pub trait Column: Sized {
    /// The value in a column; `None` where it is NULL.
    fn read(row: &Row, at: usize) -> sqlx::Result<Option<Self>>;
}

macro_rules! columns {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row, at: usize) -> sqlx::Result<Option<Self>> {
                match row {
                    Row::Sqlite(row) => row.try_get(at),
                    Row::Postgres(row) => row.try_get(at),
                    Row::MySql(row) => row.try_get(at),
                }
            }
        }
    )*};
}
columns!(i16, i32, i64, f64, bool, String);

impl Row {
    /// The value in a column, counted from 0; `None` where it is NULL.
    pub fn get<T: Column>(&self, at: usize) -> Result<Option<T>, StorageError> {
        Ok(T::read(self, at)?)
    }

    fn index(&self, name: &str) -> sqlx::Result<usize> {
        match self {
            Self::Sqlite(row) => name.index(row),
            Self::Postgres(row) => name.index(row),
            Self::MySql(row) => name.index(row),
        }
    }
}

/// What can be read from a row: a struct whose fields are named as the columns are.
pub trait FromRow: Sized {
    /// Reads it.
    fn from_row(row: &Row) -> Result<Self, StorageError>;
}

impl<T: DeserializeOwned> FromRow for T {
    fn from_row(row: &Row) -> Result<Self, StorageError> {
        Ok(T::deserialize(Columns(row)).map_err(|RowError(error)| error)?)
    }
}

/// Why a row is not what was expected.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct RowError(#[from] sqlx::Error);

impl serde::de::Error for RowError {
    fn custom<T: Display>(message: T) -> Self {
        Self(sqlx::Error::Decode(message.to_string().into()))
    }
}

/// A row as a struct.
struct Columns<'r>(&'r Row);

impl<'de> Deserializer<'de> for Columns<'_> {
    type Error = RowError;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_map(Fields {
            row: self.0,
            left: fields.iter(),
            at: 0,
        })
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, RowError> {
        Err(serde::de::Error::custom("a row is read as a struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The columns that a struct asks for, one after the other.
struct Fields<'r> {
    row: &'r Row,
    left: Iter<'static, &'static str>,
    at: usize,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = RowError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, RowError> {
        let Some(name) = self.left.next() else {
            return Ok(None);
        };
        self.at = self.row.index(name)?;
        seed.deserialize(BorrowedStrDeserializer::new(name))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, RowError> {
        seed.deserialize(Cell {
            row: self.row,
            at: self.at,
        })
    }
}

/// One column of a row.
struct Cell<'r> {
    row: &'r Row,
    at: usize,
}

impl Cell<'_> {
    fn read<T: Column>(&self) -> Result<T, RowError> {
        T::read(self.row, self.at)?
            .ok_or_else(|| serde::de::Error::custom(format_args!("column {} is NULL", self.at)))
    }

    fn is_null(&self) -> sqlx::Result<bool> {
        use sqlx::ValueRef as _;
        Ok(match self.row {
            Row::Sqlite(row) => row.try_get_raw(self.at)?.is_null(),
            Row::Postgres(row) => row.try_get_raw(self.at)?.is_null(),
            Row::MySql(row) => row.try_get_raw(self.at)?.is_null(),
        })
    }
}

macro_rules! cells {
    ($($method:ident => $visit:ident,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
            visitor.$visit(self.read()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Cell<'_> {
    type Error = RowError;

    cells! {
        deserialize_bool => visit_bool,
        deserialize_i16 => visit_i16,
        deserialize_i32 => visit_i32,
        deserialize_i64 => visit_i64,
        deserialize_f64 => visit_f64,
        deserialize_string => visit_string,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        if self.is_null()? {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, RowError> {
        Err(serde::de::Error::custom(
            "no column holds values of this type",
        ))
    }

    forward_to_deserialize_any! {
        i8 i128 u8 u16 u32 u64 u128 f32 char str bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use crate::kernel::db::{Db, Sql, args};
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Person {
        name: String,
        age: i16,
        nickname: Option<String>,
        is_here: bool,
    }

    async fn db() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("db").display());
        let db = Db::connect(&url, true).await.unwrap();
        (folder, db)
    }

    #[tokio::test]
    async fn a_struct_is_read_by_the_names_of_its_columns() {
        let (_folder, db) = db().await;
        let query = "SELECT ? AS is_here, 7 AS more, ? AS age, ? AS name, NULL AS nickname";
        let person = db.read().row(query, args![true, 30_i16, "Ana 你好"]).await;
        let ana = Person {
            name: "Ana 你好".to_owned(),
            age: 30,
            nickname: None,
            is_here: true,
        };
        assert_eq!(person.unwrap(), Some(ana));
        let query = format!("{query} LIMIT 0");
        let none = db.read().row::<Person>(&query, args![true, 0_i16, ""]);
        assert_eq!(none.await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_does_not_fit_is_an_error_and_no_default() {
        let (_folder, db) = db().await;
        for (query, why) in [
            (
                "SELECT 'Ana' AS name, 3 AS age, NULL AS nickname",
                "is_here",
            ),
            (
                "SELECT NULL AS name, 3 AS age, '' AS nickname, 1 AS is_here",
                "NULL",
            ),
            (
                "SELECT 'Ana' AS name, 'old' AS age, '' AS nickname, 1 AS is_here",
                "decoding",
            ),
        ] {
            let error = db.read().row::<Person>(query, []).await.unwrap_err();
            assert!(error.to_string().contains(why), "{query}: {error}");
        }
        let count: Option<i64> = db.read().scalar("SELECT NULL", []).await.unwrap();
        assert_eq!(count, None);
    }

    #[tokio::test]
    async fn a_part_of_a_transaction_is_undone_by_itself() {
        let (_folder, db) = db().await;
        db.write()
            .execute_raw("CREATE TABLE said (n BIGINT NOT NULL)")
            .await
            .unwrap();
        let transaction = db.begin().await.unwrap();
        for n in 1..=4 {
            transaction.begin_part().await.unwrap();
            transaction
                .run("INSERT INTO said (n) VALUES (?)", args![n])
                .await
                .unwrap();
            if n % 2 == 0 {
                transaction.undo_part().await.unwrap();
            } else {
                transaction.keep_part().await.unwrap();
            }
        }
        transaction.commit().await.unwrap();
        let said: Vec<i64> = db
            .read()
            .column("SELECT n FROM said ORDER BY n", [])
            .await
            .unwrap();
        assert_eq!(said, [1, 3]);
    }
}
