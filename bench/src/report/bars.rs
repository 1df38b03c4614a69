//! What had to come out, and what did.

use super::Chapter;
use super::numbers::number;
use crate::outcome::Figure;
use crate::scenario::Bar;

/// All bars of all scenarios.
pub(super) fn table(chapters: &[Chapter<'_>]) -> String {
    let mut text =
        "## The bars\n\n| scenario | bar | measured | reached |\n| --- | --- | --- | --- |\n"
            .to_owned();
    for chapter in chapters {
        for bar in &chapter.scenario.bars {
            let measured = measure(chapter, bar);
            let reached = match measured {
                None => "not measured",
                Some(value) if holds(bar, value) => "yes",
                Some(_) => "**no**",
            };
            text += &format!(
                "| {} | {} | {} | {reached} |\n",
                chapter.scenario.title,
                describe(chapter, bar),
                measured.map(|value| show(bar, value)).unwrap_or_default(),
            );
        }
    }
    text + "\n"
}

fn describe(chapter: &Chapter<'_>, bar: &Bar) -> String {
    let mut text = bar.figure.title().to_owned();
    if let Some(limit) = bar.at_least {
        text += &format!(" ≥ {}", show(bar, limit));
    }
    if let Some(limit) = bar.at_most {
        text += &format!(" ≤ {}", show(bar, limit));
    }
    if let Some(other) = &bar.against {
        let title = chapter.row(other).map_or(other.as_str(), |row| row.title);
        text += &format!(" {title}");
    }
    text
}

fn show(bar: &Bar, value: f64) -> String {
    match bar.against {
        Some(_) if value < 10.0 => format!("{value:.1} ×"),
        Some(_) => format!("{value:.0} ×"),
        None => number(value),
    }
}

/// The median, or the ratio of the medians; of what must never happen the sum over all rounds.
fn measure(chapter: &Chapter<'_>, bar: &Bar) -> Option<f64> {
    let own = chapter.row("parlor")?;
    if let Figure::Lost | Figure::Duplicated | Figure::Reordered = bar.figure {
        let values = own.outcomes.iter().map(|outcome| bar.figure.of(outcome));
        return Some(values.sum());
    }
    let value = own.spread(bar.figure)?.median;
    let Some(other) = &bar.against else {
        return Some(value);
    };
    let other = chapter.row(other)?.spread(bar.figure)?.median;
    (other > 0.0).then_some(value / other)
}

fn holds(bar: &Bar, value: f64) -> bool {
    bar.at_least.is_none_or(|limit| value >= limit)
        && bar.at_most.is_none_or(|limit| value <= limit)
}
