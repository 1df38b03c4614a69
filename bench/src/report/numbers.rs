//! Numbers for people.

/// The middle of several measurements, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) least: f64,
    pub(super) median: f64,
    pub(super) most: f64,
}

impl Spread {
    /// None of nothing.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let upper = *values.get(middle)?;
        let median = if values.len().is_multiple_of(2) {
            f64::midpoint(values[middle - 1], upper)
        } else {
            upper
        };
        Some(Self {
            least: values[0],
            median,
            most: values[values.len() - 1],
        })
    }

    /// The median, and the range where there is one.
    pub(super) fn text(self) -> String {
        let [least, median, most] = [self.least, self.median, self.most].map(number);
        if least == most {
            return median;
        }
        format!("{median} ({least}–{most})")
    }
}

/// Three digits or so.
pub(super) fn number(value: f64) -> String {
    match value {
        _ if value.abs() >= 9_999_500.0 => format!("{:.1}M", value / 1e6),
        _ if value.abs() >= 999_500.0 => format!("{:.2}M", value / 1e6),
        _ if value.abs() >= 9_999.5 => format!("{:.0}k", value / 1e3),
        _ if value.abs() >= 99.5 => format!("{value:.0}"),
        _ if value.fract() == 0.0 => format!("{value:.0}"),
        _ if value.abs() >= 9.95 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_of_any_number() {
        let spread = |values: &[f64]| Spread::of(values.iter().copied());
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[3.0, 1.0, 2.0]).unwrap().text(), "2 (1–3)");
        let median = spread(&[1.0, 4.0]).unwrap().median;
        assert!((median - 2.5).abs() < 1e-9, "{median}");
        assert_eq!(spread(&[7.0]).unwrap().text(), "7");
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (1.234, "1.23"),
            (12.34, "12.3"),
            (123.4, "123"),
            (1_234.0, "1234"),
            (12_345.0, "12k"),
            (1_234_567.0, "1.23M"),
            (12_345_678.0, "12.3M"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
