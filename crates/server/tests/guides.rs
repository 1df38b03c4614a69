//! The guides name files and tests: what they link to is there.

#![expect(clippy::unwrap_used, reason = "a check fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_link_of_the_guides_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut broken = Vec::new();
    for guide in guides(&root) {
        let text = fs::read_to_string(&guide).unwrap();
        for link in links(&text) {
            if let Err(why) = follow(&guide, link) {
                broken.push(format!("{}: {link}: {why}", guide.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The Markdown files at the top and under `docs`.
fn guides(root: &Path) -> Vec<PathBuf> {
    let files = [root.to_owned(), root.join("docs")].map(|folder| fs::read_dir(folder).unwrap());
    let paths = files
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect()
}

/// What stands in the round brackets of `[text](link)`, links to other sites left out.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(')')?.0))
        .filter(|link| !link.contains("://"))
}

/// A link is a path beside the guide; behind `#` stands a test (or another name) that the file has.
fn follow(guide: &Path, link: &str) -> Result<(), String> {
    let (path, name) = link.split_once('#').unwrap_or((link, ""));
    let target = guide.with_file_name(path);
    if name.is_empty() {
        return target
            .exists()
            .then_some(())
            .ok_or_else(|| "no such file".to_owned());
    }
    let text = fs::read_to_string(target).map_err(|error| error.to_string())?;
    let found = text.contains(&format!("fn {name}("));
    found
        .then_some(())
        .ok_or_else(|| format!("no fn {name} in it"))
}

/// Every numbered case of bad input has its row, and the row a test, unless there is nothing to refuse it yet.
#[test]
fn every_case_of_bad_input_has_its_row() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/bad-inputs.md");
    let text = fs::read_to_string(page).unwrap();
    let rows = text.lines().filter_map(|line| {
        let (case, rest) = line.strip_prefix("| ")?.split_once(" | ")?;
        let held = links(rest).next().is_some() || rest.contains("not offered yet");
        case.ends_with(|c: char| c.is_ascii_digit())
            .then_some((case, held))
    });
    let rows: Vec<(&str, bool)> = rows.collect();
    let families = [
        ("H", 22),
        ("S", 26),
        ("M", 16),
        ("N", 8),
        ("A", 21),
        ("R", 5),
    ];
    let cases = families
        .into_iter()
        .flat_map(|(family, last)| (1..=last).map(move |n| format!("{family}{n}")));
    assert!(cases.eq(rows.iter().map(|(case, _)| *case)), "{rows:?}");
    let bare: Vec<_> = rows.iter().filter(|(_, held)| !held).collect();
    assert!(bare.is_empty(), "{bare:?}");
}
