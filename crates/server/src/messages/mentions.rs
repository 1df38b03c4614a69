//! Finding `@name` in what somebody wrote. Pure: which of the names belong to members is decided elsewhere.

use std::collections::BTreeSet;
use unicode_normalization::char::is_combining_mark;

/// The most people one message mentions.
pub(super) const MOST: usize = 20;
/// How many different words after an `@` are looked at; what follows them is plain text.
const WORDS: usize = 50;
/// The longest name, in characters.
const LONGEST: usize = 48;
/// The shortest.
const SHORTEST: usize = 2;

/// Whom a text calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Calls {
    /// Everybody in the room.
    pub(super) room: bool,
    /// Of each word after an `@`, the names that it may begin with, longest first. Chinese is written without spaces,
    /// so `@张三你好` may call `张三`.
    pub(super) people: Vec<Vec<String>>,
}

impl Calls {
    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// All names that somebody has to be asked about.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.people.iter().flatten().map(String::as_str)
    }
}

/// Reads whom `content` calls.
pub(super) fn calls(content: &str) -> Calls {
    let mut calls = Calls::default();
    if !content.contains('@') {
        return calls;
    }
    let mut seen = BTreeSet::new();
    for word in words(content) {
        if calls_room(word) {
            calls.room = true;
        } else if seen.len() < WORDS && seen.insert(word) {
            let names = names(word);
            if !names.is_empty() {
                calls.people.push(names);
            }
        }
    }
    calls
}

/// The words after an `@` that does not itself end a word, as in an e-mail address.
fn words(content: &str) -> impl Iterator<Item = &str> {
    content.match_indices('@').filter_map(|(at, sign)| {
        let before = content[..at].chars().next_back();
        if before.is_some_and(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        let rest = &content[at + sign.len()..];
        let end = rest.char_indices().take(LONGEST + 1);
        let end = end.take_while(|(_, c)| is_part_of_name(*c)).last();
        let end = end.map_or(0, |(at, c)| at + c.len_utf8());
        Some(&rest[..end])
    })
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '_' | '-' | '.')
}

fn calls_room(word: &str) -> bool {
    let word = word.trim_end_matches(['.', '-']);
    ["room", "all", "everyone"]
        .iter()
        .any(|call| word.eq_ignore_ascii_case(call))
        || word.starts_with("所有人")
}

/// The names that a word may begin with, longest first. Inside ASCII a name ends where the word does.
fn names(word: &str) -> Vec<String> {
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
    let mut names: Vec<String> = ends
        .take(LONGEST)
        .skip(SHORTEST - 1)
        .filter(|end| {
            let next = word[*end..].chars().next();
            next.is_none_or(|c| !c.is_ascii()) || word[*end..].trim_matches(['.', '-']).is_empty()
        })
        .map(|end| word[..end].to_owned())
        .collect();
    names.reverse();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(content: &str) -> Vec<String> {
        let calls = calls(content);
        calls.people.into_iter().map(|mut n| n.remove(0)).collect()
    }

    #[test]
    fn a_name_follows_an_at_sign() {
        assert_eq!(first("hello @alice and @bob-2"), ["alice", "bob-2"]);
        assert_eq!(first("(@alice), @alice"), ["alice"]);
        assert_eq!(first("write to alice@example.org"), [""; 0]);
        assert_eq!(first("@ @a @"), [""; 0]);
    }

    #[test]
    fn a_full_stop_may_end_the_sentence_or_belong_to_the_name() {
        assert_eq!(calls("ask @bob.").people, [["bob.", "bob"]]);
        assert_eq!(calls("@j.doe").people, [["j.doe"]]);
    }

    #[test]
    fn names_are_found_where_words_are_not_spaced() {
        let found = calls("请@张三丰看一下");
        assert_eq!(
            found.people,
            [["张三丰看一下", "张三丰看一", "张三丰看", "张三丰", "张三"]]
        );
        assert_eq!(
            calls("@alice你好").people,
            [["alice你好", "alice你", "alice"]]
        );
    }

    #[test]
    fn the_room_has_names_too() {
        for text in ["@room", "@ALL!", "@所有人开会", "hey @all."] {
            assert!(calls(text).room, "{text}");
        }
        assert!(!calls("@roommate").room);
    }

    #[test]
    fn a_flood_of_calls_is_bounded() {
        let flood: Vec<String> = (0..2000).map(|n| format!("@user{n}")).collect();
        assert_eq!(calls(&flood.join(" ")).people.len(), WORDS);
        let long = "字".repeat(4000);
        assert_eq!(calls(&format!("@{long}")).names().count(), LONGEST - 1);
        assert!(!calls(&"@".repeat(4000)).room);
    }
}
