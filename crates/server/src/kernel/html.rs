//! Text for places where markup is read.

/// Text that stays text, wherever it stands in HTML or SVG.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Not allowed there at all.
            c if c.is_control() && !matches!(c, '\n' | '\t') => safe.push('\u{FFFD}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(
            escape("<a href='x'>\"1\" & 2\u{0}\n</a>"),
            "&lt;a href=&#39;x&#39;&gt;&quot;1&quot; &amp; 2\u{FFFD}\n&lt;/a&gt;"
        );
    }
}
