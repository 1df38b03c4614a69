//! Long lists for systems that have no pages.

use crate::kernel::page::Limit;
use parlor_protocol::{Page, Problem};

/// This many entries at most are gathered, a page at a time.
const PAGE: u32 = 200;
const MOST_PAGES: usize = 25;

/// The largest page.
pub(super) fn largest() -> Limit {
    Limit::try_from(PAGE).unwrap_or_default()
}

/// The first pages of a list, in one piece. `load` answers the page at a cursor.
pub(super) async fn gather<T, E, F>(load: impl Fn(Option<String>) -> F) -> Result<Vec<T>, Problem>
where
    F: Future<Output = Result<Page<T>, E>>,
    Problem: From<E>,
{
    let (mut items, mut cursor) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let page = load(cursor).await?;
        items.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(items)
}
