//! Who may use whom: a capability calls down, never up or sideways; what happens above it, it hears through events.

#![expect(clippy::unwrap_used, reason = "a check fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. A module uses those of the lines above its own.
const LAYERS: &[&[&str]] = &[
    &["kernel"],
    &["transfer", "holds"],
    &["audit"],
    &["accounts"],
    &["friends"],
    &["rooms"],
    &["communities"],
    &["messages"],
    &["notifications"],
    &["presence", "archives"],
    &["retention"],
    &["announcements"],
    &["admin"],
];

/// What puts the capabilities together may use all of them, and none of them may use it.
const ASSEMBLY: &[&str] = &[
    "apidocs", "app", "cli", "dialects", "http", "imports", "lib", "main", "realtime",
];

#[test]
fn capabilities_only_call_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = BTreeSet::new();
    for file in rust_files(&src) {
        let path = file.strip_prefix(&src).unwrap();
        let user = module_of(path);
        let text = fs::read_to_string(&file).unwrap();
        for used in used_modules(&text) {
            if !may_use(&user, &used) {
                wrong.insert(format!(
                    "{}: {user} may not use crate::{used}",
                    path.display()
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "edges that are not allowed (see LAYERS):\n{}",
        Vec::from_iter(wrong).join("\n")
    );
}

fn may_use(user: &str, other: &str) -> bool {
    if user == other || ASSEMBLY.contains(&user) {
        return true;
    }
    let layer = |module: &str| LAYERS.iter().position(|names| names.contains(&module));
    matches!((layer(user), layer(other)), (Some(above), Some(below)) if below < above)
}

/// The top-level module a file belongs to.
fn module_of(path: &Path) -> String {
    let first = path
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.strip_suffix(".rs").unwrap_or(first).to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The top-level modules that a file names after `crate::`, in `use` lines and elsewhere, comments left out.
fn used_modules(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c == '$' || c == '_' || c.is_alphanumeric()) {
            continue;
        }
        let after = &code[at + "crate::".len()..];
        match after.strip_prefix('{') {
            Some(group) => used.extend(names_in_group(group)),
            None => used.extend(first_name(after)),
        }
    }
    used
}

/// The first name of each path in `a::b, c::{d, e}}…`, up to the brace that closes the group.
fn names_in_group(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    let mut start = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                names.extend(first_name(group[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

fn first_name(path: &str) -> Option<String> {
    let name: String = path
        .chars()
        .take_while(|c| *c == '_' || c.is_alphanumeric())
        .collect();
    (!name.is_empty()).then_some(name)
}

/// The most lines of code of one dialect: what several need stands beside them.
const THIN: usize = 420;

#[test]
fn dialects_translate_and_do_no_more() {
    let dialects = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/dialects");
    for dialect in ["must", "awesome", "platform", "komunikator"] {
        let files = rust_files(&dialects.join(dialect));
        let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
        let lines: usize = texts.map(|text| lines_of_code(&text)).sum();
        assert!(
            lines > 0 && lines <= THIN,
            "{dialect}: {lines} lines of code"
        );
    }
    for file in rust_files(&dialects) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("kernel::db"), "SQL in {}", file.display());
    }
}

/// Lines that are neither empty nor comments nor imports.
fn lines_of_code(text: &str) -> usize {
    let mut imports = false;
    let code = text.lines().map(str::trim).filter(|line| {
        let begins = ["use ", "pub use ", "pub(super) use "];
        imports |= begins.iter().any(|begin| line.starts_with(begin));
        let counts = !imports && !line.is_empty() && !line.starts_with("//");
        imports &= !line.ends_with(';');
        counts
    });
    code.count()
}

#[test]
fn the_check_counts_code_alone() {
    let text = "//! What it is.\n\nuse a::{\n    b,\n};\nuse c;\n\n/// One.\nfn one() {\n    // Why.\n    two();\n}\n";
    assert_eq!(lines_of_code(text), 3);
}

#[test]
fn the_check_sees_every_way_to_name_a_module() {
    let text = "use crate::kernel::Clock;\nuse crate::{\n  rooms::{self, access},\n  messages,\n};\n// crate::comment\nfn f() { crate::presence::on(); $crate::mine(); }";
    assert_eq!(
        Vec::from_iter(used_modules(text)),
        ["kernel", "messages", "presence", "rooms"]
    );
    assert!(
        may_use("messages", "rooms") && may_use("app", "messages") && may_use("rooms", "rooms")
    );
    assert!(
        !may_use("rooms", "messages")
            && !may_use("kernel", "app")
            && !may_use("rooms", "unheard_of")
    );
}
