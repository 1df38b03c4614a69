//! What goes into an archive: everything that is stored of a person, a page of rows in memory at a time.

use super::error::ArchivesError;
use super::format::{
    FORMAT, MANIFEST, Manifest, MessageLine, Owner, PARTS, RoomLine, VERSION, file_of,
};
use super::writer::Writer;
use super::{Archives, import, pages};
use crate::accounts::records::Record;
use crate::accounts::rules::may_administer;
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::db::{Sql, StorageError};
use crate::messages::{Place, Said};
use parlor_protocol::audit::AuditAction;
use parlor_protocol::{Problem, RoomId, Timestamp, UserId};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Messages in memory at a time.
const PAGE: usize = 200;
/// Messages on one page for people.
const SHEET: usize = 2_000;

/// What an archive came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Records in it.
    pub records: i64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Says how many records are written, of how many.
pub(super) type Note<'a> = &'a (dyn Fn(i64, i64) + Send + Sync);

impl Archives {
    /// Everything that is stored of a person but what they have said: what their account, their friends and their rooms
    /// say of them.
    pub async fn records(
        &self,
        sql: &impl Sql,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<Record>, StorageError> {
        let mut records = self.accounts.records(sql, user, now).await?;
        records.extend(self.friends.records(sql, user).await?);
        records.extend(self.rooms.records(sql, user).await?);
        records.extend(self.notifications.records(sql, user).await?);
        Ok(records)
    }

    /// Writes the archive of a person, by name or id, into a new file, for somebody who runs the server. That they do is
    /// written down before the first of it is.
    pub async fn write_for(
        &self,
        actor: &Actor,
        user: &str,
        path: &Path,
        note: Note<'_>,
    ) -> Result<Written, ArchivesError> {
        may_administer(actor).map_err(Problem::from)?;
        let person = match user.parse() {
            Ok(id) => self.accounts.briefs(&[id]).await?.remove(&id),
            Err(_) => self.accounts.find_by_name(user).await?,
        };
        let person = person.ok_or(ArchivesError::NotFound)?;
        let act = Act::on_user(AuditAction::ArchiveTaken, person.id);
        let (by, log) = (actor.clone(), &self.kernel.log);
        log.commit(move |tx| {
            Box::pin(async move { Ok::<_, ArchivesError>(audit::record(tx, &by, act).await?) })
        })
        .await?;
        write(self, person.id, path, note).await
    }
}

/// Writes a person's archive into a file, and reads it back: it appears under its name once it is whole.
pub(super) async fn write(
    archives: &Archives,
    user: UserId,
    path: &Path,
    note: Note<'_>,
) -> Result<Written, ArchivesError> {
    let mut half = path.as_os_str().to_owned();
    half.push(".part");
    let half = PathBuf::from(half);
    let written = write_half(archives, user, &half, note).await;
    let done = match &written {
        Ok(_) => tokio::fs::rename(&half, path).await,
        Err(_) => tokio::fs::remove_file(&half).await,
    };
    let written = written?;
    done?;
    Ok(written)
}

async fn write_half(
    archives: &Archives,
    user: UserId,
    path: &Path,
    note: Note<'_>,
) -> Result<Written, ArchivesError> {
    let person = archives.accounts.briefs(&[user]).await?.remove(&user);
    let person = person.ok_or(ArchivesError::NotFound)?;
    let owner = Owner {
        id: user,
        username: person.username,
        nickname: person.nickname,
    };
    let gathered = gather(archives, user).await?;
    let few: usize = gathered.parts.values().map(Vec::len).sum();
    // What was said is written twice: for programs, and for people.
    let mut tally = Tally {
        note,
        done: 0,
        total: count(few + gathered.places.len() * 2),
    };
    let writer = Writer::create(path)?;
    let writer = write_data(archives, &gathered, writer, &mut tally).await?;
    let mut writer = write_pages(archives, &owner, &gathered, writer, &mut tally).await?;
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        created_at: gathered.at,
        person: owner,
        files: writer.files().to_vec(),
    };
    let manifest = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    writer = writer.begin(MANIFEST.to_owned()).await?;
    writer = writer.write(0, manifest).await?;
    let bytes = writer.finish().await?;
    let path = path.to_owned();
    let verified = tokio::task::spawn_blocking(move || import::verify(&path)).await;
    verified
        .map_err(|_| ArchivesError::GivenUp)?
        .map_err(ArchivesError::Unverified)?;
    Ok(Written {
        records: count(few + gathered.places.len()),
        bytes,
    })
}

/// What goes into an archive; of what was said, only where.
struct Gathered {
    at: Timestamp,
    parts: BTreeMap<&'static str, Vec<Value>>,
    places: Vec<Place>,
    rooms: BTreeMap<RoomId, RoomLine>,
}

/// How far the writing has come.
struct Tally<'a> {
    note: Note<'a>,
    done: i64,
    total: i64,
}

impl Tally<'_> {
    fn add(&mut self, records: usize) {
        self.done += count(records);
        (self.note)(self.done, self.total);
    }
}

async fn gather(archives: &Archives, user: UserId) -> Result<Gathered, ArchivesError> {
    let (db, at) = (archives.kernel.db.read(), archives.kernel.clock.now());
    let mut parts: BTreeMap<&'static str, Vec<Value>> = BTreeMap::new();
    for (part, record) in archives.records(db, user, at).await? {
        parts.entry(part).or_default().push(record);
    }
    let places = archives.messages.said_by(user).await?;
    let rooms = room_lines(archives, &places, &parts).await?;
    let reactions = archives.messages.reactions_by(user).await?;
    parts.insert("rooms", rooms.values().map(json).collect());
    parts.insert("reactions", reactions.iter().map(json).collect());
    Ok(Gathered {
        at,
        parts,
        places,
        rooms,
    })
}

