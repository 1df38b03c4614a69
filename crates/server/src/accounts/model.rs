//! Accounts and sessions as they are stored.

use super::identities::store::IdentityRow;
use crate::kernel::actor::{Actor, Origin};
use crate::kernel::dialect::Dialect;
use parlor_protocol::accounts::{
    AccountStatus, AccountView, LoginRecord, Me, Session, SystemRole, User, UserBrief,
};
use parlor_protocol::factors::FactorKind;
use parlor_protocol::{Seq, SessionId, Timestamp, UserId};
use serde::Deserialize;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// A session ends by itself after this time, in milliseconds.
pub(super) const SESSION_LONGEST: i64 = 90 * DAY;
/// A person's session ends when it was not used for this time, in milliseconds.
pub(super) const SESSION_IDLE: i64 = 14 * DAY;
/// A guest's visit ends when nothing was heard for this time, in milliseconds.
pub(super) const GUEST_IDLE: i64 = DAY;

/// A row of `accounts`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Account {
    /// The id.
    pub(super) id: UserId,
    /// The unique name.
    pub(super) username: String,
    /// The name to show, if one was chosen.
    pub(super) nickname: Option<String>,
    /// The address, if one was given.
    pub(super) email: Option<String>,
    /// Argon2 in PHC form; none for guests and deleted accounts.
    pub(super) password_hash: Option<String>,
    /// What they say about themselves.
    pub(super) bio: String,
    /// `YYYY-MM-DD`.
    pub(super) birthday: Option<String>,
    /// The language of the client.
    pub(super) language: Option<String>,
    /// `user` or `admin`.
    pub(super) system_role: String,
    /// `active`, `inactive` or `deleted`.
    pub(super) status: String,
    /// Without an account of their own.
    pub(super) is_guest: bool,
    /// When it was made, in milliseconds.
    pub(super) created_at: i64,
    /// Last seen connected or acting, in milliseconds.
    pub(super) last_seen: Option<i64>,
    /// When the privacy policy was accepted, in milliseconds.
    pub(super) privacy_accepted_at: Option<i64>,
}

impl Account {
    /// Their rights on the server.
    #[must_use]
    pub(super) fn role(&self) -> SystemRole {
        role_of(&self.system_role)
    }

    /// Whether the account is in use.
    #[must_use]
    pub(super) fn standing(&self) -> AccountStatus {
        match self.status.as_str() {
            "active" => AccountStatus::Active,
            "deleted" => AccountStatus::Deleted,
            _ => AccountStatus::Inactive,
        }
    }

    /// In use.
    #[must_use]
    pub(super) fn is_active(&self) -> bool {
        self.standing() == AccountStatus::Active
    }

    /// Its owner, before there is a session of theirs.
    #[must_use]
    pub(super) fn acting_from(&self, origin: Origin) -> Actor {
        Actor {
            user_id: self.id,
            session_id: 0,
            username: self.username.clone(),
            is_guest: self.is_guest,
            is_system_admin: self.role() == SystemRole::Admin,
            has_factor: false,
            dialect: Dialect::default(),
            origin,
        }
    }

    /// As others see it beside a message.
    #[must_use]
    pub(super) fn brief(&self) -> UserBrief {
        brief(
            self.id,
            &self.username,
            self.nickname.clone(),
            self.is_guest,
        )
    }

    /// As others see it.
    #[must_use]
    pub(super) fn view(&self, is_online: bool) -> User {
        User {
            brief: self.brief(),
            bio: self.bio.clone(),
            role: self.role(),
            status: self.standing(),
            is_online,
            last_seen: self.last_seen.map(Timestamp),
            created_at: Timestamp(self.created_at),
        }
    }

    /// As its owner sees it.
    #[must_use]
    pub(super) fn me(&self, more: OwnView) -> Me {
        let (provider, provider_id) = more.identity.map(|it| (it.provider, it.subject)).unzip();
        Me {
            user: self.view(more.is_online),
            email: self.email.clone(),
            birthday: self.birthday.clone(),
            language: self.language.clone(),
            privacy_policy_accepted_at: self.privacy_accepted_at.map(Timestamp),
            has_password: self.password_hash.is_some(),
            provider,
            provider_id,
            must_enrol_factor: more.must_enrol_factor,
            user_seq: more.user_seq,
        }
    }

    /// As administrators see it.
    #[must_use]
    pub(super) fn administered(&self, is_online: bool) -> AccountView {
        AccountView {
            user: self.view(is_online),
            email: self.email.clone(),
            privacy_policy_accepted_at: self.privacy_accepted_at.map(Timestamp),
        }
    }
}

/// What an owner sees besides what is stored of the account.
pub(super) struct OwnView {
    /// Connected now.
    pub(super) is_online: bool,
    /// They have to take up a second factor first.
    pub(super) must_enrol_factor: bool,
    /// The sign-in elsewhere that was linked first.
    pub(super) identity: Option<IdentityRow>,
    /// How far their own log has come.
    pub(super) user_seq: Seq,
}

