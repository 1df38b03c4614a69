//! What is done with communities, by the rooms that they are. Of a room that is none, there is no such community.

use super::Communities;
use crate::accounts::Accounts;
use crate::kernel::actor::Actor;
use crate::kernel::page::Limit;
use crate::rooms::{ListRooms, NewCommunity, RoomsError, Within};
use parlor_protocol::communities::{CreateCommunity, JoinCommunity};
use parlor_protocol::events::LeaveReason;
use parlor_protocol::rooms::{
    Ban, ChangeRoom, CreateRoom, JoinRoom, Member, Room, RoomKind, RoomRole, RoomScope,
};
use parlor_protocol::{Code, Page, Problem, RoomId, UserId};

impl Communities {
    /// Founds a community; whoever does owns it.
    pub async fn found(&self, actor: &Actor, draft: CreateCommunity) -> Result<Room, RoomsError> {
        let room = CreateRoom {
            name: draft.name,
            description: draft.description,
            is_private: draft.is_private,
            access_key: None,
            max_members: draft.max_members,
            community_id: None,
        };
        let rules = draft.rules;
        self.rooms.found(actor, NewCommunity { room, rules }).await
    }

    /// The communities one is in, and the public ones.
    pub async fn list(
        &self,
        actor: &Actor,
        scope: RoomScope,
        search: Option<String>,
        limit: Limit,
        cursor: Option<String>,
    ) -> Result<Page<Room>, RoomsError> {
        let wanted = ListRooms {
            within: Within::Communities,
            scope,
            search,
            cursor,
            limit,
        };
        self.rooms.list(actor, wanted).await
    }

    /// The communities that a person is in: for themselves and for administrators of the server.
    pub async fn of_user(
        &self,
        actor: &Actor,
        user: UserId,
        limit: Limit,
        cursor: Option<String>,
    ) -> Result<Page<Room>, RoomsError> {
        if actor.user_id != user && !actor.is_system_admin {
            return Err(Problem::new(Code::NotFound).into());
        }
        if !Accounts::is_in_use(self.kernel.db.read(), user).await? {
            return Err(Problem::new(Code::NotFound).into());
        }
        self.rooms.communities_of(user, limit, cursor).await
    }

    /// A community as one sees it.
    pub async fn view(&self, actor: &Actor, id: RoomId) -> Result<Room, RoomsError> {
        self.check(actor, id).await?;
        self.rooms.view(actor, id).await
    }

    /// Changes what is named.
    pub async fn change(
        &self,
        actor: &Actor,
        id: RoomId,
        change: ChangeRoom,
    ) -> Result<Room, RoomsError> {
        self.check(actor, id).await?;
        self.rooms.change(actor, id, change).await
    }

    /// Dissolves a community, with all its rooms and all that was said in them.
    pub async fn dissolve(&self, actor: &Actor, id: RoomId) -> Result<(), RoomsError> {
        self.check(actor, id).await?;
        self.rooms.delete(actor, id).await
    }

    /// Joins a community.
    pub async fn join(
        &self,
        actor: &Actor,
        id: RoomId,
        with: JoinCommunity,
    ) -> Result<Room, RoomsError> {
        self.check(actor, id).await?;
        let with = JoinRoom {
            access_key: None,
            invitation: with.invitation,
            accept_rules: with.accept_rules,
        };
        self.rooms.join(actor, id, with).await
    }

    /// Leaves a community and all its rooms.
    pub async fn leave(&self, actor: &Actor, id: RoomId) -> Result<(), RoomsError> {
        self.check(actor, id).await?;
        self.rooms.leave(actor, id).await
    }

    /// The members of a community.
    pub async fn members(
        &self,
        actor: &Actor,
        id: RoomId,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<Member>, RoomsError> {
        self.check(actor, id).await?;
        self.rooms.members(actor, id, cursor, limit).await
    }

    /// Who was sent out of a community for good.
    pub async fn bans(
        &self,
        actor: &Actor,
        id: RoomId,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<Ban>, RoomsError> {
        self.check(actor, id).await?;
        self.rooms.bans(actor, id, cursor, limit).await
    }

    /// Gives a member another standing; `owner` hands the community over.
    pub async fn appoint(
        &self,
        actor: &Actor,
        id: RoomId,
        user: UserId,
        role: RoomRole,
    ) -> Result<Member, RoomsError> {
        self.check(actor, id).await?;
        self.rooms.appoint(actor, id, user, role).await
    }

    /// Sends a member out of a community and all its rooms; banned, for good.
    pub async fn send_out(
        &self,
        actor: &Actor,
        id: RoomId,
        user: UserId,
        how: LeaveReason,
    ) -> Result<(), RoomsError> {
        self.check(actor, id).await?;
        match how {
            LeaveReason::Banned => self.rooms.ban(actor, id, user).await,
            _ => self.rooms.kick(actor, id, user).await,
        }
    }

    /// Lets somebody into a community again.
    pub async fn unban(&self, actor: &Actor, id: RoomId, user: UserId) -> Result<(), RoomsError> {
        self.check(actor, id).await?;
        self.rooms.unban(actor, id, user).await
    }

    async fn check(&self, actor: &Actor, id: RoomId) -> Result<(), RoomsError> {
        let access = self.rooms.access(id, actor).await?;
        if access.kind == RoomKind::Community {
            return Ok(());
        }
        Err(Problem::new(Code::NotFound).into())
    }
}
