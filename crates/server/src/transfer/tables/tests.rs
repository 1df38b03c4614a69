use super::*;

fn of(sql: &'static str) -> Result<Vec<Table>, SchemaError> {
    tables(&[Migration { name: "1", sql }])
}

#[test]
fn steps_make_tables_and_change_them() {
    let made = of("CREATE TABLE IF NOT EXISTS a (
    id BIGINT NOT NULL PRIMARY KEY, -- by which it is told apart
    name VARCHAR(10) NOT NULL,
    old TEXT
);
CREATE TABLE IF NOT EXISTS b (
    x SMALLINT NOT NULL,
    y TEXT DEFAULT 'PRIMARY' NOT NULL,
    PRIMARY KEY (y, x)
);
CREATE UNIQUE INDEX a_name ON a (name);
CREATE INDEX a_old ON a (old);
ALTER TABLE a ADD COLUMN is_new BOOLEAN;
ALTER TABLE a DROP COLUMN old;
CREATE TABLE IF NOT EXISTS gone (id BIGINT PRIMARY KEY);
UPDATE a SET name = '';
DROP TABLE gone;")
    .unwrap();
    let names: Vec<_> = made.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    let columns: Vec<_> = made[0]
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.kind))
        .collect();
    assert_eq!(
        columns,
        [
            ("id", Kind::Integer),
            ("name", Kind::Text),
            ("is_new", Kind::Boolean)
        ]
    );
    assert_eq!(made[0].unique[0].name, "a_name");
    assert_eq!(
        (&made[0].key[..], &made[1].key[..]),
        (&[0][..], &[1, 0][..])
    );
}

#[test]
fn what_cannot_be_carried_over_is_refused() {
    for sql in [
        "CREATE TABLE IF NOT EXISTS a (x BIGINT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS a (x BLOB NOT NULL PRIMARY KEY)",
        "CREATE TABLE IF NOT EXISTS a (x BIGINT PRIMARY KEY, y TEXT UNIQUE)",
        "CREATE TABLE IF NOT EXISTS a (x BIGINT PRIMARY KEY, FOREIGN KEY (x) REFERENCES b (x))",
        "CREATE TABLE a (x BIGINT PRIMARY KEY)",
        "CREATE VIRTUAL TABLE a USING fts5 (x)",
        "ALTER TABLE a ADD COLUMN x BIGINT",
        "VACUUM",
    ] {
        assert!(of(sql).is_err(), "{sql}");
    }
}