/// A person beside a message.
#[must_use]
pub(super) fn brief(
    id: UserId,
    username: &str,
    nickname: Option<String>,
    is_guest: bool,
) -> UserBrief {
    UserBrief {
        id,
        username: username.to_owned(),
        nickname: nickname.unwrap_or_else(|| username.to_owned()),
        avatar_url: format!("/api/users/{id}/avatar"),
        is_guest,
    }
}

/// A role as stored.
#[must_use]
pub(super) fn role_of(text: &str) -> SystemRole {
    match text {
        "admin" => SystemRole::Admin,
        _ => SystemRole::User,
    }
}

/// A role, to be stored.
#[must_use]
pub(super) fn role_text(role: SystemRole) -> &'static str {
    match role {
        SystemRole::Admin => "admin",
        SystemRole::User => "user",
    }
}

/// A status, to be stored.
#[must_use]
pub(super) fn status_text(status: AccountStatus) -> &'static str {
    match status {
        AccountStatus::Active => "active",
        AccountStatus::Inactive => "inactive",
        AccountStatus::Deleted => "deleted",
    }
}

/// A row of `sessions`, with what its requests need of the account.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SessionRow {
    /// The id.
    pub(super) id: SessionId,
    /// Whose.
    pub(super) user_id: UserId,
    /// The digest of the browser's cookie, where it has one.
    pub(super) cookie_digest: Option<String>,
    /// Makes the refresh tokens of this session unlike those of any other.
    pub(super) refresh_nonce: String,
    /// How often the session was refreshed.
    pub(super) generation: i64,
    /// When, in milliseconds.
    pub(super) refreshed_at: i64,
    /// The program, as it named itself.
    pub(super) user_agent: String,
    /// The address it signed in from.
    pub(super) address: String,
    /// When it signed in, in milliseconds.
    pub(super) created_at: i64,
    /// When it was last used, in milliseconds.
    pub(super) last_used_at: i64,
    /// When it ends even if used, in milliseconds.
    pub(super) ends_at: i64,
    /// The account's name.
    pub(super) username: String,
    /// The account's rights.
    pub(super) system_role: String,
    /// The account's status.
    pub(super) status: String,
    /// The account is a guest.
    pub(super) is_guest: bool,
    /// How the sign-in was spoken that opened it.
    pub(super) dialect: String,
    /// How many second factors the account has.
    pub(super) factors: i64,
}

impl SessionRow {
    /// How the sign-in was spoken that opened it.
    #[must_use]
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect.parse().unwrap_or_default()
    }

    /// Who acts through it.
    #[must_use]
    pub(super) fn actor(&self) -> Actor {
        Actor {
            user_id: self.user_id,
            session_id: self.id,
            username: self.username.clone(),
            is_guest: self.is_guest,
            is_system_admin: role_of(&self.system_role) == SystemRole::Admin,
            has_factor: self.factors > 0,
            dialect: self.dialect(),
            origin: Origin::default(),
        }
    }

    /// How long it lasts without use, in milliseconds.
    #[must_use]
    pub(super) fn idle(&self) -> i64 {
        if self.is_guest {
            GUEST_IDLE
        } else {
            SESSION_IDLE
        }
    }

    /// When it ends if it is not used again, in milliseconds.
    #[must_use]
    pub(super) fn expires_at(&self) -> i64 {
        self.ends_at.min(self.last_used_at + self.idle())
    }

    /// Signs somebody in at this moment.
    #[must_use]
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.status == "active" && now.0 < self.expires_at()
    }

    /// Keeps a connection signed in that it signed in.
    #[must_use]
    pub(super) fn may_go_on(&self, now: Timestamp) -> bool {
        self.status == "active" && now.0 < self.ends_at
    }

    /// As its owner sees it, from the session `current`.
    #[must_use]
    pub(super) fn view(&self, current: SessionId) -> Session {
        Session {
            id: self.id,
            is_current: self.id == current,
            user_agent: self.user_agent.clone(),
            address: self.address.clone(),
            created_at: Timestamp(self.created_at),
            last_used_at: Timestamp(self.last_used_at),
            expires_at: Timestamp(self.expires_at()),
        }
    }
}

/// A row of `logins`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct LoginRow {
    /// The id.
    pub(super) id: i64,
    /// Whose account it was; `None` where there is no such account.
    pub(super) user_id: Option<UserId>,
    /// Whether it succeeded.
    pub(super) succeeded: bool,
    /// The program, as it named itself.
    pub(super) user_agent: String,
    /// From which address.
    pub(super) address: String,
    /// When, in milliseconds.
    pub(super) at: i64,
    /// The second factor that was shown, or did not hold.
    pub(super) factor: Option<String>,
    /// By whom somebody signed in, where it was not by a password.
    pub(super) provider: Option<String>,
}

impl From<LoginRow> for LoginRecord {
    fn from(row: LoginRow) -> Self {
        Self {
            at: Timestamp(row.at),
            succeeded: row.succeeded,
            address: row.address,
            user_agent: row.user_agent,
            factor: row.factor.as_deref().and_then(FactorKind::of),
            provider: row.provider,
        }
    }
}
