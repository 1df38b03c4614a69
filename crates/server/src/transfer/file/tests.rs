use super::*;
use crate::transfer::tables::{Column, Kind};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Cursor;

fn header() -> Header {
    Header {
        parlor_backup: FORMAT,
        version: "0.1.0".to_owned(),
        taken_at: 1_700_000_000_000,
        engine: "Sqlite".to_owned(),
        migrations: vec!["0001_kernel".to_owned()],
        epoch: Some("past".to_owned()),
        secret_mark: None,
        secret_key: None,
    }
}

fn table(name: &str) -> Table {
    let column = |name: &str, kind| Column {
        name: name.to_owned(),
        kind,
    };
    Table {
        name: name.to_owned(),
        columns: vec![
            column("id", Kind::Integer),
            column("text", Kind::Text),
            column("is_new", Kind::Boolean),
        ],
        key: vec![0],
        unique: Vec::new(),
    }
}

fn written(tables: &[(&str, Vec<Row>)]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), header()).unwrap();
    for (name, rows) in tables {
        writer.table(&table(name)).unwrap();
        for row in rows {
            writer.row(row).unwrap();
        }
    }
    writer.finish().unwrap().1
}

fn read(bytes: &[u8]) -> Result<Vec<Item>, FormatError> {
    let mut reader = Reader::open(Cursor::new(bytes), bytes.len() as u64)?;
    let mut items = Vec::new();
    while let Some(item) = reader.item()? {
        items.push(item);
    }
    Ok(items)
}

fn a_few_rows() -> Vec<u8> {
    let row = |id: i64| {
        vec![
            json!(id),
            json!(format!("“{id}” 你好 👋\n")),
            json!(id % 2 == 0),
        ]
    };
    let empty = vec![json!(4), Value::Null, Value::Null];
    let rows = (1..=3).map(row).chain([empty]).collect();
    written(&[
        ("rooms", rows),
        ("nobody", vec![]),
        ("messages", vec![row(9)]),
    ])
}

fn rows_of_any_kind() -> impl Strategy<Value = Vec<Row>> {
    let value = |kind: BoxedStrategy<Value>| prop_oneof![kind, Just(Value::Null)];
    let row = (
        any::<i64>().prop_map(|id| json!(id)),
        value(any::<String>().prop_map(|text| json!(text)).boxed()),
        value(any::<bool>().prop_map(|is| json!(is)).boxed()),
    );
    prop::collection::vec(row.prop_map(|(a, b, c)| vec![a, b, c]), 0..40)
}

proptest! {
    #[test]
    fn what_was_written_is_read(first in rows_of_any_kind(), second in rows_of_any_kind()) {
        let items = read(&written(&[("a", first.clone()), ("b", second.clone())])).unwrap();
        let rows: Vec<_> = items.iter().filter_map(|item| match item {
            Item::Row(row) => Some(row.clone()),
            _ => None,
        }).collect();
        prop_assert_eq!(rows, [first.clone(), second].concat());
        let Some(Item::Manifest(manifest)) = items.last() else { panic!("it has no end") };
        prop_assert_eq!(manifest.tables.len(), 2);
        prop_assert_eq!(manifest.tables[0].rows, first.len() as u64);
    }

    #[test]
    fn nothing_that_is_no_backup_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(read(&bytes).is_err());
        // The same inside of what can be unpacked.
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, &bytes).unwrap();
        prop_assert!(read(&packed.finish().unwrap()).is_err());
    }

    #[test]
    fn lines_in_any_order_break_nothing(lines in prop::collection::vec(0_usize..9, 0..12)) {
        let known = [
            json!({ "header": header() }), json!({ "table": table("a") }), json!([1, "x", true]), json!([1, 2, 3]),
            json!({ "end": { "name": "a", "rows": 1, "sha256": "" } }), json!({ "manifest": { "tables": [] } }),
            json!({ "table": { "name": "b", "columns": [], "key": [7] } }), json!([]), json!({}),
        ];
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let lines: Vec<String> = [0].iter().chain(&lines).map(|at| known[*at].to_string()).collect();
        std::io::Write::write_all(&mut packed, (lines.join("\n") + "\n").as_bytes()).unwrap();
        prop_assert!(read(&packed.finish().unwrap()).is_err());
    }
}

#[test]
fn no_bit_can_change_unnoticed() {
    let bytes = a_few_rows();
    assert_eq!(read(&bytes).unwrap().len(), 3 + 5 + 1);
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(read(&changed).is_err(), "bit {bit}");
    }
}

#[test]
fn no_end_can_be_missing_and_nothing_can_follow() {
    let bytes = a_few_rows();
    for length in 0..bytes.len() {
        assert!(read(&bytes[..length]).is_err(), "{length} bytes");
    }
    assert!(read(&[bytes.as_slice(), b"\0"].concat()).is_err());
    assert!(read(&[bytes.as_slice(), &bytes].concat()).is_err());
}

#[test]
fn what_is_broken_is_named() {
    // Enough that a half of the file ends in the midst of its rows.
    let noise = |id: i64| {
        json!(hex(
            digest::digest(&digest::SHA256, &id.to_le_bytes()).as_ref()
        ))
    };
    let rows = (0..5000)
        .map(|id| vec![json!(id), noise(id), json!(true)])
        .collect();
    let bytes = written(&[("messages", rows)]);
    let said = read(&bytes[..bytes.len() / 2]).unwrap_err().to_string();
    assert!(
        said.contains("cut off in the table messages, after 2"),
        "{said}"
    );
    let mut changed = bytes.clone();
    changed[bytes.len() / 2] ^= 16;
    let said = read(&changed).unwrap_err().to_string();
    assert!(
        said.contains("damaged in the table messages, after"),
        "{said}"
    );
    let mut changed = bytes.clone();
    changed[bytes.len() - 20] ^= 1;
    let said = read(&changed).unwrap_err().to_string();
    assert!(said.contains("its checksum does not fit"), "{said}");
    let said = read(b"PNG").unwrap_err().to_string();
    assert!(said.contains("no backup of Parlor"), "{said}");
}

#[test]
fn a_later_format_is_refused_by_its_number() {
    let later = Header {
        parlor_backup: FORMAT,
        ..header()
    };
    let line = serde_json::to_string(&json!({ "header": later })).unwrap();
    let line = line.replace("\"parlor_backup\":1", "\"parlor_backup\":2,\"more\":true") + "\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, line.as_bytes()).unwrap();
    let bytes = [packed.finish().unwrap(), vec![0; TRAILER]].concat();
    assert!(matches!(read(&bytes), Err(FormatError::TooNew(2))));
}
