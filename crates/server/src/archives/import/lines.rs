//! Files of JSON Lines from anybody: read a line at a time, with a bound on each.

use super::ImportError;
use serde::de::DeserializeOwned;
use std::io::{BufRead, BufReader, Read};

/// The longest line, in bytes: more than a message with many reactions needs.
pub(super) const LONGEST: u64 = 1024 * 1024;

/// Reads a file line by line; empty lines are passed over.
pub(super) fn each<T: DeserializeOwned>(
    file: &str,
    reader: impl Read,
    mut take: impl FnMut(T) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let mut reader = BufReader::with_capacity(64 * 1024, reader);
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        number += 1;
        let wrong = |why: String| ImportError::Line {
            file: file.to_owned(),
            line: number,
            why,
        };
        let mut bounded = reader.by_ref().take(LONGEST + 1);
        let read = bounded.read_until(b'\n', &mut line);
        let read = read.map_err(|error| wrong(error.to_string()))?;
        if read == 0 {
            return Ok(());
        }
        if read as u64 > LONGEST {
            return Err(wrong("it is longer than 1 MiB".to_owned()));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let record = serde_json::from_slice(&line);
        take(record.map_err(|error| wrong(error.to_string()))?)?;
    }
}

/// How many lines a file has, empty ones left out.
pub(super) fn count(reader: impl Read) -> std::io::Result<u64> {
    let (mut reader, mut lines, mut is_inside) = (BufReader::new(reader), 0, false);
    loop {
        let piece = reader.fill_buf()?;
        if piece.is_empty() {
            return Ok(lines + u64::from(is_inside));
        }
        for byte in piece {
            if *byte == b'\n' {
                lines += u64::from(is_inside);
                is_inside = false;
            } else {
                is_inside |= !byte.is_ascii_whitespace();
            }
        }
        let read = piece.len();
        reader.consume(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<u32>, String> {
        let mut all = Vec::new();
        let done = each("numbers", text.as_bytes(), |number| {
            all.push(number);
            Ok(())
        });
        done.map(|()| all).map_err(|error| error.to_string())
    }

    #[test]
    fn lines_are_counted() {
        for (text, lines) in [("", 0), ("\n \n", 0), ("1\n", 1), ("1\n\n2\r\n3", 3)] {
            assert_eq!(count(text.as_bytes()).unwrap(), lines, "{text:?}");
        }
    }

    #[test]
    fn each_line_is_a_record_and_a_fault_names_its_line() {
        assert_eq!(read("1\n2\n\n3").unwrap(), [1, 2, 3]);
        assert!(read("1\nx\n").unwrap_err().starts_with("numbers, line 2: "));
        let long = "1".repeat(usize::try_from(LONGEST).unwrap() + 1);
        assert_eq!(
            read(&format!("1\n{long}")).unwrap_err(),
            "numbers, line 2: it is longer than 1 MiB"
        );
    }
}