async fn write_data(
    archives: &Archives,
    gathered: &Gathered,
    mut writer: Writer,
    tally: &mut Tally<'_>,
) -> Result<Writer, ArchivesError> {
    for part in PARTS {
        writer = writer.begin(file_of(part)).await?;
        if part == "messages" {
            for page in gathered.places.chunks(PAGE) {
                let (records, bytes) = messages(archives, page).await?;
                writer = writer.write(records, bytes).await?;
                tally.add(page.len());
            }
        } else if let Some(records) = gathered.parts.get(part) {
            writer = writer.write(records.len() as u64, lines(records)).await?;
            tally.add(records.len());
        }
    }
    Ok(writer)
}

async fn write_pages(
    archives: &Archives,
    owner: &Owner,
    gathered: &Gathered,
    mut writer: Writer,
    tally: &mut Tally<'_>,
) -> Result<Writer, ArchivesError> {
    let (parts, rooms) = (&gathered.parts, &gathered.rooms);
    let language = pages::Language::of(parts.get("settings").and_then(|all| all.first()));
    let sheets = sheets(&gathered.places);
    let index = pages::index(language, owner, gathered.at, parts, rooms, &sheets);
    writer = writer.begin("index.html".to_owned()).await?;
    writer = writer.write(0, index.into_bytes()).await?;
    for sheet in &sheets {
        writer = writer.begin(sheet.file()).await?;
        let head = pages::head(language, rooms.get(&sheet.room));
        writer = writer.write(0, head.into_bytes()).await?;
        for page in sheet.places.chunks(PAGE) {
            let said = archives.messages.said(page).await?;
            let html = said
                .iter()
                .map(|one| pages::message(&one.content, one.timestamp));
            writer = writer
                .write(0, html.collect::<String>().into_bytes())
                .await?;
            tally.add(page.len());
        }
        writer = writer.write(0, pages::FOOT.as_bytes().to_vec()).await?;
    }
    Ok(writer)
}

/// Some of what was said, a line each; what was deleted meanwhile is left out.
async fn messages(archives: &Archives, places: &[Place]) -> Result<(u64, Vec<u8>), ArchivesError> {
    let said = archives.messages.said(places).await?.into_iter();
    let line = |said: Said| {
        json(&MessageLine {
            id: said.id,
            room_id: said.room_id,
            seq: said.seq,
            timestamp: said.timestamp,
            edited_at: said.edited_at,
            message_type: said.message_type,
            content: said.content,
            reply_to: said.reply_to,
        })
    };
    let records: Vec<Value> = said.map(line).collect();
    Ok((records.len() as u64, lines(&records)))
}

/// The rooms in which something was said. Those that somebody is not in any more have a name where they are public.
async fn room_lines(
    archives: &Archives,
    places: &[Place],
    parts: &BTreeMap<&str, Vec<Value>>,
) -> Result<BTreeMap<RoomId, RoomLine>, StorageError> {
    let joined = parts.get("memberships").into_iter().flatten();
    let joined: HashMap<i64, &Value> = joined
        .filter_map(|one| Some((one["room_id"].as_i64()?, one)))
        .collect();
    let mut rooms = BTreeMap::new();
    for place in places {
        if rooms.contains_key(&place.room_id) {
            continue;
        }
        let card = archives.rooms.card(place.room_id).await?;
        let inside = joined.get(&place.room_id);
        let is_private = card.as_ref().is_none_or(|card| card.is_private);
        let is_hidden = inside.is_none()
            && (is_private
                || card
                    .as_ref()
                    .is_some_and(|card| card.community_id.is_some()));
        let peer = inside.and_then(|one| one["peer"]["username"].as_str());
        let line = RoomLine {
            room_id: place.room_id,
            kind: card.as_ref().map(|card| card.kind),
            is_private,
            name: card.map(|card| card.name).filter(|_| !is_hidden),
            peer: peer.map(str::to_owned),
        };
        rooms.insert(place.room_id, line);
    }
    Ok(rooms)
}

/// A page for people: some of what was said in one room.
pub(super) struct Sheet<'a> {
    pub(super) room: RoomId,
    /// Of those of the same room, which.
    pub(super) number: usize,
    places: &'a [Place],
}

impl Sheet<'_> {
    pub(super) fn file(&self) -> String {
        format!("pages/room-{}-{}.html", self.room, self.number)
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }
}

fn sheets(places: &[Place]) -> Vec<Sheet<'_>> {
    let of_rooms = places.chunk_by(|one, other| one.room_id == other.room_id);
    let mut sheets = Vec::new();
    for of_room in of_rooms {
        for (number, places) in (1..).zip(of_room.chunks(SHEET)) {
            let room = places.first().map_or(0, |place| place.room_id);
            sheets.push(Sheet {
                room,
                number,
                places,
            });
        }
    }
    sheets
}

/// These are plain structs: writing them cannot fail.
fn json(record: &impl Serialize) -> Value {
    serde_json::to_value(record).unwrap_or_default()
}

fn lines(records: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(records.len() * 256);
    for record in records {
        bytes.extend_from_slice(record.to_string().as_bytes());
        bytes.push(b'\n');
    }
    bytes
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
