//! Values of statements.

/// A value for a placeholder. The databases hold numbers, truth values and texts, nothing else.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `SMALLINT`.
    Small(Option<i16>),
    /// `INTEGER`.
    Integer(Option<i32>),
    /// `BIGINT`.
    Big(Option<i64>),
    /// `DOUBLE PRECISION`.
    Real(Option<f64>),
    /// `BOOLEAN`.
    Boolean(Option<bool>),
    /// `TEXT` and `VARCHAR`.
    Text(Option<String>),
}

/// The values of a statement, in the order of its placeholders: `args![room_id, name]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::kernel::db::Value::from($value)),*] };
}
pub use args;

macro_rules! values {
    ($($type:ty => $kind:ident,)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$kind(Some(value))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$kind(value)
            }
        }
    )*};
}
values! {
    i16 => Small,
    i32 => Integer,
    i64 => Big,
    f64 => Real,
    bool => Boolean,
    String => Text,
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(Some(value.clone()))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}
