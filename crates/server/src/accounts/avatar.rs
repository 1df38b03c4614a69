//! The picture of a person who has not chosen one: an initial on a colour of their own.

use crate::kernel::html::escape;
use parlor_protocol::UserId;

/// The golden angle: neighbouring ids get colours far apart.
const HUE_STEP: i64 = 137;

/// An SVG without scripts, styles or references.
pub(super) fn draw(id: UserId, name: &str) -> String {
    let hue = id.wrapping_mul(HUE_STEP).rem_euclid(360);
    let initial = escape(&initial(name));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\" width=\"64\" height=\"64\">\
         <rect width=\"64\" height=\"64\" fill=\"hsl({hue}, 45%, 40%)\"/>\
         <text x=\"32\" y=\"33\" fill=\"#fff\" font-family=\"sans-serif\" font-size=\"32\" text-anchor=\"middle\" \
         dominant-baseline=\"central\">{initial}</text></svg>"
    )
}

/// The first character, with the marks and joiners that belong to it.
fn initial(name: &str) -> String {
    use unicode_normalization::char::is_combining_mark;
    let mut chars = name.chars().skip_while(|c| c.is_whitespace());
    let first = chars.next().unwrap_or('?');
    let rest = chars.take_while(|c| is_combining_mark(*c) || *c == '\u{fe0f}');
    first.to_uppercase().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_shows_the_initial_and_nothing_else_of_the_name() {
        assert!(draw(7, "alice").contains(">A</text>"));
        assert!(draw(7, "李明").contains(">李</text>"));
        assert!(draw(7, "<script>").contains(">&lt;</text>"));
        assert!(draw(i64::MAX, "").contains(">?</text>"));
        assert_ne!(draw(7, "a"), draw(8, "a"));
    }
}
