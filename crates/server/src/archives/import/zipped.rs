//! A person's archive, from whoever brings it: nothing in it is believed before it is checked, nothing is unpacked onto the
//! disk, and no more is read than the archive says there is.

use super::item::{Item, Rooms};
use super::{ImportError, lines};
use crate::archives::format::{
    FORMAT, FileFacts, MANIFEST, Manifest, MessageLine, PARTS, RoomLine, VERSION, file_of,
};
use crate::archives::writer::hex;
use aws_lc_rs::digest;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

/// The most files of an archive.
const MOST_FILES: usize = 10_000;
/// The longest manifest, in bytes.
const LONGEST_MANIFEST: u64 = 4 * 1024 * 1024;
/// The most that an archive unpacks to, in bytes.
const MOST_BYTES: u64 = 64 * 1024 * 1024 * 1024;
/// A file of more than this, in bytes, is no smaller than a [`MOST_PACKED`]th when packed: no text is.
const SMALL: u64 = 4 * 1024 * 1024;
const MOST_PACKED: u64 = 300;

/// An archive that holds.
pub(super) struct Zipped {
    zip: ZipArchive<BufReader<File>>,
    manifest: Manifest,
}

fn wrong(why: impl Into<String>) -> ImportError {
    ImportError::Archive(why.into())
}

impl Zipped {
    /// Opens an archive, and checks names, sizes and hashes of all its files.
    pub(super) fn open(path: &Path) -> Result<Self, ImportError> {
        let file = File::open(path).map_err(|error| ImportError::File(path.to_owned(), error))?;
        let zip = ZipArchive::new(BufReader::new(file));
        let mut zip =
            zip.map_err(|error| wrong(format!("it is no ZIP file that holds: {error}")))?;
        let sizes = check_entries(&mut zip)?;
        let manifest = read_manifest(&mut zip, &sizes)?;
        let mut archive = Self { zip, manifest };
        archive.check_files(&sizes)?;
        Ok(archive)
    }

    /// The rooms that it tells of.
    pub(super) fn rooms(&mut self) -> Result<Rooms, ImportError> {
        let mut rooms = BTreeMap::new();
        self.lines("rooms", |room: RoomLine| {
            rooms.insert(room.room_id, room);
            Ok(())
        })?;
        Ok(Rooms::Several(rooms))
    }

    pub(super) fn each(
        &mut self,
        take: &mut dyn FnMut(Item) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let owner = self.manifest.person.clone();
        self.lines("messages", |line: MessageLine| {
            take(Item {
                id: line.id,
                room_id: line.room_id,
                seq: line.seq,
                user_id: owner.id,
                username: owner.username.clone(),
                nickname: owner.nickname.clone(),
                timestamp: line.timestamp,
                edited_at: line.edited_at,
                kind: line.message_type,
                content: line.content,
                is_deleted: false,
                reply_to: line.reply_to,
                mentions: Vec::new(),
                mentions_room: false,
                reactions: Vec::new(),
                pinned_at: None,
            })
        })
    }

    /// Each file of records has as many of them as the manifest says.
    pub(super) fn check_counts(&mut self) -> Result<(), ImportError> {
        let parts = PARTS.map(file_of);
        for FileFacts { name, records, .. } in self
            .manifest
            .files
            .iter()
            .filter(|file| parts.contains(&file.name))
        {
            let file = self.zip.by_name(name);
            let file = file.map_err(|error| wrong(format!("{name:?}: {error}")))?;
            let found = lines::count(file);
            let found = found.map_err(|error| wrong(format!("{name:?}: {error}")))?;
            if found != *records {
                return Err(wrong(format!(
                    "{name:?} has {found} records, and the manifest says {records}"
                )));
            }
        }
        Ok(())
    }

    fn lines<T: serde::de::DeserializeOwned>(
        &mut self,
        part: &str,
        take: impl FnMut(T) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let name = file_of(part);
        let facts = self.manifest.files.iter().find(|file| file.name == name);
        let bytes = facts.map(|facts| facts.bytes);
        let bytes = bytes.ok_or_else(|| wrong(format!("{name} is missing")))?;
        let file = self.zip.by_name(&name);
        let file = file.map_err(|error| wrong(format!("{name}: {error}")))?;
        lines::each(&name, file.take(bytes), take)
    }

