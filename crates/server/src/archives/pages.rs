//! The part of an archive that people read: plain pages without a script, in their own language. Pure.

use super::format::{Owner, RoomLine};
use super::gather::Sheet;
use crate::kernel::html::escape;
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{RoomId, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What every page ends with.
pub(super) const FOOT: &str = "</ol>\n</main>\n</body>\n</html>\n";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:48rem;padding:0 1rem}\
    time{color:#555;font-size:.85em;margin-inline-end:.75em}li{margin:.5rem 0;white-space:pre-wrap;overflow-wrap:anywhere}\
    table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.25rem .75rem;text-align:start}\
    @media(prefers-color-scheme:dark){body{background:#16181c;color:#eee}time{color:#aaa}a{color:#9cf}}";

/// In which language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

/// The words of a page.
struct Words {
    tag: &'static str,
    title: &'static str,
    written: &'static str,
    said: &'static str,
    contents: &'static str,
    what: &'static str,
    how_many: &'static str,
    direct: &'static str,
    hidden: &'static str,
    parts: [(&'static str, &'static str); 15],
}

const ENGLISH: Words = Words {
    tag: "en",
    title: "Archive of",
    written: "Written at",
    said: "What was said",
    contents: "Contents",
    what: "What",
    how_many: "How many",
    direct: "Private chat with",
    hidden: "A room no longer yours",
    parts: [
        ("profile", "Profile"),
        ("settings", "Settings"),
        ("sessions", "Devices signed in"),
        ("identities", "Sign-ins by others"),
        ("logins", "Sign-ins"),
        ("friends", "Friends"),
        ("friend_requests", "Friend requests"),
        ("blocks", "Blocked people"),
        ("memberships", "Rooms"),
        ("read_marks", "Read marks"),
        ("notifications", "Notifications"),
        ("notification_settings", "Notification settings"),
        ("reminders", "Reminders"),
        ("rooms", "Rooms talked in"),
        ("reactions", "Reactions"),
    ],
};

const CHINESE: Words = Words {
    tag: "zh-CN",
    title: "个人存档：",
    written: "生成时间",
    said: "发言记录",
    contents: "内容",
    what: "项目",
    how_many: "数量",
    direct: "私聊：",
    hidden: "已离开的房间",
    parts: [
        ("profile", "个人资料"),
        ("settings", "设置"),
        ("sessions", "已登录的设备"),
        ("identities", "第三方登录"),
        ("logins", "登录记录"),
        ("friends", "好友"),
        ("friend_requests", "好友请求"),
        ("blocks", "已屏蔽的人"),
        ("memberships", "房间"),
        ("read_marks", "已读标记"),
        ("notifications", "通知"),
        ("notification_settings", "通知设置"),
        ("reminders", "提醒"),
        ("rooms", "发言过的房间"),
        ("reactions", "回应"),
    ],
};

impl Language {
    /// The one that somebody has chosen; English where they have not.
    pub(super) fn of(settings: Option<&Value>) -> Self {
        match settings.and_then(|settings| settings["language"].as_str()) {
            Some("zh-CN") => Self::Chinese,
            _ => Self::English,
        }
    }

    fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        }
    }
}

/// The page that leads to the others.
pub(super) fn index(
    language: Language,
    owner: &Owner,
    now: Timestamp,
    parts: &BTreeMap<&str, Vec<Value>>,
    rooms: &BTreeMap<RoomId, RoomLine>,
    sheets: &[Sheet<'_>],
) -> String {
    let words = language.words();
    let title = format!("{} {} (@{})", words.title, owner.nickname, owner.username);
    let mut html = begin(words, &title);
    let _ = write!(
        html,
        "<p>{} {now}</p>\n<h2>{}</h2>\n<table>\n<tr><th>{}</th><th>{}</th></tr>\n",
        words.written, words.contents, words.what, words.how_many
    );
    for (part, name) in words.parts {
        let count = parts.get(part).map_or(0, Vec::len);
        let _ = writeln!(
            html,
            "<tr><td><a href=\"data/{part}.jsonl\">{name}</a></td><td>{count}</td></tr>"
        );
    }
    let said: usize = sheets.iter().map(Sheet::len).sum();
    let _ = write!(
        html,
        "<tr><td><a href=\"data/messages.jsonl\">{0}</a></td><td>{said}</td></tr>\n</table>\n<h2>{0}</h2>\n<ol>\n",
        words.said
    );
    for sheet in sheets {
        let name = escape(&name_of(words, rooms.get(&sheet.room)));
        let (file, number, count) = (sheet.file(), sheet.number, sheet.len());
        let _ = writeln!(
            html,
            "<li><a href=\"{file}\">{name} · {number}</a> ({count})</li>"
        );
    }
    html.push_str(FOOT);
    html
}

/// The beginning of a page of what was said in a room.
pub(super) fn head(language: Language, room: Option<&RoomLine>) -> String {
    let words = language.words();
    let mut html = begin(words, &name_of(words, room));
    html.push_str("<ol>\n");
    html
}

/// Something that was said.
pub(super) fn message(content: &str, at: Timestamp) -> String {
    let content = escape(content);
    format!("<li><time datetime=\"{at}\">{at}</time>{content}</li>\n")
}

fn begin(words: &Words, title: &str) -> String {
    let (tag, title) = (words.tag, escape(title));
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    )
}

fn name_of(words: &Words, room: Option<&RoomLine>) -> String {
    let Some(room) = room else {
        return words.hidden.to_owned();
    };
    match (&room.name, &room.peer) {
        (_, Some(peer)) if room.kind == Some(RoomKind::Direct) => {
            format!("{} @{peer}", words.direct)
        }
        (Some(name), _) if !name.is_empty() => name.clone(),
        _ => words.hidden.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_text() {
        let html = message("<script>alert('x')</script> & \"more\"\u{0}", Timestamp(0));
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains(
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;\u{FFFD}"
        ));
        let room = RoomLine {
            room_id: 1,
            kind: Some(RoomKind::Room),
            is_private: false,
            name: Some("<b>loud</b>".to_owned()),
            peer: None,
        };
        let page = head(Language::Chinese, Some(&room));
        assert!(
            page.contains("lang=\"zh-CN\"") && page.contains("&lt;b&gt;loud"),
            "{page}"
        );
        assert!(!page.contains("<b>"));
    }
}