    /// All files are as the manifest says, and there are no others.
    fn check_files(&mut self, sizes: &BTreeMap<String, u64>) -> Result<(), ImportError> {
        let listed: BTreeSet<&str> = self
            .manifest
            .files
            .iter()
            .map(|f| f.name.as_str())
            .collect();
        let others = sizes.keys().map(String::as_str);
        if let Some(other) = others
            .filter(|name| *name != MANIFEST)
            .find(|name| !listed.contains(name))
        {
            return Err(wrong(format!("the manifest does not tell of {other:?}")));
        }
        for facts in &self.manifest.files {
            let FileFacts {
                name,
                bytes,
                sha256,
                ..
            } = facts;
            if sizes.get(name) != Some(bytes) {
                return Err(wrong(format!(
                    "{name:?} is not as long as the manifest says"
                )));
            }
            let file = self.zip.by_name(name);
            let file = file.map_err(|error| wrong(format!("{name:?}: {error}")))?;
            let found = hash(file.take(bytes + 1), *bytes);
            let found = found.map_err(|error| wrong(format!("{name:?}: {error}")))?;
            if found.as_ref() != Some(sha256) {
                return Err(wrong(format!("{name:?} is not what the manifest says")));
            }
        }
        Ok(())
    }
}

/// The sizes that the files of an archive claim, their names and sizes being sane.
fn check_entries(
    zip: &mut ZipArchive<BufReader<File>>,
) -> Result<BTreeMap<String, u64>, ImportError> {
    if zip.len() > MOST_FILES {
        return Err(wrong("it has more than 10,000 files"));
    }
    let (mut sizes, mut all) = (BTreeMap::new(), 0_u64);
    for at in 0..zip.len() {
        let file = zip.by_index_raw(at);
        let file = file.map_err(|error| wrong(format!("file {at}: {error}")))?;
        let name = file.name();
        let name = name.map_err(|error| wrong(format!("file {at}: {error}")))?;
        let (name, bytes) = (name.into_owned(), file.size());
        if !is_plain(&name) {
            return Err(wrong(format!(
                "{name:?} is no name for a file of an archive"
            )));
        }
        if file.encrypted() {
            return Err(wrong(format!("{name:?} is encrypted")));
        }
        if bytes > SMALL && bytes / file.compressed_size().max(1) > MOST_PACKED {
            return Err(wrong(format!(
                "{name:?} is packed tighter than text can be"
            )));
        }
        all = all.saturating_add(bytes);
        if all > MOST_BYTES {
            return Err(wrong("it unpacks to more than 64 GiB"));
        }
        sizes.insert(name, bytes);
    }
    Ok(sizes)
}

fn read_manifest(
    zip: &mut ZipArchive<BufReader<File>>,
    sizes: &BTreeMap<String, u64>,
) -> Result<Manifest, ImportError> {
    match sizes.get(MANIFEST) {
        None => return Err(wrong("it has no manifest: it is no archive of Parlor's")),
        Some(bytes) if *bytes > LONGEST_MANIFEST => {
            return Err(wrong("its manifest is longer than 4 MiB"));
        }
        Some(_) => {}
    }
    let mut text = Vec::new();
    let file = zip.by_name(MANIFEST);
    let file = file.map_err(|error| wrong(format!("{MANIFEST}: {error}")))?;
    let read = file.take(LONGEST_MANIFEST).read_to_end(&mut text);
    read.map_err(|error| wrong(format!("{MANIFEST}: {error}")))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| wrong(format!("{MANIFEST} cannot be read: {error}")))?;
    if manifest.format != FORMAT {
        return Err(wrong("it is no archive of Parlor's"));
    }
    if manifest.version != VERSION {
        let version = manifest.version;
        return Err(wrong(format!(
            "it is of version {version}, and only {VERSION} is known"
        )));
    }
    Ok(manifest)
}

/// The hash of a file that is as long as it says; `None` where it is longer or shorter.
fn hash(mut file: impl Read, bytes: u64) -> std::io::Result<Option<String>> {
    let (mut context, mut read) = (digest::Context::new(&digest::SHA256), 0);
    let mut piece = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            let hash = hex(context.finish().as_ref());
            return Ok((read == bytes).then_some(hash));
        }
        read += count as u64;
        context.update(&piece[..count]);
    }
}

/// Names that lead nowhere else, on any system.
fn is_plain(name: &str) -> bool {
    let parts = || name.split('/');
    !name.is_empty()
        && name.len() <= 200
        && !name.contains(['\\', ':'])
        && !name.chars().any(char::is_control)
        && parts().all(|part| !part.is_empty() && part != "." && part != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        assert!(is_plain("data/messages.jsonl") && is_plain("index.html"));
        for odd in [
            "",
            "/etc/passwd",
            "../secrets.json",
            "data/../../x",
            "data\\..\\x",
            "C:x",
            "a//b",
            "a/",
            "./a",
            "a\0b",
        ] {
            assert!(!is_plain(odd), "{odd:?}");
        }
    }
}
